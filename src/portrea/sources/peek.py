"""Look at the beginning of a file: which format, which columns, which first rows.

Cheap whatever the size (except spreadsheets, which have to be opened whole): recognisers decide on
this. One file may hold several tables (the sheets of a workbook, the members of an archive, the
layers of a GeoPackage): each gives one :class:`~portrea.sources.source.Peek`.
"""

from __future__ import annotations

import gzip
import json
import re
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook, ZipError

from portrea.base.csv_rows import csv_rows
from portrea.base.errors import DataError
from portrea.sources.source import Peek
from portrea.sources.workbook_trial import refuse_far_cells

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD_BYTES = 1 << 18
SAMPLE_ROWS = 20
HEADER_SEARCH_ROWS = 15
TRIED_BYTES = 30 << 20
"""A workbook smaller than this may come from a page: it is tried apart before it is opened."""
SPREADSHEETS = (".xlsx", ".xls", ".ods", ".xlsb", ".xlsm")
MOST_UNPACKED = 20 << 30
"""Bytes an archive may hold once unpacked: the largest known file (FD_INDCVI) is under 10 GB."""
BOMB_BYTES, BOMB_RATIO = 100 << 20, 150
"""A member larger than this and packed more tightly than this holds no statistics (csv: 5-20)."""
CODE_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
RELOAD = "Téléchargez-le de nouveau auprès du producteur, puis recommencez."


def peek(path: Path) -> list[Peek]:
    """Return what the file holds, one item per table.

    Raises
    ------
    DataError
        The file is absent, empty, truncated, protected or of a format that is not read.
    """
    if not path.is_file():
        raise DataError(
            f"Fichier introuvable : {path}.", remedy="Vérifiez le chemin (majuscules, dossier)."
        )
    if path.stat().st_size == 0:
        raise DataError(f"Le fichier {path.name} est vide (0 octet).", remedy=RELOAD)
    reader = _reader_of(path)
    if reader is None:
        raise DataError(
            f"Le format du fichier {path.name} n’est pas lu par Portrea.",
            remedy="Formats lus : csv, zip, xlsx, xls, ods, parquet, geojson, json, gpkg et shp.",
        )
    try:
        return reader(path)
    except (
        EOFError,
        NotImplementedError,
        zlib.error,
        zipfile.BadZipFile,
        gzip.BadGzipFile,
        ZipError,
    ) as error:
        raise truncated(path, error) from error


def readable(path: Path) -> bool:
    """Tell from its name whether a file is of a format that is read."""
    return _reader_of(path) is not None


def truncated(path: Path, error: Exception) -> DataError:
    """Return the error that says a file is cut short or damaged."""
    return DataError(
        f"Le fichier {path.name} est incomplet ou abîmé : sa fin ne peut pas être lue ({error}).",
        remedy=RELOAD,
    )


