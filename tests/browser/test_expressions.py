"""Conditions of questionnaires in a browser: the cases of the server, worked by the page."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from portrea.surveys.expressions import read

ROOT = Path(__file__).parents[2]
WORKED = yaml.safe_load(
    (ROOT / "tests/cases/surveys/expressions.yaml").read_text("utf-8"),
)
SCRIPT = (
    (ROOT / "frontend/js/expressions.js").read_text("utf-8").replace("export function", "function")
)
RUN = """([cases, told]) => {
  const label = (question, choice) => told.labels[question]?.[choice] ?? "";
  return cases.map((one) => {
    const found = evaluate(one.tree, { answers: told.answers, now: told.now, label, ...one });
    return Number.isNaN(found) ? "nan" : found;
  });
}"""

pytestmark = pytest.mark.slow


CASES = [case for group in ("worked", "repeated", "filters") for case in WORKED[group]]


def test_the_page_says_what_the_server_says(browser):
    told = {name: WORKED[name] for name in ("answers", "labels", "now")}
    page = browser.new_page()
    try:
        found = page.evaluate(f"{SCRIPT}\n({RUN})", [list(map(asked, CASES)), told])
    finally:
        page.close()
    wrong = [
        (case["of"], got)
        for case, got in zip(CASES, found, strict=True)
        if got != case["is"] or isinstance(got, bool) is not isinstance(case["is"], bool)
    ]
    assert wrong == []


def asked(case) -> dict:
    return {
        "tree": read(case["of"], frozenset(case.get("columns", ()))),
        "value": case.get("value", ""),
        "inside": [case["inside"]] if "inside" in case else [],
        "columns": case.get("columns", {}),
    }
