"""Numbers are written the French way."""

from __future__ import annotations

import pytest

from portrea.base.estimates import Estimate, Quality, integer, percent


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (999.4, "999"), (12345.6, "12\u202f346")])
def test_integer(value: float, text: str) -> None:
    assert integer(value) == text


@pytest.mark.parametrize(
    ("share", "decimals", "text"),
    [(0.305, 1, "30,5\u202f%"), (0.305, 0, "30\u202f%"), (1, 0, "100\u202f%")],
)
def test_percent(share: float, decimals: int, text: str) -> None:
    assert percent(share, decimals=decimals) == text


def test_bounds_without_a_centre_are_available() -> None:
    assert Estimate(None, 1.0, 2.0, Quality.D).available
    assert not Estimate(None, None, None, Quality.N).available
