"""Answers of a survey as files: XLSX, a ZIP of CSV, JSON, with the codebook that reads them."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook

from portrea.surveys.exporting import Sheet, Told, answer_sheets, codebook
from portrea.web.surveys.models import Version
from portrea.web.surveys.rounds.state import is_late
from portrea.web.surveys.versions import form_of

if TYPE_CHECKING:
    from portrea.surveys.form import Form
    from portrea.web.surveys.models import Submission, Survey

CONTENT = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "json": "application/json",
}
LONGEST_NAME = 31


def exported(survey: Survey, kind: str) -> bytes:
    """Return the answers of a survey in a format of ``CONTENT``; those set aside say so."""
    if kind == "json":
        return _json(survey)
    sheets = sheets_of(survey)
    return _workbook(sheets) if kind == "xlsx" else _archive(sheets)


def sheets_of(survey: Survey) -> list[Sheet]:
    """Return the tables of answers, then the codebook."""
    forms = forms_of(survey)
    told = [
        Told(f"uuid:{one.uuid}", form_of(one.version_id), one.answers, facts_of(survey, one))
        for one in survey.submissions.select_related("version").order_by("pk").iterator(2000)
    ]
    return [*answer_sheets(told, forms), codebook(forms)]


def forms_of(survey: Survey) -> list[Form]:
    """Return the versions that were asked or answered, the newest first."""
    used = set(survey.submissions.order_by().values_list("version", flat=True)) | {
        survey.version_id
    }
    keys = Version.objects.filter(pk__in=used).order_by("-pk").values_list("pk", flat=True)
    return [form_of(key) for key in keys]


def facts_of(survey: Survey, one: Submission) -> dict[str, str]:
    """Return what is known around an answer; a leading « _ » keeps apart from questions."""
    return {
        "_version": one.version.number,
        "_canal": one.get_channel_display(),
        "_table": one.table,
        "_repondu_le": one.answered.isoformat(timespec="seconds"),
        "_recu_le": one.received.isoformat(timespec="seconds"),
        "_tardive": "oui" if is_late(survey, one) else "",
        "_a_verifier": "; ".join(f"{path} : {fault}" for path, fault in one.faults.items()),
        "_ecartee": one.set_aside,
        "_texte_relu": "oui" if one.reviewed else "",
    }


def _workbook(sheets: list[Sheet]) -> bytes:
    """Write every cell as a text: nothing in it is ever run."""
    content = io.BytesIO()
    book = Workbook(content, {"in_memory": True})
    heading = book.add_format({"bold": True})
    taken: set[str] = set()
    for sheet in sheets:
        page = book.add_worksheet(_sheet_name(sheet.name, taken))
        page.freeze_panes(1, 0)
        for rank, column in enumerate(sheet.columns):
            page.write_string(0, rank, column, heading)
        for line, row in enumerate(sheet.rows, start=1):
            for rank, text in enumerate(row):
                if text:
                    page.write_string(line, rank, text)
    book.close()
    return content.getvalue()


def _sheet_name(name: str, taken: set[str]) -> str:
    short = name[:LONGEST_NAME]
    while short.lower() in taken:
        short = f"{short[: LONGEST_NAME - 2]}_{len(taken)}"[:LONGEST_NAME]
    taken.add(short.lower())
    return short


def _archive(sheets: list[Sheet]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet in sheets:
            text = io.StringIO(newline="")
            writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
            writer.writerow(sheet.columns)
            writer.writerows([_bare(cell) for cell in row] for row in sheet.rows)
            archive.writestr(f"{sheet.name}.csv", ("\ufeff" + text.getvalue()).encode())
    return content.getvalue()


def _bare(cell: str) -> str:
    """Keep a spreadsheet from running a cell that begins like a formula (a number is none)."""
    risky = cell[:1] in {"=", "@", "\t", "\r"} or (cell[:1] in {"+", "-"} and not _number(cell))
    return f"'{cell}" if risky else cell


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _json(survey: Survey) -> bytes:
    rows: list[dict[str, Any]] = [
        {"meta": {"instanceID": f"uuid:{one.uuid}"}, **facts_of(survey, one), **one.answers}
        for one in survey.submissions.select_related("version").order_by("pk").iterator(2000)
    ]
    book = codebook(forms_of(survey))
    described = [dict(zip(book.columns, row, strict=True)) for row in book.rows]
    told = {"enquete": survey.title, "results": rows, "dictionnaire": described}
    return json.dumps(told, ensure_ascii=False, indent=1).encode()
