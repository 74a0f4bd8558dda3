"""A workbook whose last cell is very far is refused, and stops nothing."""

from __future__ import annotations

import io
import zipfile

import pytest
from xlsxwriter import Workbook

from portrea.base.errors import DataError
from portrea.sources import answers, xlsform
from portrea.sources.lists import workbooks
from portrea.sources.lists.limits import load_limits
from portrea.sources.peek import peek
from portrea.sources.workbook_trial import refuse_far_cells


def workbook(*, moved: str = "B2") -> bytes:
    """A sheet of four cells, the last of which may be said to be elsewhere."""
    content = io.BytesIO()
    book = Workbook(content, {"in_memory": True})
    sheet = book.add_worksheet("survey")
    for row, line in enumerate((("name", "label"), ("un", "deux"))):
        sheet.write_row(row, 0, line)
    book.close()
    changed = io.BytesIO()
    with zipfile.ZipFile(content) as read, zipfile.ZipFile(changed, "w") as written:
        for name in read.namelist():
            told = read.read(name)
            if name == "xl/worksheets/sheet1.xml":
                told = told.replace(b'r="B2"', f'r="{moved}"'.encode())
            written.writestr(name, told)
    return changed.getvalue()


def test_an_ordinary_one_passes():
    refuse_far_cells(workbook())
    refuse_far_cells(b"no workbook: the reader says it")


@pytest.mark.parametrize("cell", ["XFD1048576", "XFD900000", "BWWWWWWWWWWWWWWWWWWWWWWW4"])
def test_a_cell_far_away_is_refused(cell):
    with pytest.raises(DataError, match="demande trop de mémoire"):
        refuse_far_cells(workbook(moved=cell))


@pytest.mark.parametrize("cell", ["XFD1048576", "ZZZZ9000000"])
def test_no_reader_opens_it(cell, tmp_path):
    content = workbook(moved=cell)
    path = tmp_path / "liste.xlsx"
    path.write_bytes(content)
    for read in (
        lambda: answers.read_sheets(content),
        lambda: xlsform.read_workbook(content),
        lambda: workbooks.read_workbook(path, path.name, load_limits()),
        lambda: peek(path),
    ):
        with pytest.raises(DataError, match=r"trop de mémoire|plus que ce qu’une liste"):
            read()


def test_the_limit_is_in_cells():
    refuse_far_cells(workbook(), most=4)
    with pytest.raises(DataError, match="plus loin que ses données"):
        refuse_far_cells(workbook(), most=3)
