"""The board as files for an annual report: its tables, and the records without identity."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from xlsxwriter import Workbook

from portrea.action.activity import words
from portrea.web.action.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.db.models import Q

    from portrea.web.action.boards.periods import Period
    from portrea.web.action.boards.selectors import Board, Row

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HIDDEN = lazy("caché (petit nombre)")
LONGEST_NAME = 31
COLUMNS = {
    "uuid": lazy("identifiant"), "day": lazy("jour"), "kind": lazy("type"),
    "where": lazy("lieu de l’aide"),
    "commune": lazy("commune"), "people": lazy("personnes"), "known": lazy("déjà venues"),
    "minutes": lazy("minutes"), "band": lazy("durée, en gros"), "themes": lazy("thèmes"),
    "procedure__name": lazy("démarche"), "autonomy": lazy("autonomie"), "result": lazy("réponse"),
    "reason": lazy("pourquoi pas"), "oriented": lazy("orientation"), "oriented_to": lazy("vers"),
}  # fmt: skip
"""What a record tells outside: neither who wrote it, nor free words, nor the profile of people."""
_LISTS = {"kind": "kinds", "where": "places", "band": "bands", "autonomy": "autonomies",
          "result": "results", "reason": "reasons", "oriented_to": "redirections"}  # fmt: skip


def workbook(board: Board, about: Sequence[tuple[str, str]]) -> bytes:
    """Return the tables as XLSX, a sheet each, the first one saying how to read them."""
    content = io.BytesIO()
    book = Workbook(content, {"in_memory": True})
    bold = book.add_format({"bold": True})
    first = book.add_worksheet(_("Lire ce fichier"))
    first.set_column(0, 0, 30)
    first.set_column(1, 1, 100)
    for line, pair in enumerate(about):
        for column, text in enumerate(pair):
            first.write_string(line, column, text, None if column else bold)
    for name, rows in tables(board):
        page = book.add_worksheet(name[:LONGEST_NAME])
        page.set_column(0, 0, 50)
        page.freeze_panes(1, 0)
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                write = page.write_number if isinstance(cell, int | float) else page.write_string
                write(line, column, cell, bold if line == 0 else None)
    book.close()
    return content.getvalue()


def tables_csv(board: Board) -> Iterator[str]:
    """Yield the lines of the tables, one under the other, the first column naming the table."""
    yield "\ufeff"
    yield _line([_("tableau"), *_heading(board)])
    for name, rows in tables(board):
        for row in rows[1:]:
            yield _line([name, *row])


def tables(board: Board) -> list[tuple[str, list[list[Any]]]]:
    """Return the name and the lines of each table, its heading first."""
    heading = _heading(board)
    found = [(_("Ensemble"), board.totals)]
    found += [(_short(str(one.spec.title)), one.rows) for one in board.tables]
    return [(name, [heading, *(_cells(row) for row in rows)]) for name, rows in found]


def records_csv(where: Q, period: Period) -> Iterator[str]:
    """Yield the records of a period, one a line, without identity."""
    yield "\ufeff"
    yield _line(map(str, COLUMNS.values()))
    rows = Record.objects.filter(where, day__gte=period.first, day__lte=period.until)
    for row in rows.order_by("day", "pk").values_list(*COLUMNS).iterator(2_000):
        yield _line([_said(name, cell) for name, cell in zip(COLUMNS, row, strict=True)])


def _heading(board: Board) -> list[str]:
    return [_("valeur"), str(board.period), str(board.period.former)]


def _cells(row: Row) -> list[Any]:
    return [
        row.label,
        *(str(HIDDEN) if count is None else count for count in (row.now, row.before)),
    ]


def _short(title: str) -> str:
    """Return a title as the name of a sheet may be."""
    return "".join(" " if sign in r"[]:*?/\\" else sign for sign in title).strip()


def _said(name: str, cell: Any) -> str:
    if name in _LISTS:
        return str(words()[_LISTS[name]].get(cell, cell))
    if name == "themes":
        return ", ".join(words()["themes"].get(one, one) for one in cell)
    if name == "oriented":
        return {True: _("oui"), False: _("non")}.get(cell, "")
    return "" if cell is None else str(cell)


def _line(cells: Iterable[Any]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerow(map(_bare, cells))
    return text.getvalue()


def _bare(cell: Any) -> Any:
    """Keep a spreadsheet from running a text that begins like a formula."""
    risky = isinstance(cell, str) and cell[:1] in {"=", "@", "+", "-", "\t", "\r"}
    return f"'{cell}" if risky else cell
