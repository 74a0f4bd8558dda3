"""Read a whole table that :func:`portrea.sources.peek.peek` has looked at.

Every cell of a text file or spreadsheet comes as text, stripped, empty = null: codes keep their
zeros and each source decides what is a number (:func:`number`).
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError, Diagnostic
from portrea.sources.peek import cell_text, decode_windows, open_binary, open_workbook, truncated

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from portrea.sources.source import Peek

UNNAMED = "__unnamed_"
"""Beginning of the name given to a column that has none."""


@contextmanager
def unpacked(path: Path, member: str | None) -> Iterator[Path]:
    """Yield a plain path to the content: the file itself, or a temporary copy of a zip member."""
    if member is None:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="portrea-") as folder:
        target = Path(folder) / PurePosixPath(member).name
        with (
            zipfile.ZipFile(path) as archive,
            archive.open(member) as packed,
            target.open("wb") as o,
        ):
            shutil.copyfileobj(packed, o)
        yield target


def location(peek: Peek) -> str:
    """Return the path pyogrio opens (``/vsizip/…`` for a layer inside an archive)."""
    return f"/vsizip/{peek.path}/{peek.member}" if peek.member else str(peek.path)


def read_table(peek: Peek, columns: Collection[str] | None = None) -> pl.DataFrame:
    """Return the whole table (or some columns, those absent being left out).

    Text files and spreadsheets give text columns; parquet keeps its types.

    Raises
    ------
    DataError
        The file is cut short, a line is too long, or the table has no row.
    """
    frame = _READERS[_family(peek.container)](peek)
    if columns is not None:
        frame = frame.select(name for name in frame.columns if name in set(columns))
    if not frame.height:
        raise DataError(
            f"Le fichier {peek.name} ne contient aucune ligne de données.",
            remedy="Vérifiez que l’export du producteur est complet.",
        )
    return frame


def _family(container: str) -> str:
    return container if container in ("csv", "parquet", "json") else "workbook"


def _read_csv(peek: Peek) -> pl.DataFrame:
    content = _content(peek)
    try:
        text = content.decode(peek.encoding)
    except UnicodeDecodeError as error:
        if peek.encoding == "cp1252" or content[: error.start].isascii():
            text = decode_windows(content)
        else:
            raise _badly_encoded(peek, content, error) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    _refuse_cut_end(peek, text)
    return parse_csv(text.encode(), peek)


def parse_csv(content: bytes, peek: Peek) -> pl.DataFrame:
    """Parse UTF-8 csv bytes into text columns named as in ``peek.columns``."""
    names = unique_names(peek.columns)
    try:
        frame = pl.read_csv(
            content,
            separator=peek.separator,
            skip_rows=peek.skip + 1,
            has_header=False,
            infer_schema=False,
            schema=dict.fromkeys(names, pl.String),
        )
    except pl.exceptions.NoDataError:
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    except pl.exceptions.PolarsError as error:
        raise DataError(
            f"Le fichier {peek.name} n’est pas un tableau régulier : une ligne n’a pas le même"
            f" nombre de colonnes que l’en-tête ({len(names)} colonnes).",
            diagnostics=(Diagnostic("ragged-line", str(error).splitlines()[0]),),
            remedy="Vérifiez les séparateurs et les guillemets, ou téléchargez-le de nouveau.",
        ) from error
    return tidy(frame)


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Strip texts, empty = null; leave out empty rows, and columns with neither name nor value."""
    texts = pl.col(pl.String).str.strip_chars()
    frame = frame.with_columns(pl.when(texts != "").then(texts).name.keep())
    blank = {
        c for c in frame.columns if c.startswith(UNNAMED) and frame[c].null_count() == frame.height
    }
    frame = frame.drop(blank)
    return frame.filter(~pl.all_horizontal(pl.all().is_null())) if frame.width else frame


def unique_names(columns: Collection[str]) -> list[str]:
    """Return usable names: unnamed and repeated columns get a number."""
    seen: dict[str, int] = {}
    names = []
    for index, column in enumerate(columns):
        name = column.strip() or f"{UNNAMED}{index}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}__{seen[name]}")
    return names


def _content(peek: Peek) -> bytes:
    try:
        if peek.member:
            with zipfile.ZipFile(peek.path) as archive:
                return archive.read(peek.member)
        with open_binary(peek.path) as stream:
            return stream.read()
    except (EOFError, OSError, zipfile.BadZipFile) as error:
        raise truncated(peek.path, error) from error


def _badly_encoded(peek: Peek, content: bytes, error: UnicodeDecodeError) -> DataError:
    line = content.count(b"\n", 0, error.start) + 1
    return DataError(
        f"Le fichier {peek.name} mélange deux codages de caractères : il commence en UTF-8, mais la"
        f" ligne {line} n’en est pas.",
        remedy="Ouvrez-le dans un tableur et enregistrez-le en « CSV UTF-8 », puis recommencez.",
    )


def _refuse_cut_end(peek: Peek, text: str) -> None:
    """Refuse a file whose last line has fewer separators than its header: a download cut short."""
    last = text.rstrip("\n").rsplit("\n", 1)[-1]
    expected = len(peek.columns) - 1
    if text.endswith("\n") or '"' in last or not last or last.count(peek.separator) >= expected:
        return
    raise DataError(
        f"Le fichier {peek.name} est coupé : sa dernière ligne n’a que"
        f" {last.count(peek.separator) + 1} colonne(s) sur {expected + 1}.",
        diagnostics=(
            Diagnostic("cut-end", "ligne incomplète", row=text.count("\n") + 1, value=last[:60]),
        ),
        remedy="Le téléchargement a sans doute été interrompu : recommencez-le.",
    )


def _read_workbook(peek: Peek) -> pl.DataFrame:
    with unpacked(peek.path, peek.member) as plain:
        workbook = open_workbook(plain)
        sheet = workbook.get_sheet_by_name(peek.sheet or workbook.sheet_names[0])
        rows = sheet.to_python(skip_empty_area=False)[peek.skip + 1 :]
    names = unique_names(peek.columns)
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    texts = {
        name: [cell_text(cell) for cell in column]
        for name, column in zip(names, columns, strict=False)
    }
    return tidy(pl.DataFrame(texts, schema=dict.fromkeys(texts, pl.String)))


def _read_parquet(peek: Peek) -> pl.DataFrame:
    with unpacked(peek.path, peek.member) as plain:
        try:
            return pl.read_parquet(plain)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise truncated(peek.path, error) from error


def _read_json(peek: Peek) -> pl.DataFrame:
    try:
        return pl.read_json(_content(peek), infer_schema_length=None)
    except pl.exceptions.PolarsError as error:
        raise truncated(peek.path, error) from error


_READERS = {
    "csv": _read_csv,
    "workbook": _read_workbook,
    "parquet": _read_parquet,
    "json": _read_json,
}


def number(column: str) -> pl.Expr:
    """Return a column as floats: decimal comma or point, spaces of thousands, any other text null.

    Notes that producers put in number columns (``nd``, ``s``, ``///``) become null; a source that
    must tell secrecy from absence looks at the text first.
    """
    text = pl.col(column).cast(pl.String).str.replace_all(r"[\s\u00a0\u202f]", "")
    return text.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False).alias(column)


def code(column: str, width: int) -> pl.Expr:
    """Return official codes as text, with the leading zero that a spreadsheet removed put back."""
    return pl.col(column).cast(pl.String).str.strip_chars().str.zfill(width).alias(column)