def refuse_bomb(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse an archive that would fill the memory or the disk; read its list of members only."""
    items = archive.infolist()
    total = sum(item.file_size for item in items)
    tight = any(
        item.file_size > BOMB_BYTES and item.file_size > BOMB_RATIO * max(item.compress_size, 1)
        for item in items
    )
    if tight or total > MOST_UNPACKED:
        raise DataError(
            f"Le fichier {name} annonce {total / 1e6:.0f} Mo une fois décompressé : ce n’est pas"
            " un fichier de statistiques, il n’est pas ouvert.",
            remedy="Téléchargez-le de nouveau depuis le site du producteur.",
        )


def _reader_of(path: Path) -> Callable[[Path], list[Peek]] | None:
    name = path.name.lower()
    if name.endswith((".csv", ".csv.gz", ".txt", ".txt.gz", ".tsv", ".tsv.gz")):
        return _peek_text
    if name.endswith(SPREADSHEETS):
        return _peek_workbook
    if name.endswith((".geojson", ".json", ".geojson.gz", ".json.gz")):
        return _peek_json
    if name.endswith((".gpkg", ".shp")):
        return _peek_layers
    readers = {".parquet": _peek_parquet, ".geoparquet": _peek_parquet, ".zip": _peek_archive}
    return readers.get(path.suffix.lower())


# -- text -----------------------------------------------------------------------------------------


def open_binary(path: Path) -> IO[bytes]:
    """Open a file for reading, unpacking gzip on the way."""
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _peek_text(path: Path) -> list[Peek]:
    with open_binary(path) as stream:
        return [peek_csv_bytes(path, stream.read(HEAD_BYTES))]


def peek_csv_bytes(path: Path, head: bytes, member: str | None = None) -> Peek:
    """Return what the first bytes of a csv file say of it."""
    text, encoding = decode_head(head, member or path.name)
    lines = text.splitlines()
    if len(head) >= HEAD_BYTES:
        lines = lines[:-1]
        if not lines:
            raise DataError(
                f"Le fichier {member or path.name} n’est pas un tableau : sa première ligne dépasse"
                f" {HEAD_BYTES // 1024} ko.",
                remedy="Vérifiez que l’export a bien une ligne par zone.",
            )
    separator = _separator(lines[:HEADER_SEARCH_ROWS])
    rows = [row for _, row in csv_rows("\n".join(lines), separator)]
    skip = header_row(rows)
    columns = tuple(cell.strip() for cell in rows[skip]) if rows else ()
    sample = tuple(tuple(row) for row in rows[skip + 1 : skip + 1 + SAMPLE_ROWS])
    return Peek(
        path,
        "csv",
        columns,
        sample,
        None,
        member,
        encoding=encoding,
        separator=separator,
        skip=skip,
    )


def decode_head(head: bytes, name: str) -> tuple[str, str]:
    """Return the text and its encoding: UTF-8 when it can be, else Windows-1252.

    Raises :class:`DataError` for UTF-16 and for binary content.
    """
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in head:
        raise DataError(
            f"Le fichier {name} n’est pas du texte lisible (codage UTF-16 ou contenu binaire).",
            remedy="Enregistrez-le en « CSV UTF-8 » depuis votre tableur, puis recommencez.",
        )
    if head.startswith(b"\xef\xbb\xbf"):
        return head.decode("utf-8-sig", errors="ignore"), "utf-8-sig"
    for cut in range(4):  # the head may stop in the middle of a character
        try:
            return head[: len(head) - cut].decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            if len(head) < HEAD_BYTES:
                break
    return decode_windows(head), "cp1252"


def decode_windows(content: bytes) -> str:
    """Decode Windows-1252, its five undefined bytes read as Latin-1."""
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _separator(lines: list[str]) -> str:
    counts = {mark: sum(line.count(mark) for line in lines) for mark in (";", "\t", ",", "|")}
    best = max(counts, key=lambda mark: counts[mark])
    # a decimal comma repeats inside the cells of a semicolon file: the header decides
    if best == "," and lines and any(line.count(";") >= 1 for line in lines[:1]):
        header = lines[0]
        return ";" if header.count(";") >= header.count(",") else ","
    return best if counts[best] else ","


def header_row(rows: list[list[str]]) -> int:
    """Return the index of the row holding the column names.

    Spreadsheets of INSEE carry titles, long labels and codes above the names, which are distinct
    words in capitals; a first row more than half as wide as the others is a header.
    """
    first = rows[:HEADER_SEARCH_ROWS]
    widths = [sum(1 for cell in row if str(cell).strip()) for row in first]
    widest = max(widths, default=0)
    wide = [index for index, width in enumerate(widths) if width > widest / 2]
    if not wide or wide[0] == 0:
        return 0
    for index in wide:
        cells = [str(cell).strip() for cell in first[index] if str(cell).strip()]
        distinct = len(cells) >= 2 and len(set(cells)) == len(cells)
        if distinct and all(CODE_NAME.fullmatch(cell) for cell in cells):
            return index
    return wide[0]


# -- workbooks ------------------------------------------------------------------------------------


def open_workbook(path: Path) -> CalamineWorkbook:
    """Open a spreadsheet; a damaged or protected one is a :class:`DataError`."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                refuse_bomb(archive, path.name)
        if path.stat().st_size < TRIED_BYTES:
            refuse_far_cells(path.read_bytes())
        return CalamineWorkbook.from_path(path)
    except (CalamineError, OSError) as error:
        raise DataError(
            f"Le classeur {path.name} ne peut pas être ouvert : il est abîmé, protégé ou incomplet"
            f" ({error}).",
            remedy=RELOAD,
        ) from error


def _peek_workbook(path: Path) -> list[Peek]:
    workbook = open_workbook(path)
    return [_peek_sheet(path, workbook, name) for name in workbook.sheet_names]


def _peek_sheet(path: Path, workbook: CalamineWorkbook, name: str) -> Peek:
    limit = HEADER_SEARCH_ROWS + SAMPLE_ROWS
    sheet = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=limit)
    rows = [[cell_text(cell) for cell in row] for row in sheet]
    skip = header_row(rows)
    columns = tuple(cell.strip() for cell in rows[skip]) if rows else ()
    sample = tuple(tuple(row) for row in rows[skip + 1 : skip + 1 + SAMPLE_ROWS])
    return Peek(path, path.suffix.lower()[1:], columns, sample, name, skip=skip)


