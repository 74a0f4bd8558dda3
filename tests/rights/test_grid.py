"""The grid of first ideas: its rows, what is near to answers, and how often the range is right."""

from __future__ import annotations

import random
from datetime import date
from functools import partial
from typing import Any

import polars as pl
import pytest

from portrea.base.errors import StoreError
from portrea.rights.answers import household, read
from portrea.rights.catalogue import parameters
from portrea.rights.estimating import first_hints
from portrea.rights.grid import CHUNK, Archetype, archetypes, build, is_of, near
from portrea.rights.hints import Saying
from portrea.rights.households import check
from portrea.rights.questions import amounts, question
from portrea.sources.openfisca import process
from portrea.sources.rights_grid import grid_path, keep_grid, read_grid

MONTH, DAY = "2026-11", date(2026, 11, 23)
FULL = {
    "commune": "35238", "age": "36", "partner": "seul", "children": "8, 5", "housing": "prive",
    "rent": "450", "situation": "travail", "income": "1000", "before": "non",
    "disability": "aucun", "residence": "eee",
}  # fmt: skip
ROWS = list(archetypes())


def told(**changed: str | None) -> Any:
    return read({name: text for name, text in (FULL | changed).items() if text is not None})


def pretend(asked: dict[str, Any]) -> dict[str, list[float]]:
    """Answer 1,500 less the wages of each household, for every variable."""
    ranks = asked["persons"]["household"]
    wages = next(one["values"] for one in asked["inputs"] if one["variable"] == "salaire_net")
    left = [1_500.0] * (max(ranks) + 1)
    for rank, wage in zip(ranks, wages, strict=True):
        left[rank] -= wage
    own = {"asi", "aah"}
    return {
        one["variable"]: [0.0] * len(ranks) if one["variable"] in own else left
        for one in asked["asked"]
    }


@pytest.fixture(scope="module")
def grid() -> Any:
    return build(pretend, MONTH, rows=[row for row in ROWS if row.children in {"", "12"}])


def test_every_row_is_another_household_that_can_be() -> None:
    assert len(set(ROWS)) == len(ROWS)
    for row in random.Random(1).sample(ROWS, 2_000):
        check(row.household(), month=MONTH)


def test_children_of_one_class_are_not_twins() -> None:
    """Twins are counted otherwise by the family benefits: the eldest has no supplement."""
    row = next(row for row in ROWS if row.children == "044")
    assert row.household().children == (1, 16, 15)


def test_the_grid_is_asked_by_chunks() -> None:
    sizes: list[int] = []

    def ask(asked: dict[str, Any]) -> dict[str, list[float]]:
        sizes.append(max(asked["persons"]["household"]) + 1)
        return pretend(asked)

    made = build(ask, MONTH, rows=ROWS[: CHUNK + 7])
    assert sizes == [CHUNK, 7]
    assert made.height == CHUNK + 7


def test_a_range_holds_the_neighbours(grid) -> None:
    found = first_hints(told(income="1000"), grid)
    assert found is not None
    rsa = next(hint for hint in found.hints if hint.right.name == "rsa")
    assert (rsa.low, rsa.high, rsa.saying) == (300, 600, Saying.POSSIBLE)
    assert found.first
    assert found.assumed[0].startswith("Première idée")


def test_a_rent_that_is_not_known_takes_every_rent_and_zone(grid) -> None:
    rows = near(told(rent=None), grid)
    assert set(rows["rent"]) == {150, 300, 500, 800}
    assert set(rows["zone"]) == {"75112", "35238", "15001"}
    assert set(rows["income"]) == {900, 1200}


def test_without_an_income_its_kind_does_not_matter(grid) -> None:
    rows = near(told(situation="chomage", income="0"), grid)
    assert set(rows["kind"]) == {"travail"}
    rows = near(told(situation="chomage", income="100"), grid)
    assert set(zip(rows["kind"], rows["income"], strict=True)) == {("travail", 0), ("chomage", 300)}
    assert set(near(told(situation="sans", income=None), grid)["income"]) == {0}


@pytest.mark.parametrize(
    "changed",
    [
        {"income": None}, {"age": None}, {"children": None}, {"partner": None},
        {"age": "63"}, {"age": "36, 70", "partner": "retraite", "partner_income": "900"},
        {"children": "8, 6, 5, 2"}, {"children": "18"}, {"disability": "80"}, {"residence": "0"},
        {"housing": "meuble"},
        {"before": "300"}, {"housing": "foyer"}, {"income": "9000"}, {"rent": "2000"},
        {"situation": "invalidite"}, {"partner": "chomage", "partner_income": "500"},
    ],
    ids=str,
)  # fmt: skip
def test_what_no_row_is_like_has_no_first_idea(grid, changed) -> None:
    assert first_hints(told(**changed), grid) is None


def test_a_grid_where_nobody_is_alike_gives_no_first_idea() -> None:
    """A grid made in part, or of other cases, says nothing rather than failing."""
    old = next(row for row in reversed(ROWS) if not (row.couple or row.children))
    part = build(pretend, MONTH, rows=[old])
    assert near(told(), part) is None
    assert first_hints(told(), part) is None


def test_a_grid_of_another_month_or_engine_is_not_used(grid) -> None:
    assert is_of(grid, DAY)
    assert not is_of(grid, date(2026, 12, 1))
    assert not is_of(grid.with_columns(engine=grid["month"]), DAY)
    assert grid["engine"][0] == parameters()["engine"]["version"]


def test_a_grid_is_kept_alone_and_read_again(grid, tmp_path) -> None:
    assert read_grid(tmp_path, MONTH) is None
    keep_grid(tmp_path, "2026-10", grid[:5])
    path = keep_grid(tmp_path, MONTH, grid[:9])
    assert [one.name for one in path.parent.iterdir()] == ["grid-2026-11.parquet"]
    assert read_grid(tmp_path, MONTH).equals(grid[:9])
    assert read_grid(tmp_path, MONTH) is read_grid(tmp_path, MONTH)
    keep_grid(tmp_path, MONTH, grid[:4])
    assert read_grid(tmp_path, MONTH).height == 4
    grid_path(tmp_path, MONTH).write_bytes(b"PAR1")
    with pytest.raises(StoreError, match="illisible"):
        read_grid(tmp_path, MONTH)


@pytest.mark.slow
def test_between_the_steps_most_amounts_are_in_the_range() -> None:
    """Drawn, seeded, between the steps of income: the rows around them are computed for real."""
    engine, rng = process(), random.Random(20261123)
    ask = partial(engine.ask, seconds=120)
    drawn = [(str(rng.randint(10, 1790)), rng.choice(CHILDREN)) for _ in range(8)]
    cases = [told(income=income, children=children) for income, children in drawn]
    keys = pl.DataFrame(ROWS, schema=list(Archetype._fields), orient="row")
    wanted = {Archetype(*row) for case in cases for row in near(case, keys).iter_rows()}
    kept = build(ask, MONTH, rows=sorted(wanted))
    asked = question([household(case) for case in cases], month=MONTH)
    live = amounts(ask(asked), asked)
    engine.stop()
    out = []
    for rank, case in enumerate(cases):
        for hint in first_hints(case, kept).hints:
            value = live[hint.right.variable][rank]
            if not hint.cover and not hint.low - 5 <= value <= hint.high + 5:
                out.append((hint.right.name, case.income, value, hint.low, hint.high))
    assert len(out) <= 2, out


CHILDREN = ("aucun", "8", "8, 4", "12, 8, 1")
