"""Hostile texts of the census leave as text, in every file that a spreadsheet opens."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re

import openpyxl
import pytest

from portrea.offer.content import from_dict
from portrea.offer.exchange.context import Context
from portrea.steering.exchange import export

FORMULAS = (
    '=HYPERLINK("http://evil.example","x")', "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)", "\t=1+1", "＝1+1", " =1+1", "<svg/onload=alert(1)>", "';DROP TABLE place;--",
)  # fmt: skip
CONTEXT = Context(today=dt.date(2026, 11, 22), undated=dt.date(2026, 1, 1))


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize(
    "standard", ["mednum", "mednum-5", "csv", "xlsx", "geojson", "data-inclusion"]
)
def test_no_cell_is_run(tmp_path, standard, text):
    service = {"block": "aide", "key": "aide", "name": text, "description": text,
               "offers": ["Aide aux démarches administratives"],
               "capacity": {"hours_week": 3.0}}  # fmt: skip
    fields = ("name", "address", "address_more", "summary", "detail", "accessibility", "parent")
    told = dict.fromkeys(fields, text) | {"other_labels": [text], "services": [service]}
    place = from_dict({"id": "a", "city": "Iffendic", "commune": "35133", "postcode": "35750",
                       **told, "address": f"1 rue {text}"})  # fmt: skip
    endings = {"xlsx": "xlsx", "geojson": "geojson", "data-inclusion": "json"}
    target = tmp_path / f"l.{endings.get(standard, 'csv')}"
    report = export([place], standard, target, CONTEXT)
    assert report.written == 1
    if standard in ("geojson", "data-inclusion"):
        json.loads(target.read_text("utf-8"))
        return
    cells = list(cells_of(target, standard))
    word = max(re.findall(r"\w+", text), key=len)
    assert any(word in cell for cell in cells), "it is there, as text"
    assert not [
        cell for cell in cells if cell.lstrip().startswith(("=", "@", "\t", "＝", "+c", "-2"))
    ]


def cells_of(path, standard):
    if standard == "xlsx":
        for sheet in openpyxl.load_workbook(path).worksheets:
            for row in sheet.iter_rows():
                assert not [cell.coordinate for cell in row if cell.data_type == "f"]
                assert not [cell.coordinate for cell in row if cell.hyperlink]
                yield from (str(cell.value) for cell in row if cell.value is not None)
        return
    with path.open(encoding="utf-8-sig") as stream:
        for row in csv.reader(stream, delimiter=";" if standard == "mednum-5" else ","):
            yield from row
