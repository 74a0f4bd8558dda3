"""Our own checks, stricter than the validators of others: what they forget sends people astray."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from portrea.base.errors import Diagnostic
from portrea.base.spreadsheets import alive
from portrea.offer.exchange import capacity, contacts
from portrea.offer.importing.values import parse_iso
from portrea.vocab.hours_check import check as check_hours
from portrea.vocab.standards import mednum
from portrea.vocab.standards.mednum_check import check_beyond, position_problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NAME = "Contrôles de Portrea"
REFUSING = frozenset({"mednum-position", "mednum-kind", "mednum-link", "hours-syntax"})
"""What makes a line refused; other faults are remarks."""
UNKNOWN_DATE = date(1970, 1, 1)
_PARIS = frozenset({"75056", *(f"75{rank}" for rank in range(101, 121))})
"""The only codes of commune that begin by 75."""

Found = tuple[list[Diagnostic], list[Diagnostic]]
"""What is refused, what is only remarked."""


def check_lines(
    rows: Sequence[Mapping[str, str]], numbers: Sequence[int], *, today: date, former: bool = False
) -> Found:
    """Check every line of a mednum file, then the lines together."""
    refused: list[Diagnostic] = []
    remarked: list[Diagnostic] = []
    for row, number in zip(rows, numbers, strict=True):
        given = {name: alive(cell) if cell else None for name, cell in row.items()}
        found = [] if former else check_beyond(given, row=number)
        refused += [fault for fault in found if fault.code in REFUSING]
        remarked += [fault for fault in found if fault.code not in REFUSING]
        for fault, refuses in (*_dates(given, number, today), *_codes(given, number)):
            (refused if refuses else remarked).append(fault)
    twins = _twins(rows, numbers)
    return refused + twins[0], remarked + twins[1]


def _dates(
    given: Mapping[str, str | None], row: int, today: date
) -> Iterator[tuple[Diagnostic, bool]]:
    told = given.get("date_maj")
    day = parse_iso(told or "")
    if day is None:
        return
    if day > today:
        yield Diagnostic("date-future", "date à venir", row, "date_maj", told), True
    elif day == UNKNOWN_DATE:
        words = "date zéro des ordinateurs : elle veut dire « inconnue »"
        yield Diagnostic("date-epoch", words, row, "date_maj", told), False


def _codes(given: Mapping[str, str | None], row: int) -> Iterator[tuple[Diagnostic, bool]]:
    postcode, code = given.get("code_postal") or "", given.get("code_insee") or ""
    if not (re.fullmatch(r"\d{5}", postcode) and re.fullmatch(r"\w{5}", code)):
        return
    if code.startswith("75") and code not in _PARIS:
        words = "cette commune n’existe pas (arrondissement déduit d’un CEDEX ?)"
        yield Diagnostic("commune-unknown", words, row, "code_insee", code), False
    elif _departement_of(code) != _departement_of(postcode):
        words = f"le code postal {postcode} n’est pas du département de la commune {code}"
        remedy = "Vérifiez les deux codes (quelques communes ont le code postal du voisin)."
        yield (
            Diagnostic("postcode-mismatch", words, row, "code_postal", postcode, remedy),
            False,
        )


def _departement_of(code: str) -> str:
    start = code[:2]
    if start in {"97", "98"}:
        return code[:3]
    return "20" if start in {"2A", "2B"} else start


def _twins(rows: Sequence[Mapping[str, str]], numbers: Sequence[int]) -> Found:
    refused, remarked = [], []
    identifiers: dict[str, int] = {}
    places: dict[tuple[str, ...], int] = {}
    for row, number in zip(rows, numbers, strict=True):
        identifier = row.get("id") or ""
        first = identifiers.setdefault(identifier, number) if identifier else number
        if first != number:
            words = f"identifiant déjà employé ligne {first}"
            refused.append(Diagnostic("twin-id", words, number, "id", identifier))
            continue
        parts = [mednum.bare(row.get(n) or "") for n in ("nom", "adresse", "code_postal")]
        first = places.setdefault(tuple(parts), number) if all(parts) else number
        if first != number:
            words = f"même nom et même adresse que la ligne {first}"
            remarked.append(Diagnostic("twin-place", words, number, "nom", row.get("nom")))
    return refused, remarked


# -- data·inclusion -------------------------------------------------------------------------------


def check_sheets(
    structures: Sequence[Mapping[str, Any]], services: Sequence[Mapping[str, Any]]
) -> Found:
    """Check what the schema of data·inclusion lets pass."""
    refused: list[Diagnostic] = []
    remarked: list[Diagnostic] = []
    known: set[str] = set()
    for part, sheets in (("structures", structures), ("services", services)):
        seen: dict[str, int] = {}
        for number, sheet in enumerate(sheets, 1):
            identifier = str(sheet.get("id") or "")
            if seen.setdefault(identifier, number) != number:
                words = f"identifiant déjà employé, fiche {seen[identifier]}"
                refused.append(Diagnostic("twin-id", words, number, f"{part}.id", identifier))
            for fault in _sheet_faults(sheet, number, part):
                (remarked if fault.code in _ONLY_REMARKED else refused).append(fault)
            if part == "structures":
                known.add(identifier)
            elif structures and sheet.get("structure_id") not in known:
                told = str(sheet.get("structure_id"))
                words = "structure absente du fichier"
                refused.append(Diagnostic("orphan", words, number, f"{part}.structure_id", told))
    return refused, remarked


_ONLY_REMARKED = frozenset({"hours-holidays", "hours-lost", "hours-school", "hours-night", "phone"})


def _sheet_faults(sheet: Mapping[str, Any], number: int, part: str) -> Iterator[Diagnostic]:
    latitude, longitude = sheet.get("latitude"), sheet.get("longitude")
    if isinstance(latitude, (int, float)) and isinstance(longitude, (int, float)):
        problem = position_problem(latitude, longitude)
        if problem:
            told = f"{latitude}, {longitude}"
            yield Diagnostic("position", problem, number, f"{part}.latitude", told)
    phone = sheet.get("telephone")
    if phone and not (contacts.phone(str(phone)) or contacts.short_phone(str(phone))):
        yield Diagnostic("phone", "numéro mal écrit", number, f"{part}.telephone", str(phone))
    hours = sheet.get("horaires_accueil")
    if hours:
        yield from check_hours(str(hours), row=number, field=f"{part}.horaires_accueil")
    if sheet.get("contact_nom_prenom"):
        words = "nom d’une personne : donnée personnelle"
        yield Diagnostic("personal", words, number, f"{part}.contact_nom_prenom")


def check_capacity(rows: Sequence[Mapping[str, str]], numbers: Sequence[int]) -> Found:
    """Check our extension: one line per service, hours that machines read."""
    refused: list[Diagnostic] = []
    remarked: list[Diagnostic] = []
    seen: dict[tuple[str, str], int] = {}
    for row, number in zip(rows, numbers, strict=True):
        key = (row.get("id_lieu", ""), row.get("service", ""))
        if seen.setdefault(key, number) != number:
            words = f"service déjà dit ligne {seen[key]}"
            refused.append(Diagnostic("twin-id", words, number, "service", key[1]))
        for part in filter(None, alive(row.get("horaires", "")).split(mednum.SEPARATOR)):
            found = check_hours(part, row=number)
            refused += [fault for fault in found if fault.code == "hours-syntax"]
            remarked += [fault for fault in found if fault.code != "hours-syntax"]
    strange = [name for name in (rows[0] if rows else ()) if name not in capacity.COLUMNS]
    refused += [Diagnostic("header", "colonne hors du schéma", 1, name) for name in strange]
    return refused, remarked
