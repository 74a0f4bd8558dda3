"""A change of code is a change of computation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portrea.steering import code

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("needs/model.py", "web/views.py", "steering/code.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x = 1\n", "utf-8")
    monkeypatch.setattr(code, "__file__", str(tmp_path / "steering" / "code.py"))
    return tmp_path


def digest() -> str:
    code.code_digest.cache_clear()
    try:
        return code.code_digest()
    finally:
        code.code_digest.cache_clear()


def test_the_same_code_has_the_same_digest(library: Path) -> None:
    assert digest() == digest()


def test_a_changed_room_changes_the_digest(library: Path) -> None:
    before = digest()
    (library / "needs/model.py").write_text("x = 2\n", "utf-8")
    assert digest() != before


def test_a_changed_page_does_not(library: Path) -> None:
    before = digest()
    (library / "web/views.py").write_text("x = 2\n", "utf-8")
    assert digest() == before
