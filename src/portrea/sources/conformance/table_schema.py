"""The official Table Schema of a version of the mednum standard, judged by frictionless."""

from __future__ import annotations

import json
from importlib import import_module, util
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from portrea.base.errors import Diagnostic
from portrea.sources.conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAME = "Table Schema (frictionless)"
MISSING = "non exécuté : installez l’extra « conformite » (pip install 'portrea[conformite]')"
MOST = 10_000
_WORDS = {
    "type-error": "valeur d’un autre type",
    "unique-error": "valeur déjà employée",
    "primary-key": "identifiant déjà employé",
    "blank-row": "ligne vide",
    "missing-label": "colonne absente",
    "extra-label": "colonne en trop",
    "incorrect-label": "nom de colonne inattendu",
    "extra-cell": "cellule en trop",
    "missing-cell": "cellule absente",
}
_CONSTRAINTS = {
    'constraint "required"': "champ obligatoire vide",
    'constraint "pattern"': "valeur hors du format ou de la liste",
    'constraint "maxLength"': "texte trop long",
    'constraint "minimum"': "valeur trop petite",
    'constraint "maximum"': "valeur trop grande",
    'constraint "enum"': "valeur hors de la liste",
    'constraint "unique"': "valeur déjà employée",
}


def official_schema(version: str) -> dict[str, Any]:
    """Return the official schema of version ``1.0.2`` or ``0.1.1``, verbatim."""
    folder = files("portrea.vocab.standards")
    found: dict[str, Any] = json.loads(
        folder.joinpath(f"mednum-{version}.schema.json").read_text("utf-8")
    )
    return found


def judge(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    schema: Mapping[str, Any],
    *,
    numbers: Sequence[int],
) -> Verdict:
    """Return what frictionless refuses.

    Parameters
    ----------
    numbers
        Line of each row in the user's file.
    """
    if util.find_spec("frictionless") is None:
        return Verdict(validator=NAME, silent=MISSING)
    frictionless = import_module("frictionless")
    wanted = [field["name"] for field in schema["fields"]]
    header = _header(columns, wanted)
    if header:  # each row is then read by the names of its columns
        ranks = [columns.index(name) if name in columns else None for name in wanted]
        rows = [["" if rank is None else row[rank] for rank in ranks] for row in rows]
    resource = frictionless.Resource(
        data=[wanted, *map(list, rows)],
        schema=frictionless.Schema.from_descriptor(dict(schema)),
    )
    report = resource.validate(limit_errors=MOST)
    parts = ["rowNumber", "fieldName", "type", "note", "cell"]
    faults = [_fault(error, numbers) for error in report.flatten(parts)]
    return Verdict(validator=NAME, refused=(*header, *faults))


def _header(columns: Sequence[str], wanted: Sequence[str]) -> list[Diagnostic]:
    """Return the faults of a header, one for its order or one for each column."""
    if list(columns) == list(wanted):
        return []
    missing = [Diagnostic("header", "colonne absente", 1, n) for n in wanted if n not in columns]
    extra = [Diagnostic("header", "colonne en trop", 1, n) for n in columns if n not in wanted]
    return missing + extra or [Diagnostic("header", "colonnes dans le désordre", 1)]


def _fault(error: Sequence[Any], numbers: Sequence[int]) -> Diagnostic:
    row, field, kind, note, cell = error
    words = next((text for sign, text in _CONSTRAINTS.items() if sign in note), None)
    known = row is not None and 2 <= row < len(numbers) + 2
    return Diagnostic(
        f"table-schema-{kind}",
        words or _WORDS.get(kind, note),
        numbers[row - 2] if known and row else None,
        field,
        None if cell in (None, "") else str(cell)[:120],
    )
