"""Workbooks of questionnaires: read, written, made into XForms that ODK Validate accepts."""

from __future__ import annotations

import io
import zipfile

import pytest
from pyxform.validators.odk_validate import check_xform

from portrea.base.errors import DataError
from portrea.sources.xlsform import make_xform, read_list, read_workbook, write_workbook
from portrea.surveys.xlsform import read_sheets, write_sheets

SHEETS = {
    "survey": [
        {"type": "integer", "name": "age", "label": "Votre âge", "constraint": ". < 120"},
        {},
        {"type": "select_one oui", "name": "aide", "label": "=1+1", "relevant": "${age} > 60"},
    ],
    "choices": [
        {"list_name": "oui", "name": "oui", "label": "Oui"},
        {"list_name": "oui", "name": "non", "label": "Non"},
    ],
    "settings": [{"form_title": "Essai", "form_id": "essai", "version": "2026112201"}],
}


def test_what_is_written_is_read_the_same_and_rows_keep_their_place():
    assert read_workbook(write_workbook(SHEETS)) == SHEETS


def test_a_cell_is_never_a_formula():
    with zipfile.ZipFile(io.BytesIO(write_workbook(SHEETS))) as book:
        assert not any(b"<f>" in book.read(name) for name in book.namelist())


def test_odk_validate_accepts_what_is_made(tmp_path):
    made = make_xform(SHEETS)
    path = tmp_path / "essai.xml"
    path.write_text(made.xml, "utf-8")
    assert check_xform(str(path)) == []
    assert 'id="essai"' in made.xml


def test_what_the_converter_refuses_is_quoted():
    sheets = SHEETS | {"choices": []}
    with pytest.raises(DataError, match="refuse ce questionnaire"):
        make_xform(sheets)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"PK\x03\x04" + b"\0" * 80])
def test_what_is_no_workbook_is_refused_in_french(content):
    with pytest.raises(DataError) as refused:
        read_workbook(content)
    assert refused.value.remedy


def test_a_workbook_without_survey_says_its_sheets():
    with pytest.raises(DataError, match="choices"):
        read_workbook(write_workbook({"choices": SHEETS["choices"]}))


def test_a_workbook_that_would_fill_the_machine_is_refused():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (101 << 20))
    with pytest.raises(DataError, match="trop gros"):
        read_workbook(content.getvalue())


def test_a_list_of_choices_is_read():
    assert read_list(b"name,label,dep\nc1,Rouen,d76\n") == [
        {"name": "c1", "label": "Rouen", "dep": "d76"}
    ]
    with pytest.raises(DataError, match="UTF-8"):
        read_list(b"name,label\nc1,\xe9\n")


@pytest.mark.shared
def test_a_form_made_elsewhere_is_read_and_written_again(shared_reference):
    content = (shared_reference / "standards/xlsform/exemple-grille-observation.xlsx").read_bytes()
    found = read_sheets(read_workbook(content))
    assert [item.name for item in found.form.every()][:4] == ["start", "end", "today", "intro"]
    told = " ".join(str(one) for one in found.left_out)
    assert "deviceid" in told
    assert "audit" in told
    again = read_sheets(read_workbook(write_workbook(write_sheets(found.form)))).form
    assert again == found.form
    assert 'id="portrea_grille"' in make_xform(write_sheets(found.form)).xml
