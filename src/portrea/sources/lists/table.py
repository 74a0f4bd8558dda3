"""What a list is once opened, and how its header is found among the first rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.errors import DataError, Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portrea.sources.lists.limits import Limits

HEADER_SEARCH_ROWS = 30
WIDE_ENOUGH = 0.6
"""Share of the usual number of filled cells from which a row may be the header."""
_NOT_A_NAME = re.compile(r"^[\d\s.,+/:()-]+$|@|^https?://")
LONGEST_NAME = 400

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListFile:
    """Columns and rows of a list, every cell as text.

    ``lines`` are the row numbers as a spreadsheet shows them (1 = first row of the file);
    ``extra`` the cells found beyond the last column, by position in ``rows``; ``empty`` counts
    the rows without any value, which are not in ``rows``. ``confidence`` says how sure the
    encoding and the separator are, in [0, 1].
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    lines: tuple[int, ...]
    container: str
    header: int = 1
    empty: int = 0
    extra: dict[int, Row] | None = None
    sheet: str | None = None
    member: str | None = None
    encoding: str | None = None
    separator: str | None = None
    confidence: float = 1.0
    remarks: tuple[Diagnostic, ...] = ()

    @property
    def title(self) -> str:
        """The file's name, with the member and the sheet when there are several."""
        return " › ".join(part for part in (self.name, self.member, self.sheet) if part)


def is_blank(row: Sequence[str]) -> bool:
    """Whether a row holds nothing but spaces."""
    return not any(cell.strip() for cell in row)


def sound(cell: str) -> str:
    """Return a text that can be written in UTF-8 (half characters of broken exports replaced)."""
    return cell.encode("utf-8", "replace").decode("utf-8")


