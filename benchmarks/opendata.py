"""Open data of all of France: a version of the communes frozen, its page read, its files sent.

The store is ``$PORTREA_BENCH_HOME`` when it is set (a computation of all of France), else a
temporary one with the embedded data, computed first. Floors: the same table written by polars alone
as CSV and Parquet, without outlines, workbook nor digests; the same file read from the disk.
"""

from __future__ import annotations

import os
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import Measure, clock, peak_gib

if TYPE_CHECKING:
    from portrea.steering.catalogue.editions import Edition

SLUG = "besoins-communes"
FACTS = {"producer": "Portrea", "coverage": "France", "computation": "-", "computed_on": "-"}
TIMES = 20


def run() -> list[Measure]:
    """Freeze the communes in a home of its own, then read it as a visitor."""
    with tempfile.TemporaryDirectory(prefix="portrea-opendata-") as folder:
        home = Path(folder)
        given = os.environ.get("PORTREA_BENCH_HOME")
        if given:
            (home / "store").symlink_to(Path(given).resolve() / "store")
        else:
            _compute(home)
        measures, edition = _frozen(home)
        return [*measures, *_read(home, edition)]


def _compute(home: Path) -> None:
    from portrea.sources.loading import load_embedded
    from portrea.sources.store import Store
    from portrea.steering.computation import compute

    store = Store(home)
    load_embedded(store)
    compute(store)


def _frozen(home: Path) -> tuple[list[Measure], Edition]:
    from portrea.sources.store import Store
    from portrea.steering.catalogue.building import build
    from portrea.steering.catalogue.editions import freeze
    from portrea.steering.catalogue.entries import entries
    from portrea.steering.reading import Reader

    entry, reader = entries()[SLUG], Reader(Store(home))
    with clock() as building:
        made = build(reader, entry)
    with clock() as writing:
        edition = freeze(home, entry, made, day=date(2026, 11, 23), facts=FACTS)
    with clock() as floor:
        made.frame.write_csv(home / "bare.csv")
        made.frame.write_parquet(home / "bare.parquet")
    if edition is None:
        message = "the version was not written"
        raise RuntimeError(message)
    size = sum(one.size for one in edition.files.values()) / 2**20
    what = f"{edition.rows} communes, {made.frame.width} colonnes, {size:.0f} Mio"
    return [
        Measure(
            "opendata-build", "Table des communes de France faite pour être donnée",
            building.seconds, limit=5.0, note=what,
        ),
        Measure(
            "opendata-freeze", "Version des communes de France figée : quatre formes, empreintes",
            writing.seconds, limit=10.0, floor=floor.seconds,
            note=f"mémoire au plus haut {peak_gib():.2f} Gio ; plancher sans contours ni classeur",
        ),
    ], edition  # fmt: skip


def _read(home: Path, edition: Edition) -> list[Measure]:
    os.environ |= {
        "PORTREA_HOME": str(home), "DJANGO_SETTINGS_MODULE": "portrea.web.config.settings.dev",
    }  # fmt: skip
    import django

    django.setup()
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    address = f"/donnees/{SLUG}/{edition.version}/"
    _got(client, "/donnees/")
    with clock() as page:
        for _again in range(TIMES):
            _got(client, "/donnees/")
    with clock() as sent:
        size = _got(client, f"{address}{SLUG}.geojson")
    with clock() as floor:
        edition.path("geojson").read_bytes()
    return [
        Measure("opendata-page", "Page du catalogue, déjà ouverte une fois",
                page.seconds / TIMES * 1000, unit="ms", limit=80.0),
        Measure("opendata-send", "GeoJSON des communes de France envoyé au fil de l’eau",
                sent.seconds, limit=3.0, floor=floor.seconds, note=f"{size / 2**20:.0f} Mio"),
    ]  # fmt: skip


def _got(client: Any, path: str) -> int:
    answer = client.get(path)
    parts = answer.streaming_content if answer.streaming else [answer.content]
    size = sum(len(part) for part in parts)
    if answer.status_code != 200:
        message = f"{path}: {answer.status_code}"
        raise RuntimeError(message)
    return size
