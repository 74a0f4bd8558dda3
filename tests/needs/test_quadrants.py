"""Quadrants: hand-worked probabilities, French words, and what is unknown stays so."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import TerritoryError
from portrea.needs.quadrants import NAMES, QUADRANTS, WORDS, quadrants

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/needs/quadrants.yaml").read_text("utf-8")
)
SHARES = st.floats(0.01, 0.99)


def rows(level, code, first, second):
    """Estimates of A1 and B of an area: share, low, high."""
    return [
        {
            "level": level, "code": code, "name": f"{level} {code}", "measure": measure,
            "share": share, "share_low": low, "share_high": high,
        }
        for measure, (share, low, high) in (("a1", first), ("b", second))
    ]  # fmt: skip


def table(*areas):
    floats = dict.fromkeys(("share", "share_low", "share_high"), pl.Float64)
    words = dict.fromkeys(("level", "code", "name", "measure"), pl.String)
    return pl.DataFrame([row for area in areas for row in area], schema=words | floats)


def place(case):
    reference = [[share, None, None] for share in case["reference"]]
    estimates = table(rows("epci", "1", case["a"], case["b"]), rows("france", "FR", *reference))
    return quadrants(estimates, level="epci").row(0, named=True)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_hand_worked(case):
    got = place(case)
    assert got["quadrant"] == case["quadrant"]
    for name in NAMES:
        expected = case.get(f"p_{name}")
        found = got[f"p_{name}"]
        assert found is None if expected is None else found == pytest.approx(expected, abs=1e-5)
    if case["quadrant"]:
        assert got["words"].startswith(WORDS[case["quadrant"]])
        assert "france FR" in got["words"]
    else:
        assert got["words"] is None


def test_words_say_how_sure():
    assert place(CASES[0])["words"].endswith("probable (90 %)")
    assert place(CASES[1])["words"].endswith("incertain (25 %)")
    assert place(CASES[2])["words"].endswith("incertitude non connue")


@given(SHARES, SHARES, SHARES, SHARES)
def test_the_four_probabilities_add_to_one_and_follow_the_quadrant(a, b, mark_a, mark_b):
    case = {"a": [a, a * 0.8, a + (1 - a) * 0.2], "b": [b, b * 0.9, b + (1 - b) * 0.1]}
    got = place(case | {"reference": [mark_a, mark_b]})
    odds = [got[f"p_{name}"] for name in NAMES]
    assert sum(odds) == pytest.approx(1)
    # the side of each axis is the likelier one
    high_a, high_b = got["quadrant"].split("_")
    assert (odds[0] + odds[1] >= 0.5 - 1e-12) == (high_a == "high" or abs(a - mark_a) < 1e-9)
    assert (odds[0] + odds[2] >= 0.5 - 1e-12) == (high_b == "high" or abs(b - mark_b) < 1e-9)


def test_the_enclosing_territory_may_be_the_reference():
    estimates = table(
        rows("commune", "1", [0.2, 0.1, 0.3], [0.2, 0.1, 0.3]),
        rows("departement", "35", [0.3, None, None], [0.1, None, None]),
        rows("departement", "22", [0.1, None, None], [0.3, None, None]),
    )
    got = quadrants(estimates, level="commune", reference=("departement", "35"))
    QUADRANTS.check(got)
    assert got["quadrant"].to_list() == ["low_high"]
    assert got["reference_a"].to_list() == [0.3]


@pytest.mark.parametrize("reference", [("france", None), ("departement", None), ("epci", "9")])
def test_a_reference_that_is_not_computed_is_said_in_french(reference):
    estimates = table(
        rows("departement", "35", [0.3, None, None], [0.1, None, None]),
        rows("departement", "22", [0.1, None, None], [0.3, None, None]),
        rows("epci", "9", [0.3, None, None], [None, None, None]),
    )
    with pytest.raises(TerritoryError, match=r"territoire de comparaison .* deux parts"):
        quadrants(estimates, level="epci", reference=reference)
