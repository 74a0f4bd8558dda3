"""The notebook page runs: every block in order, and what it prints is what the page shows.

``python tests/test_documented_api.py`` writes the outputs again, to be read before being committed.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).resolve().parents[1]
LESSONS = ROOT / "docs/utilisateurs/tutoriels"
PAGES = [LESSONS / "api-besoins.md", LESSONS / "api-acces.md"]
BLOCK = re.compile(r"```(python|text)\n(.*?)```", re.DOTALL)


def run_page(text: str) -> str:
    """Return the page with the outputs its blocks print, each in the next ``text`` block."""
    names: dict[str, object] = {"__name__": "page"}
    printed = io.StringIO()

    def replay(found: re.Match[str]) -> str:
        kind, code = found.groups()
        if kind == "text":
            said = printed.getvalue()
            printed.seek(0)
            printed.truncate()
            return f"```text\n{said}```"
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "page", "exec"), names)
        return found.group(0)

    with pl.Config(tbl_formatting="ASCII_MARKDOWN", tbl_hide_column_data_types=True, tbl_rows=20):
        page = BLOCK.sub(replay, text)
    assert not printed.getvalue(), "a block prints and the page shows nothing"
    return page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_runs_and_prints_what_it_shows(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text.count("```python") > 5
    assert run_page(text) == text


def test_a_wrong_output_is_seen() -> None:
    assert run_page("```python\nprint(1 + 1)\n```\n```text\n3\n```") == (
        "```python\nprint(1 + 1)\n```\n```text\n2\n```"
    )


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(run_page(path.read_text("utf-8")), "utf-8")
        sys.stdout.write(f"{path} écrit\n")
