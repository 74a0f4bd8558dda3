"""The log as a table: French columns; a line written is read back the same.

A cell is a code or its French, whatever the case and the accents; a day is 2026-05-04 or
04/05/2026; what is not told is an empty cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from portrea.base.errors import DataError, Diagnostic
from portrea.rights.outcomes import CODED, Case, right_names, words
from portrea.territory.naming import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

IDENTIFIER = "Identifiant"
_FRENCH_DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_ISO_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]0{1,2}:00(?::00)?)?")
_MONEY = re.compile(r"-?\d{1,9}(?:[.,]\d{1,2})?")
_BLANKS = str.maketrans("", "", " \u00a0\u202f€")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its French title, the field of a case that it tells, how it is read."""

    title: str
    field: str
    kind: str

    @property
    def labels(self) -> Mapping[str, str]:
        """Codes that may be written, each with its French; empty when it is no list."""
        if self.field == "right":
            return right_names()
        return words()[CODED[self.field]] if self.field in CODED else {}


COLUMNS = (
    Column("Droit", "right", "code"),
    Column("Autre droit", "procedure", "text"),
    Column("Repéré le", "detected", "day"),
    Column("Informé le", "informed", "day"),
    Column("Accompagné le", "accompanied", "day"),
    Column("Demandé le", "applied", "day"),
    Column("Ouvert le", "opened", "day"),
    Column("Montant par mois (€)", "monthly", "money"),
    Column("Rappel versé (€)", "back_pay", "money"),
    Column("Refusé le", "refused", "day"),
    Column("Motif du refus", "refusal", "code"),
    Column("Abandonné le", "abandoned", "day"),
    Column("Motif de l’abandon", "abandon", "code"),
    Column("Origine", "origin", "code"),
    Column("Âge", "age", "code"),
    Column("Situation", "status", "code"),
    Column("Genre", "gender", "code"),
)
NEEDED = ("Droit", "Repéré le")


def titles() -> list[str]:
    """Return the titles of every column, in order."""
    return [IDENTIFIER, *(column.title for column in COLUMNS)]


def codes() -> list[tuple[str, str, str]]:
    """Return what each code means: column, code, French."""
    return [
        (column.title, code, name) for column in COLUMNS for code, name in column.labels.items()
    ]


def is_table(columns: list[str] | tuple[str, ...]) -> bool:
    """Tell whether a table says cases by these columns."""
    known = {normalise(one) for one in columns}
    return all(normalise(title) in known for title in NEEDED)


def identifier_in(row: Mapping[str, str]) -> str:
    """Return the identifier that a line gives, empty when it gives none."""
    return _cells(row).get(IDENTIFIER, "")


def write_row(case: Case, identifier: str) -> dict[str, str]:
    """Return a case as a line: title → cell, only those that tell something."""
    cells = {IDENTIFIER: identifier}
    cells |= {column.title: _written(column, getattr(case, column.field)) for column in COLUMNS}
    return {title: cell for title, cell in cells.items() if cell}


def read_row(row: Mapping[str, str]) -> Case:
    """Return the case of a line; whether it can be is the job of ``faults``.

    Raises
    ------
    DataError
        A cell cannot be read: which column, what was read, what is awaited.
    """
    cells = _cells(row)
    told = {one.field: _READERS[one.kind](one, cells.get(one.title, "")) for one in COLUMNS}
    for title in NEEDED:
        if not cells.get(title):
            raise _wrong(title, "", "cette colonne ne peut pas être vide")
    return Case(**told)


def title_of(field: str) -> str:
    """Return the title of the column that tells a field of a case."""
    return next((one.title for one in COLUMNS if one.field == field), field)


@cache
def _known() -> Mapping[str, str]:
    return {normalise(title): title for title in titles()}


def _cells(row: Mapping[str, str]) -> dict[str, str]:
    """Return the cells of known columns by their French title."""
    named = ((_known().get(normalise(title)), cell) for title, cell in row.items())
    return {title: str(cell).strip() for title, cell in named if title}


def _written(column: Column, value: Any) -> str:
    if value is None or value == "":
        return ""
    return str(column.labels.get(value, value)) if column.kind == "code" else str(value)


def _read_text(_column: Column, cell: str) -> str:
    return cell


def _read_code(column: Column, cell: str) -> str:
    if not cell or cell in column.labels:
        return cell
    plain = {normalise(name): code for code, name in column.labels.items()}
    found = plain.get(normalise(cell))
    if found is None:
        raise _wrong(column.title, cell, f"on attend : {', '.join(column.labels.values())}")
    return found


def _read_day(column: Column, cell: str) -> date | None:
    if not cell:
        return None
    french, iso = _FRENCH_DAY.fullmatch(cell), _ISO_DAY.fullmatch(cell)
    try:
        if french:
            return date(*map(int, reversed(french.groups())))
        return date.fromisoformat(iso[1] if iso else cell)
    except ValueError as error:
        awaited = "ce n’est pas un jour (2026-05-04 ou 04/05/2026)"
        raise _wrong(column.title, cell, awaited) from error


def _read_money(column: Column, cell: str) -> Decimal | None:
    bare = cell.translate(_BLANKS)
    if not bare:
        return None
    if not _MONEY.fullmatch(bare):
        raise _wrong(column.title, cell, "ce n’est pas un montant (607,75)")
    return Decimal(bare.replace(",", "."))


_READERS: Mapping[str, Callable[[Column, str], Any]] = {
    "text": _read_text,
    "code": _read_code,
    "day": _read_day,
    "money": _read_money,
}


def _wrong(title: str, cell: str, why: str) -> DataError:
    received = f" (reçu : « {cell[:60]} »)" if cell else ""
    return DataError(
        f"Colonne « {title} » : {why}{received}.",
        diagnostics=(Diagnostic("zero-non-recours", why, field=title, value=cell[:60] or None),),
    )
