"""The schema of data·inclusion, version 1, judged by its own package."""

from __future__ import annotations

from importlib import import_module, util
from typing import TYPE_CHECKING, Any

from portrea.base.errors import Diagnostic
from portrea.sources.conformance.table_schema import MISSING
from portrea.sources.conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NAME = "Schéma data·inclusion v1"
WARNING = "avertissement"
_WORDS = {
    "missing": "champ obligatoire absent",
    "string_too_short": "texte trop court",
    "string_too_long": "texte trop long",
    "string_pattern_mismatch": "valeur hors du format attendu",
    "enum": "valeur hors de la liste",
    "literal_error": "valeur hors de la liste",
    "url_parsing": "adresse de site mal écrite",
    "url_scheme": "l’adresse doit commencer par http:// ou https://",
    "date_from_datetime_parsing": "ce n’est pas une date",
    "date_parsing": "ce n’est pas une date",
    "float_parsing": "ce n’est pas un nombre",
    "greater_than_equal": "nombre trop petit",
    "too_short": "liste vide",
    "set_type": "une liste est attendue",
    "list_type": "une liste est attendue",
    "string_type": "un texte est attendu",
}


def judge(
    structures: Sequence[Mapping[str, Any]], services: Sequence[Mapping[str, Any]]
) -> Verdict:
    """Return what the schema refuses, and its warnings as remarks.

    Rows are numbered from 1 in each list; the field says which list: ``services.nom``.
    """
    if util.find_spec("data_inclusion") is None:
        return Verdict(validator=NAME, silent=MISSING)
    v1 = import_module("data_inclusion.schema.v1")
    found = [
        *_faults(v1.Structure, structures, "structures"),
        *_faults(v1.Service, services, "services"),
    ]
    warned = tuple(fault for fault in found if fault.code.endswith(WARNING))
    refused = tuple(fault for fault in found if not fault.code.endswith(WARNING))
    return Verdict(validator=NAME, refused=refused, remarked=warned)


def _faults(model: Any, sheets: Sequence[Mapping[str, Any]], part: str) -> Iterator[Diagnostic]:
    invalid: type[ValueError] = import_module("pydantic").ValidationError
    for number, sheet in enumerate(sheets, 1):
        try:
            model.model_validate(dict(sheet), context={"ignore_warnings": False})
        except invalid as error:
            for fault in error.errors(include_url=False):  # type: ignore[attr-defined]
                yield _fault(fault, number, part, str(sheet.get("id") or ""))


def _fault(fault: Mapping[str, Any], number: int, part: str, identifier: str) -> Diagnostic:
    kind = str(fault["type"])
    where = ".".join([part, *(str(step) for step in fault["loc"][:1])])
    words = _WORDS.get(kind) or str(fault["msg"]).removeprefix("Value error, ")
    value = str(fault.get("input"))[:120] if kind != "missing" else identifier
    return Diagnostic(f"data-inclusion-{kind}", words, number, where, value)
