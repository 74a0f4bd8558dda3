"""Records of activity as tables: French columns, each also known by its name in the Coop.

A line written is read back the same. A cell is a code or its French, whatever the case and the
accents; several values are joined by « | », and what is not told is an empty cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from portrea.action.activity import Activity, band_of, words
from portrea.action.activity_records import checked, wrong
from portrea.territory.naming import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

IDENTIFIER = "Identifiant"
_BAR = re.compile(r"(?<!\\)\|")
_FRENCH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_YES, _NO = "Oui", "Non"
_COUNTS = (("ages", "Âge"), ("statuses", "Situation"), ("genders", "Genre"))


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its French title, its name in the Coop, the field it tells, its vocabulary."""

    title: str
    coop: str
    field: str
    kind: str
    listed: tuple[str, ...] = ()

    @property
    def labels(self) -> Mapping[str, str]:
        """Codes of the vocabulary, each with its French."""
        return _labels(self.listed)


COLUMNS = (
    Column("Type", "type", "kind", "code", ("kinds",)),
    Column("Date", "date", "day", "day"),
    Column("Lieu", "type_lieu", "where", "code", ("places",)),
    Column("Commune (code)", "lieu_code_insee", "commune", "text"),
    Column("Personnes", "accompagnements", "people", "number"),
    Column("Déjà venues", "", "known", "number"),
    Column("Durée (minutes)", "duree", "minutes", "number"),
    Column("Durée, en gros", "", "band", "code", ("bands",)),
    Column("Thèmes", "thematiques", "themes", "codes", ("themes", "procedure_themes")),
    Column("Démarche", "precisions_demarche", "procedure", "text"),
    Column("Organismes", "", "bodies", "texts"),
    Column("Autonomie", "autonomie", "autonomy", "code", ("autonomies",)),
    Column("Matériel", "materiel", "equipment", "codes", ("equipment",)),
    Column("Réponse", "", "result", "code", ("results",)),
    Column("Motif", "", "reason", "code", ("reasons",)),
    Column("Orientation", "oriente_vers_structure", "oriented", "yes"),
    Column("Orientation vers", "structure_de_redirection", "oriented_to", "code",
           ("redirections",)),
    Column("Titre de l’atelier", "titre_atelier", "title", "text"),
    Column("Niveau de l’atelier", "niveau_atelier", "level", "code", ("levels",)),
    Column("Étiquettes", "tags", "tags", "texts"),
)  # fmt: skip


@cache
def _labels(listed: tuple[str, ...]) -> Mapping[str, str]:
    return {code: name for one in listed for code, name in words()[one].items()}


@cache
def _plain(listed: tuple[str, ...]) -> Mapping[str, str]:
    """Return the codes by their French, ours or that of the Coop, without case nor accents."""
    labels, coop = _labels(listed), words()["coop_labels"]
    theirs = {normalise(name): code for name, code in coop.items() if code in labels}
    return theirs | {normalise(name): code for code, name in labels.items()}


@cache
def counting() -> Mapping[str, tuple[str, str]]:
    """Return the columns that count people: title → (field, class)."""
    found: dict[str, tuple[str, str]] = {}
    for field, title in _COUNTS:
        found |= {f"{title} : {name}": (field, code) for code, name in words()[field].items()}
    former = words()["former_ages"].items()
    return found | {f"Âge : {name} (ancienne classe)": ("ages", code) for code, name in former}


def titles() -> list[str]:
    """Return the titles of every column, in order."""
    return [IDENTIFIER, *(column.title for column in COLUMNS), *counting()]


def codes() -> list[tuple[str, str, str]]:
    """Return what each code means: column, code, French."""
    return [
        (column.title, code, name) for column in COLUMNS for code, name in column.labels.items()
    ]


def is_table(columns: Sequence[str]) -> bool:
    """Tell whether a table says records of activity by these columns."""
    known = set(_known(tuple(columns)).values())
    return {"Type", "Date", "Lieu"} <= known


def identifier_in(row: Mapping[str, str]) -> str:
    """Return the identifier that a line gives, empty when it gives none."""
    named = ("Identifiant", "identifiant", "ID", "Id", "id")
    return next((row[title].strip() for title in named if title in row), "")


def write_row(activity: Activity, identifier: str) -> dict[str, str]:
    """Return a record as a line: title → cell, only those that tell something."""
    cells = {IDENTIFIER: identifier}
    for column in COLUMNS:
        cells[column.title] = _written(column, activity)
    for title, (field, code) in counting().items():
        count = getattr(activity, field).get(code)
        cells[title] = str(count) if count else ""
    return {title: cell for title, cell in cells.items() if cell}


