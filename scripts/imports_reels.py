"""Import every real list of ``../shared/data/offer_raw`` and write what became of their rows.

``python scripts/imports_reels.py`` writes ``docs/utilisateurs/reference/imports-reels.md``: figures
only, no cell of any file. A test compares the same figures with the expected counts.
"""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import dataclass
from pathlib import Path

from portrea.base.errors import DataError
from portrea.base.estimates import integer
from portrea.offer.importing.outcome import Imported, by_severity
from portrea.offer.importing.profiles import choose_mapping
from portrea.offer.importing.rows import import_rows
from portrea.sources.lists import read_list

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT.parent / "shared" / "data" / "offer_raw"
PAGE = ROOT / "docs" / "utilisateurs" / "reference" / "imports-reels.md"
STRUCTURES = "france_data-inclusion_structures_2022-11"
SERVICES = "france_data-inclusion_services_2022-11"
TODAY = dt.date(2026, 11, 22)
NOTICE = "<!-- Écrit par scripts/imports_reels.py : ne pas modifier à la main. -->"


@dataclass(frozen=True)
class Line:
    """What became of the rows of one file."""

    name: str
    how: str
    read: int
    accepted: int
    refused: int
    left_out: int
    places: int
    located: int
    left_aside: int
    people: int
    why: str


def import_file(path: Path, known: dict[str, object] | None = None) -> Imported:
    """Import one list with its profile, or by guessing."""
    listing = read_list(path)
    return import_rows(listing, choose_mapping(listing), today=TODAY, known=known)  # type: ignore[arg-type]


def line_of(path: Path) -> Line:
    """Return the counts of one file."""
    name = path.name.removesuffix(".csv.gz")
    try:
        known = None
        if name == SERVICES:
            places = import_file(path.with_name(f"{STRUCTURES}.csv.gz")).places
            known = {place.id: place for place in places}
        result = import_file(path, known)
    except DataError as error:
        count = len(read_list(path).rows)
        why = error.message.partition(" : ")[2].rstrip(".")
        return Line(name, "refusé en entier", count, 0, count, 0, 0, 0, 0, 0, why)
    reasons = [f"{reason} ({integer(count)})" for reason, count in result.reasons().items()]
    outside: dict[str, int] = {}
    for row in result.left_out:
        outside[row.reasons[0].message] = outside.get(row.reasons[0].message, 0) + 1
    reasons += [f"{reason} ({integer(count)})" for reason, count in outside.items()]
    guessed = bool(result.mapping.guesses)
    return Line(
        name,
        "colonnes devinées" if guessed else f"profil « {result.mapping.id} »",
        result.read,
        len(result.accepted),
        len(result.refused),
        len(result.left_out),
        len(result.places),
        sum(1 for place in result.places if place.latitude is not None),
        list(by_severity(result.faults).values())[1],
        sum(result.people.counts.values()),
        " ; ".join(reasons) or "—",
    )


def page(lines: list[Line]) -> str:
    """Return the page."""
    names = ("read", "accepted", "refused", "left_out", "places")
    total = [sum(getattr(line, name) for line in lines) for name in names]
    rows = [
        f"| {line.name} | {line.how} | {integer(line.read)} | {integer(line.accepted)} |"
        f" {integer(line.refused)} | {integer(line.left_out)} | {integer(line.places)} |"
        f" {integer(line.located)} | {integer(line.left_aside)} | {integer(line.people)} |"
        f" {line.why} |"
        for line in lines
    ]
    return "\n".join(
        [
            "# Imports de vraies listes",
            "",
            NOTICE,
            "",
            f"Les {len(lines)} listes réelles du dossier de développement, importées par",
            "`portrea offer import`, avec un profil de Portrea ou en devinant les colonnes. Lues =",
            "acceptées + refusées + hors de la liste. Plusieurs lignes d’un même lieu font un seul",
            "lieu. Aucune cellule n’est reproduite ici ; les données personnelles ont été retirées",
            "avant d’entrer.",
            "",
            "| Fichier | Lecture | Lues | Acceptées | Refusées | Hors liste | Lieux | Situés |"
            " Valeurs laissées de côté | Données personnelles retirées | Pourquoi |",
            "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---|",
            *rows,
            f"| **Total** | | {' | '.join(f'**{integer(number)}**' for number in total)} | | | | |",
            "",
            "Les conditions d’un profil (« hors de la liste ») écartent des lignes qui ne sont pas",
            "des lieux d’aide : adresses administratives de bibliothèques, structures sans",
            "conseiller recruté, services sans thème numérique. Les 262 services numériques de",
            "data·inclusion sont joints aux structures du même producteur ; ceux d’une structure",
            "absente de la liste des structures sont refusés, avec la raison.",
            "",
        ]
    )


def main() -> int:
    """Write the page."""
    files = sorted(FOLDER.glob("*.csv.gz"))
    if not files:
        print(f"Aucune liste dans {FOLDER}.", file=sys.stderr)
        return 1
    PAGE.write_text(page([line_of(path) for path in files]), "utf-8")
    print(PAGE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