def cell_text(cell: Any) -> str:
    """Write a cell as text; a whole number loses the ``.0`` that spreadsheets give it."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


# -- other containers -----------------------------------------------------------------------------


def _peek_parquet(path: Path) -> list[Peek]:
    try:
        head = pl.scan_parquet(path).head(SAMPLE_ROWS).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise truncated(path, error) from error
    texts = [
        [
            "" if value is None or isinstance(value, bytes) else str(value)
            for value in head[column].to_list()
        ]
        for column in head.columns
    ]
    return [Peek(path, "parquet", tuple(head.columns), tuple(zip(*texts, strict=True)))]


def _peek_json(path: Path) -> list[Peek]:
    with open_binary(path) as stream:
        text, encoding = decode_head(stream.read(HEAD_BYTES), path.name)
    geographic = '"FeatureCollection"' in text[:4096] or '"Feature"' in text[:4096]
    if geographic:
        text = text[max(0, text.find('"features"')) :]
    objects = _objects(text, r'"properties"\s*:\s*' if geographic else r"(?=\{)")
    if geographic and not objects:
        raise DataError(
            f"Le fichier {path.name} ne contient aucune zone (« features » est vide ou illisible).",
            remedy="Vérifiez que l’export du producteur est complet.",
        )
    columns = tuple(objects[0]) if objects else ()
    sample = tuple(tuple(str(o.get(name, "")) for name in columns) for o in objects)
    container = "geojson" if geographic else "json"
    return [Peek(path, container, columns, sample, encoding=encoding)]


def _objects(text: str, before: str) -> list[dict[str, Any]]:
    """Return the first objects of a JSON text that may be cut anywhere."""
    decoder = json.JSONDecoder()
    found: list[dict[str, Any]] = []
    position = 0
    while len(found) < SAMPLE_ROWS and (match := re.compile(before).search(text, position)):
        try:
            value, position = decoder.raw_decode(text, match.end())
        except ValueError:
            position = match.end() + 1
            continue
        if isinstance(value, dict):
            found.append(value)
    return found


def _peek_layers(path: Path, source: str | None = None, member: str | None = None) -> list[Peek]:
    import pyogrio  # heavy (GDAL), used here only

    location = source or str(path)
    try:
        layers = pyogrio.list_layers(location)
        return [_peek_layer(path, location, str(name), member) for name, _ in layers]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise truncated(path, error) from error


def _peek_layer(path: Path, location: str, layer: str, member: str | None) -> Peek:
    import pyogrio

    info = pyogrio.read_info(location, layer=layer)
    names = tuple(str(name) for name in info["fields"])
    _, _, _, columns = pyogrio.raw.read(
        location, layer=layer, max_features=SAMPLE_ROWS, read_geometry=False
    )
    sample = tuple(tuple(str(value) for value in row) for row in zip(*columns, strict=True))
    container = PurePosixPath(member or path.name).suffix.lower()[1:]
    return Peek(path, container, names, sample, layer, member)


def _peek_archive(path: Path) -> list[Peek]:
    peeks: list[Peek] = []
    with zipfile.ZipFile(path) as archive:
        refuse_bomb(archive, path.name)
        for item in archive.infolist():
            name = item.filename.lower()
            if item.is_dir() or name.startswith("__macosx"):
                continue
            if name.endswith((".csv", ".txt", ".tsv")):
                with archive.open(item) as stream:
                    peeks.append(peek_csv_bytes(path, stream.read(HEAD_BYTES), item.filename))
            elif name.endswith((".shp", ".gpkg")):
                peeks += _peek_layers(path, f"/vsizip/{path}/{item.filename}", item.filename)
            elif name.endswith((*SPREADSHEETS, ".parquet", ".geojson", ".json")):
                peeks += _peek_packed(path, item.filename)
    if not peeks:
        raise DataError(
            f"L’archive {path.name} ne contient aucun fichier que Portrea sache lire.",
            remedy="Formats lus : csv, xlsx, xls, ods, parquet, geojson, json, gpkg et shp.",
        )
    return peeks


def _peek_packed(path: Path, member: str) -> list[Peek]:
    from portrea.sources.reading import unpacked

    with unpacked(path, member) as plain:
        return [replace(found, path=path, member=member) for found in peek(plain)]
