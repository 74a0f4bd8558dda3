"""A form cut in pages, as worked by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from portrea.surveys.filling import fill
from portrea.surveys.form import Kind
from portrea.surveys.models import sheets_of
from portrea.surveys.xlsform import read_sheets
from portrea.web.surveys.answering.pages import after, before, pages_of, placed, progress

ROOT = Path(__file__).resolve().parents[2]
WORKED = yaml.safe_load((ROOT / "cases/surveys/answer_pages.yaml").read_text("utf-8"))
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize("case", WORKED["cases"], ids=lambda case: case["name"])
def test_pages_as_worked_by_hand(case: dict[str, Any]) -> None:
    form = read_sheets(sheets_of(WORKED["form"])).form
    pages = pages_of(fill(form, case["answers"], now=NOW), placed(form.items))
    assert [page.key for page in pages] == case["pages"]
    by_key = {page.key: page for page in pages}
    for key, notes in case.get("notes", {}).items():
        told = [e.item.name for e in by_key[key].entries if e.item.kind is Kind.NOTE]
        assert told == notes, key
    for key, names in case.get("questions", {}).items():
        assert [entry.item.name for entry in by_key[key].questions] == names
    for key, expected in case["next"].items():
        assert getattr(after(pages, key), "key", None) == expected, f"after {key}"
    for key, expected in case["before"].items():
        assert getattr(before(pages, key), "key", None) == expected, f"before {key}"
    ranks = [progress(pages, page.key) for page in pages]
    assert ranks == sorted(ranks), "one never goes back by going on"
