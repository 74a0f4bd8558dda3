"""A cell never becomes a formula."""

from __future__ import annotations

import pytest

from portrea.base.spreadsheets import inert


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", " =1", "\r=1", "\uff1d1+1"]
)
def test_a_formula_is_disarmed(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Mairie", "+33 2 99 00 00 00", "-3,5", "a=b", "2026-11-22"])
def test_anything_else_is_kept(text: str) -> None:
    assert inert(text) == text