def header_index(rows: Sequence[Sequence[str]]) -> int:
    """Return the index of the row of column names among the first rows.

    Notes
    -----
    The first row that fills at least 60 % of the usual width (the median of the filled rows) with
    distinct short words; else the first filled row.
    """
    first = [[cell.strip() for cell in row] for row in rows[:HEADER_SEARCH_ROWS]]
    widths = sorted(sum(map(bool, row)) for row in first if any(row))
    if not widths:
        return 0
    usual = widths[len(widths) // 2]
    filled = [index for index, row in enumerate(first) if any(row)]
    for index in filled[:-1] or filled:
        cells = [cell for cell in first[index] if cell]
        if len(cells) >= max(WIDE_ENOUGH * usual, 1) and _are_names(cells):
            return _with_groups(first, index)
    return filled[0]


def _are_names(cells: list[str]) -> bool:
    if any(len(cell) > LONGEST_NAME for cell in cells):
        return False
    strange = sum(1 for cell in cells if _NOT_A_NAME.search(cell))
    return strange <= len(cells) // 10


def _with_groups(rows: list[list[str]], index: int) -> int:
    """Return the second of two rows of names, when the first only groups the columns."""
    if index + 1 >= len(rows):
        return index
    here, below = rows[index], rows[index + 1]
    holes = any(not cell and index < len(below) and below[index] for index, cell in enumerate(here))
    names = [cell for cell in below if cell]
    repeated = len(set(names)) < len(names)
    short = bool(names) and all(len(name) <= 40 and not _NOT_A_NAME.search(name) for name in names)
    wider = len(names) > sum(map(bool, here))
    return index + 1 if holes and repeated and short and wider else index


def column_names(rows: Sequence[Sequence[str]], index: int) -> tuple[str, ...]:
    """Return the names of the columns: groups above put before, blanks and twins numbered."""
    names = [re.sub(r"\s+", " ", sound(cell)).strip() for cell in rows[index]]
    if index and len({n for n in names if n}) < sum(map(bool, names)):
        names = _grouped([cell.strip() for cell in rows[index - 1]], names)
    while names and not names[-1]:
        names.pop()
    seen: dict[str, int] = {}
    taken = set(names)
    result: list[str] = []
    for position, given in enumerate(names):
        name = given or f"colonne {position + 1}"
        seen[name] = seen.get(name, 0) + 1
        numbered = name
        while seen[name] > 1 and (numbered == name or numbered in taken):
            numbered = f"{name} ({seen[name]})"
            seen[name] += numbered in taken
        taken.add(numbered)
        result.append(numbered)
    return tuple(result)


def _grouped(groups: list[str], names: list[str]) -> list[str]:
    """Put the name of the group before each column that it covers."""
    current, result = "", []
    for position, name in enumerate(names):
        current = groups[position] if position < len(groups) and groups[position] else current
        result.append(f"{current} {name}".strip())
    return result


def build(
    rows: Sequence[Sequence[str]],
    limits: Limits,
    *,
    name: str,
    container: str,
    header: int | None = None,
    remarks: Iterable[Diagnostic] = (),
    **facts: object,
) -> ListFile:
    """Return the list whose cells are ``rows``, from the first row of the file on.

    Parameters
    ----------
    header
        Row of the column names (1 = first); found when ``None``.

    Raises
    ------
    DataError
        Nothing in the file, no column, or more than the limits.
    """
    if not any(letter.isalnum() for row in rows for cell in row for letter in cell):
        raise DataError(
            f"Le fichier {name} ne contient aucune valeur.",
            remedy="Vérifiez que l’export a réussi.",
        )
    index = header_index(rows) if header is None else header - 1
    if not 0 <= index < len(rows):
        raise DataError(
            f"Le fichier {name} n’a que {len(rows)} lignes : la ligne {header} n’existe pas.",
            remedy="Indiquez le numéro de la ligne qui porte les noms des colonnes.",
        )
    _refuse_too_wide(sum(map(bool, rows[index])), limits, name)
    columns = column_names(rows, index)
    _refuse_too_wide(len(columns), limits, name)
    kept, lines, extra, empty = _data_rows(rows[index + 1 :], index + 2, len(columns))
    if len(kept) > limits.most_rows:
        raise DataError(
            f"Le fichier {name} a {len(kept)} lignes : {limits.most_rows} au plus.",
            remedy="Coupez-le en plusieurs fichiers.",
        )
    _refuse_long_cells(columns, kept, lines, limits, name)
    return ListFile(
        name, columns, tuple(kept), tuple(lines), container, index + 1, empty, extra or None,
        remarks=tuple(remarks), **facts,  # type: ignore[arg-type]
    )  # fmt: skip


def _data_rows(
    rows: Sequence[Sequence[str]], first: int, width: int
) -> tuple[list[Row], list[int], dict[int, Row], int]:
    kept: list[Row] = []
    lines: list[int] = []
    extra: dict[int, Row] = {}
    empty = 0
    for line, row in enumerate(rows, first):
        if is_blank(row):
            empty += 1
            continue
        beyond = row[width:]
        if beyond and not is_blank(beyond):
            extra[len(kept)] = tuple(beyond)
        padded = [
            cell if cell.isascii() else sound(cell)
            for cell in (*row[:width], *([""] * (width - len(row))))
        ]
        kept.append(tuple(padded))
        lines.append(line)
    return kept, lines, extra, empty


def _refuse_too_wide(width: int, limits: Limits, name: str) -> None:
    if width > limits.most_columns:
        raise DataError(
            f"Le fichier {name} a {width} colonnes : {limits.most_columns} au plus.",
            remedy="Gardez les colonnes qui décrivent les lieux.",
        )


def _refuse_long_cells(
    columns: tuple[str, ...], rows: list[Row], lines: list[int], limits: Limits, name: str
) -> None:
    faults = [
        Diagnostic("long-cell", f"cellule de {len(cell)} caractères", line, column, cell[:60] + "…")
        for line, row in zip(lines, rows, strict=True)
        if sum(map(len, row)) > limits.longest_cell
        for column, cell in zip(columns, row, strict=True)
        if len(cell) > limits.longest_cell
    ]
    if faults:
        raise DataError(
            f"Le fichier {name} a une cellule de plus de {limits.longest_cell} caractères.",
            diagnostics=tuple(faults[:20]),
            remedy="Vérifiez qu’un guillemet ouvert est bien refermé dans ces lignes.",
        )
