"""A territory of the census, exported and brought back, on both databases: commands only."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from web.postgres import temporary_cluster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow
MAIN = "from portrea.cli import main; main()"
CHANGE = """
from portrea.cli.serve import setup_django
setup_django()
from portrea.web.offer.models import Place
found = list(Place.objects.filter(commune="35238").order_by("pk")) + list(
    Place.objects.filter(departement="35").exclude(commune="35238").order_by("pk"))
for place, status in zip(found[1:], ("closed", "hidden", "absorbed")):
    place.status = status
    place.save(update_fields=["status"])
first = found[0]
first.record["name"] = "=HYPERLINK(1)"
first.save(update_fields=["record"])
import json
print(json.dumps({"first": first.pk, "away": [p.pk for p in found[1:4]],
                  "open": Place.objects.filter(departement="35", status="open").count()}))
"""


def run(
    home: Path, database: str, *words: str, code: int = 0, script: str = MAIN
) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, *words],
        env=clean | {"PORTREA_HOME": str(home), "PORTREA_DATABASE_URL": database},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "sqlite":
        yield ""
    else:
        yield from temporary_cluster()


def ids(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["id"]: row["nom"] for row in csv.DictReader(stream)}


def test_a_territory_is_exported_and_comes_back(
    demo_copy: Path, database: str, tmp_path: Path
) -> None:
    run(demo_copy, database, "offer", "load")
    told = json.loads(run(demo_copy, database, script=CHANGE).stdout)
    target = tmp_path / "a.csv"
    words = ("offer", "export", "departement:35", "--undated", "2025-01-01", "-o", str(target))
    run(demo_copy, database, *words)
    written = ids(target)
    assert written[told["first"]] == "'=HYPERLINK(1)"
    assert not set(told["away"]) & set(written)
    left = tmp_path / "a_non-ecrits.csv"
    missing = ids(left) if left.exists() else {}
    assert len(written) + len(missing) == told["open"]
    before = target.read_bytes()
    unknown = run(demo_copy, database, "offer", "export", "Zzyzx", "-o", str(target), code=5)
    assert "Zzyzx" in unknown.stderr
    assert target.read_bytes() == before

    whole = tmp_path / "a.geojson"
    run(demo_copy, database, "offer", "export", "france", "--standard", "geojson", "-o", str(whole))
    again = run(demo_copy, database, "offer", "import", str(whole)).stdout
    assert "export de Portrea (GeoJSON)" in again
    assert ": 0 lieux ajoutés" in again
    tried = run(demo_copy, database, "offer", "import", str(target), "--dry-run").stdout
    assert "rien n’a été changé" in tried
