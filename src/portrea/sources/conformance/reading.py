"""Read a file to judge as it is: nothing is mended, what is not readable is a fault."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portrea.base.errors import DataError, Diagnostic, system_fault
from portrea.sources.conformance.table_schema import official_schema
from portrea.vocab.standards import mednum

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MEDNUM, FORMER, CAPACITY, INCLUSION = "mednum", "mednum-5", "csv", "data-inclusion"
LARGEST = 512 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file to judge: its standard, its rows, and the faults of its form.

    ``rows`` are cells by column (texts), ``numbers`` their lines in the file. A data·inclusion file
    has ``structures`` and ``services`` instead.
    """

    standard: str
    columns: tuple[str, ...] = ()
    rows: tuple[Mapping[str, str], ...] = ()
    numbers: tuple[int, ...] = ()
    structures: tuple[Mapping[str, Any], ...] = ()
    services: tuple[Mapping[str, Any], ...] = ()
    faults: tuple[Diagnostic, ...] = ()


def read_document(path: Path) -> Document:
    """Read a CSV or JSON file and tell which standard it claims to follow.

    Raises
    ------
    DataError
        When it cannot be read, is too large, or follows no standard known here.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(
                f"Le fichier {path.name} est trop gros ({LARGEST // 2**20} Mo au plus)."
            )
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"Le fichier {path} ne peut pas être lu ({system_fault(error)})."
        ) from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"Le fichier {path.name} n’est pas en UTF-8 (octet {error.start}).",
            remedy="Le standard demande UTF-8 : enregistrez-le de nouveau dans cet encodage.",
        ) from error
    if text.lstrip()[:1] in ("[", "{"):
        return _of_json(text, path.name)
    return _of_csv(text, path.name, marked=raw.startswith(b"\xef\xbb\xbf"))


# -- CSV ------------------------------------------------------------------------------------------


def _of_csv(text: str, name: str, *, marked: bool) -> Document:
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        columns = tuple(next(reader, []))
        lines = list(_lines(reader))
    except csv.Error as error:
        raise DataError(
            f"Le fichier {name}, ligne {reader.line_num}, n’est pas un CSV : {error}."
        ) from error
    ragged = [
        _ragged(number, len(cells), len(columns))
        for number, cells in lines
        if len(cells) != len(columns)
    ]
    return Document(
        standard=_standard(columns, name),
        columns=columns,
        rows=tuple(dict(zip(columns, cells, strict=False)) for _, cells in lines),
        numbers=tuple(number for number, _ in lines),
        faults=(*_form(separator, marked=marked), *ragged),
    )


def _lines(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield the line where each row begins, and its cells; empty lines are left out."""
    while True:
        start = reader.line_num + 1
        cells = next(reader, None)
        if cells is None:
            return
        if cells:
            yield start, cells


def _form(separator: str, *, marked: bool) -> Iterator[Diagnostic]:
    if marked:
        yield Diagnostic("form-mark", "marque d’ordre des octets (BOM) en tête", 1)
    if separator != ",":
        words = "colonnes séparées par autre chose qu’une virgule"
        yield Diagnostic("form", words, 1, None, separator, "Enregistrez avec des virgules.")


def _ragged(line: int, cells: int, columns: int) -> Diagnostic:
    words = f"{cells} cellules pour {columns} colonnes"
    return Diagnostic(
        "form", words, line, None, None, "Écrivez autant de cellules que de colonnes."
    )


def _standard(columns: tuple[str, ...], name: str) -> str:
    if {"id_lieu", "service", "bloc"} <= set(columns):
        return CAPACITY
    if {"id", "nom"} <= set(columns) and len(set(columns) & set(mednum.fields())) >= 6:
        return FORMER if mednum.is_legacy(columns) else MEDNUM
    shown = ", ".join(columns[:8]) or "aucune"
    raise DataError(
        f"Le fichier {name} ne suit aucun standard connu (colonnes lues : {shown}…).",
        remedy="Standards jugés : lieux de médiation numérique, data·inclusion v1 (json)"
        " et notre extension de capacité (csv).",
    )


# -- JSON -----------------------------------------------------------------------------------------


def _of_json(text: str, name: str) -> Document:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"Le fichier {name} n’est pas un JSON valable : {error}.") from error
    if isinstance(told, dict) and isinstance(told.get("structures"), list):
        return Document(
            standard=INCLUSION,
            structures=_objects(told["structures"], name),
            services=_objects(told.get("services") or [], name),
        )
    if not isinstance(told, list) or not told:
        raise DataError(f"Le fichier {name} n’est pas une liste de lieux.")
    found = _objects(told, name)
    if "structure_id" in found[0]:
        return Document(standard=INCLUSION, services=found)
    names = {key for sheet in found for key in sheet}
    if "source" in names and "date_maj" in names and "pivot" not in names:
        return Document(standard=INCLUSION, structures=found)
    return _of_objects(found, name, names)


def _of_objects(found: tuple[Mapping[str, Any], ...], name: str, names: set[str]) -> Document:
    standard = _standard(tuple(names), name)
    schema = official_schema("0.1.1" if standard == FORMER else "1.0.2")
    wanted = [field["name"] for field in schema["fields"]]
    columns = (*wanted, *sorted(names - set(wanted)))
    rows = tuple({key: _text(sheet.get(key)) for key in columns} for sheet in found)
    return Document(
        standard=standard, columns=columns, rows=rows, numbers=tuple(range(1, len(rows) + 1))
    )


def _objects(told: list[Any], name: str) -> tuple[Mapping[str, Any], ...]:
    wrong = next((rank for rank, one in enumerate(told, 1) if not isinstance(one, dict)), None)
    if wrong:
        raise DataError(f"Le fichier {name} : l’élément {wrong} n’est pas une fiche.")
    return tuple(told)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