def read_row(row: Mapping[str, str]) -> Activity:
    """Return the record of a line, as :func:`write_row` or the fields of the Coop tell it.

    Raises
    ------
    DataError
        The line cannot be: which column, what was read, why.
    """
    known = _known(tuple(row))
    cells = {known[title]: str(cell).strip() for title, cell in row.items() if title in known}
    told: dict[str, Any] = {}
    for column in COLUMNS:
        told |= _READERS[column.kind](column, cells.get(column.title, ""))
    told["people"] = _people(told)
    told["band"] = band_of(told["minutes"]) if told["minutes"] else told["band"]
    for field, _title in _COUNTS:
        told[field] = {}
    for title, (field, code) in counting().items():
        if count := _number(title, cells.get(title, "")):
            told[field][code] = count
    return checked(Activity(**told))


@cache
def _titles() -> Mapping[str, str]:
    named = {normalise(column.coop): column.title for column in COLUMNS if column.coop}
    return named | {normalise(title): title for title in titles()}


@lru_cache(maxsize=4096)
def _known(columns: tuple[str, ...]) -> Mapping[str, str]:
    """Return the columns that are known, each with its French title."""
    return {one: _titles()[normalise(one)] for one in columns if normalise(one) in _titles()}


def _written(column: Column, activity: Activity) -> str:
    value = getattr(activity, column.field)
    match column.kind:
        case "code":
            return str(column.labels.get(value, value))
        case "codes":
            others = activity.other_themes if column.field == "themes" else ()
            return _joined([*(column.labels.get(one, one) for one in value), *others])
        case "texts":
            return _joined(value)
        case "yes":
            return {True: _YES, False: _NO}.get(value, "")
    return "" if value is None else str(value)


def _joined(values: Sequence[str]) -> str:
    return " | ".join(one.replace("|", "\\|") for one in values)


def _split(cell: str) -> tuple[str, ...]:
    told = (one.strip().replace("\\|", "|") for one in _BAR.split(cell))
    return tuple(one for one in told if one)


def _code(column: Column, cell: str) -> str | None:
    return cell if cell in column.labels else _plain(column.listed).get(normalise(cell))


def _read_code(column: Column, cell: str) -> dict[str, Any]:
    found = _code(column, cell) if cell else ""
    if found is None or (not cell and column.field in ("kind", "where")):
        raise wrong(column.title, cell, f"on attend : {', '.join(column.labels.values())}")
    return {column.field: found}


def _read_codes(column: Column, cell: str) -> dict[str, Any]:
    read = [(one, _code(column, one)) for one in _split(cell)]
    known = tuple(dict.fromkeys(code for _one, code in read if code))
    strange = tuple(one for one, code in read if code is None)
    if column.field == "themes":
        return {"themes": known, "other_themes": strange}
    if strange:
        raise wrong(column.title, strange[0], f"on attend : {', '.join(column.labels.values())}")
    return {column.field: known}


def _read_text(column: Column, cell: str) -> dict[str, Any]:
    return {column.field: cell}


def _read_texts(column: Column, cell: str) -> dict[str, Any]:
    return {column.field: _split(cell)}


def _read_number(column: Column, cell: str) -> dict[str, Any]:
    return {column.field: _number(column.title, cell)}


def _read_yes(column: Column, cell: str) -> dict[str, Any]:
    known = {"oui": True, "non": False, "true": True, "false": False, "": None}
    if normalise(cell) not in known:
        raise wrong(column.title, cell, "on attend oui ou non")
    return {column.field: known[normalise(cell)]}


def _read_day(column: Column, cell: str) -> dict[str, Any]:
    french = _FRENCH_DAY.match(cell)
    try:
        day = (
            date(*map(int, reversed(french.groups()))) if french else date.fromisoformat(cell[:10])
        )
    except ValueError as error:
        raise wrong(
            column.title, cell, "ce n’est pas un jour (2026-05-04 ou 04/05/2026)"
        ) from error
    return {column.field: day}


_READERS: Mapping[str, Callable[[Column, str], dict[str, Any]]] = {
    "code": _read_code,
    "codes": _read_codes,
    "text": _read_text,
    "texts": _read_texts,
    "number": _read_number,
    "yes": _read_yes,
    "day": _read_day,
}


def _number(title: str, cell: str) -> int | None:
    if not cell:
        return None
    if not re.fullmatch(r"\d{1,6}", cell):
        raise wrong(title, cell, "ce n’est pas un nombre")
    return int(cell)


def _people(told: Mapping[str, Any]) -> int:
    """Return how many people; one alone needs no count."""
    if told["people"] is None and told["kind"] == "collectif":
        raise wrong("Personnes", "", "un atelier dit combien de personnes sont venues")
    return 1 if told["people"] is None else int(told["people"])
