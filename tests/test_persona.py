"""One person's path, lengthened by every request.

Soazig is in charge of access to rights at Montfort Communauté. She loads the official table of
her communes, sees her interval tighten, adds a place, finds where to send somebody who needs help
with a procedure, and prints the portrait: the same number everywhere.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from portrea.base.estimates import Estimate, Quality
from portrea.cli import portrea
from portrea.sources.store import Store
from portrea.steering.display import count_text, shown_count
from portrea.steering.reading import Reader

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

EPCI = "epci:243500550"
COMMUNES = {
    "35023": "Bédée",
    "35040": "Breteil",
    "35133": "Iffendic",
    "35188": "Montfort-sur-Meu",
    "35203": "La Nouaye",
    "35227": "Pleumeleuc",
    "35277": "Saint-Gonlay",
    "35331": "Talensac",
}
AGES = {
    "015": (6, 3, 2, 4, 0, 0, 0),
    "020": (10, 4, 20, 30, 15, 12, 8),
    "025": (12, 5, 40, 45, 40, 30, 25),
    "030": (14, 6, 50, 45, 45, 35, 30),
    "035": (16, 8, 55, 45, 40, 30, 25),
    "040": (18, 10, 60, 40, 35, 25, 20),
    "045": (20, 12, 60, 35, 30, 20, 15),
    "050": (22, 14, 60, 30, 25, 15, 10),
    "055": (30, 16, 55, 25, 20, 12, 8),
    "060": (40, 18, 50, 20, 15, 10, 6),
    "065": (220, 30, 80, 30, 20, 12, 8),
}
"""Invented persons of one commune in the layout of FOR2: AGEQ65, then DIPL_19 from A to G."""
A2_OF_A_COMMUNE = (6 + 10 + 12 + 14 + 16 + 18 + 20 + 22 + 30 + 40) + (
    220 + 30 + 80 + 30 + 20 + 12 + 8
)
"""Those under 65 without diploma (188), and all those of 65 or more (400)."""

PLACE = {
    "id": "persona-1",
    "nom": "Permanence d’aide aux démarches",
    "adresse": "2 place de l’Église",
    "code_postal": "35750",
    "commune": "Iffendic",
    "code_insee": "35133",
    "latitude": "48.1302",
    "longitude": "-2.0340",
    "services": "Aide aux démarches administratives",
    "source": "Montfort Communauté",
    "date_maj": "2026-03-02",
}


def run(*words: str) -> str:
    """Run one ``portrea`` command; its standard output."""
    done = CliRunner().invoke(portrea, list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def estimate(measure: str) -> dict[str, str]:
    text = run("needs", "estimate", EPCI, "--measure", measure, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(text))
    return row


def width(row: dict[str, str]) -> float:
    return float(row["n_high"]) - float(row["n_low"])


def official_file(folder: Path) -> Path:
    """Table FOR2 as INSEE publishes it, for the eight communes, with invented persons."""
    rows = ["NIVGEO;CODGEO;LIBGEO;SEXE;AGEQ65;DIPL_19;NB"]
    for code, label in COMMUNES.items():
        for age, counts in AGES.items():
            for diploma, persons in zip("ABCDEFG", counts, strict=True):
                half = f"{age};{diploma};{persons / 2:g}"
                rows += [f"COM;{code};{label};{sex};{half}" for sex in "12"]
    path = folder / "TD_FOR2_2022.csv"
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


def list_of_places(folder: Path) -> Path:
    path = folder / "lieux.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(PLACE))
        writer.writeheader()
        writer.writerow(PLACE)
    return path


def plain(text: str) -> str:
    """Text without tags, entities, hyphenation nor unusual spaces."""
    bare = html.unescape(re.sub(r"<[^>]+>", "", text)).replace("\u00ad", "")
    return re.sub(r"\s+", " ", bare)


@pytest.mark.slow
@pytest.mark.django_db
def test_from_official_file_to_the_same_number_everywhere(
    demo_copy: Path, tmp_path: Path, client: Client, settings: SettingsWrapper
) -> None:
    settings.PORTREA_HOME = demo_copy
    before = estimate("a2")

    # 1. An official file tightens the interval and raises the grade.
    run("data", "add", str(official_file(tmp_path)))
    run("compute")
    after = estimate("a2")
    assert width(after) < width(before)
    assert after["quality"] < before["quality"]
    assert float(after["n"]) == pytest.approx(A2_OF_A_COMMUNE * len(COMMUNES), rel=1e-6)
    assert "2022" in after["vintages"]
    assert "2022" not in before["vintages"]

    # 2. A place is added, and becomes the nearest one for help with a procedure.
    run("offer", "import", str(list_of_places(tmp_path)))
    run("compute")
    answer = run("reach", "commune:35133", "--situation", "aide", "--format", "csv")
    (nearest,) = csv.DictReader(io.StringIO(answer))
    assert 0 < float(nearest["nearest_minutes"]) < 15
    assert "Permanence d’aide aux démarches" in run("offer", "list", "commune:35133")

    # 3. The same number in the command, the page, the data and the printed portrait.
    row = estimate("a2")
    assert row == after, "a place changes nothing to the need"
    central = Estimate(
        float(row["n"]), float(row["n_low"]), float(row["n_high"]), Quality(row["quality"])
    )
    shown = shown_count(central, "epci")
    words = plain(count_text(shown))
    page = client.get("/territoires/epci/243500550/")
    assert words in plain(page.content.decode())
    data = json.loads(client.get("/territoires/epci/243500550/donnees.json").content)
    # rounded as in the page: nothing more precise leaves the server
    assert {shown.value, shown.low, shown.high} <= set(_numbers(data))
    pdf = tmp_path / "portrait.pdf"
    run("portrait", EPCI, "-o", str(pdf))
    text = subprocess.run(["pdftotext", str(pdf), "-"], check=True, capture_output=True, text=True)
    assert words in plain(text.stdout)
    assert f"calcul {Reader(Store()).computation_id[:8]}" in plain(text.stdout)


def _numbers(data: object) -> list[float]:
    """Every number of a JSON document."""
    match data:
        case dict():
            return _numbers(list(data.values()))
        case list():
            return [number for part in data for number in _numbers(part)]
        case int() | float():
            return [float(data)]
        case _:
            return []
