"""Workbooks: what is written is read back, whatever the text, by two readers."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from portrea.base.errors import DataError
from portrea.sources.exports import workbook
from portrea.sources.exports.workbook import rows_xml, write_workbook

HEADINGS = {"un": ["a", "b", "c"], "deux": ["d"]}
WIDTHS = {name: len(columns) for name, columns in HEADINGS.items()}


def written(*parts):
    stream = BytesIO()
    starts: dict[str, int] = {}
    made = []
    for rows in parts:
        made.append(rows_xml(rows, WIDTHS, dict(starts)))
        for name, _ in rows:
            starts[name] = starts.get(name, 0) + 1
    write_workbook(stream, HEADINGS, made, readme=("lisez-moi", ("=1+1",)))
    return stream.getvalue()


def read(content):
    book = load_workbook(BytesIO(content), read_only=True)
    found = {
        name: [list(row) for row in book[name].iter_rows(values_only=True)] for name in HEADINGS
    }
    book.close()
    return found


def test_pieces_follow_one_another():
    first = [("un", ("a", None, 1.5)), ("deux", ("x",)), ("un", (None, "b", None))]
    second = [("deux", ("y",)), ("un", ("", "", "fin"))]
    content = written(first, second)
    assert read(content) == {
        "un": [["a", "b", "c"], ["a", None, 1.5], [None, "b", None], [None, None, "fin"]],
        "deux": [["d"], ["x"], ["y"]],
    }
    sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name("un").to_python()
    assert sheet[1:] == [["a", "", 1.5], ["", "b", ""], ["", "", "fin"]]


@pytest.mark.parametrize(
    "text",
    ["<r><t>x</t></r>", "</t></is></c>", "=1+1", "]]>", "&amp;", "_x0041_", "\ta ", "a\nb", "é’«»"],
)
def test_a_text_stays_a_text(text):
    content = written([("un", (text, None, None))])
    cell = load_workbook(BytesIO(content))["un"]["A2"]
    assert cell.data_type == "s"
    sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name("un").to_python()
    assert sheet[1][0] == text


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(cells=st.lists(st.text(max_size=12), min_size=1, max_size=20))
def test_any_text_gives_a_readable_workbook(cells):
    found = read(written([("un", (cell, None, "z")) for cell in cells]))["un"][1:]
    assert [row[2] for row in found] == ["z"] * len(cells)
    plain = [(told, row[0]) for told, row in zip(cells, found, strict=True) if told.isalnum()]
    assert all(told == shown for told, shown in plain)


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    rows = [("deux", ("x",))]
    rows_xml(rows, WIDTHS, {"deux": 1})
    with pytest.raises(DataError, match="Trop de lignes pour la feuille « deux »"):
        rows_xml(rows, WIDTHS, {"deux": 2})
