"""Lists of choices kept in files of their own (« select_one_from_file communes.csv »)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portrea.base.errors import Diagnostic
from portrea.surveys.xlsform.columns import split_column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.surveys.xlsform.reading import Row, Sheets

_FROM_FILE = re.compile(r"\s*select_(one|multiple)_from_file\s+(\S+\.\w+)(.*)", re.IGNORECASE)
_VALUE = re.compile(r"\b(value|label)\s*=\s*(\S+)")
_EXTERNAL = re.compile(r"\s*select_(one|multiple)_external\s+(\S+)", re.IGNORECASE)


def with_lists(
    sheets: Sheets, files: Mapping[str, Sequence[Row]]
) -> tuple[Sheets, list[Diagnostic]]:
    """Return the sheets with the lists of some files among their choices, and what is missing.

    ``files`` maps the name of a file to its rows; the columns « name » and « label » may have the
    names that « parameters » says (« value=code label=nom »).
    """
    missing: list[Diagnostic] = []
    choices = [dict(row) for row in sheets.get("choices", ())]
    told: set[str] = set()
    survey = []
    for line, row in enumerate(sheets.get("survey", ()), start=2):
        column = next((key for key in row if split_column(key)[0] == "type"), "type")
        found = _FROM_FILE.fullmatch(row.get(column, ""))
        if found is None:
            missing += _external(row.get(column, ""), line)
            survey.append(dict(row))
            continue
        many, name, rest = found.groups()
        listed = re.sub(r"\W", "_", name.rpartition(".")[0]) or "liste"
        if name not in files:
            missing.append(_missing(name, line))
        elif listed not in told:
            told.add(listed)
            choices += _choices(
                listed, files[name], dict(_VALUE.findall(row.get("parameters", "")))
            )
        told_of = _VALUE.sub("", row.get("parameters", "")).strip()
        survey.append(
            {**row, column: f"select_{many.lower()} {listed}{rest}", "parameters": told_of}
        )
    return {**sheets, "survey": survey, "choices": choices}, missing


def _choices(listed: str, rows: Sequence[Row], named: Mapping[str, str]) -> list[dict[str, str]]:
    value, label = named.get("value", "name"), named.get("label", "label")
    return [
        {
            **{key: text for key, text in row.items() if key not in {value, label}},
            "list_name": listed,
            "name": row.get(value, ""),
            "label": row.get(label, "") or row.get(value, ""),
        }
        for row in rows
    ]


def _missing(name: str, line: int) -> Diagnostic:
    message = f"feuille « survey » : la liste « {name} » est dans un fichier qui n’est pas donné."
    remedy = "Choisissez aussi ce fichier CSV, à côté du classeur."
    return Diagnostic("xlsform", message, line, "type", name, remedy)


def _external(written: str, line: int) -> list[Diagnostic]:
    if not _EXTERNAL.match(written):
        return []
    message = "feuille « survey » : « select_one_external » n’est pas lu."
    remedy = "Écrivez « select_one » et mettez la liste dans « choices »."
    return [Diagnostic("xlsform", message, line, "type", written.strip(), remedy)]
