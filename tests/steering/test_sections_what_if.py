"""Trials in a portrait: cells and sentences worked by hand, then a real one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from portrea.base.estimates import Estimate, Quality
from portrea.sources.store import Store
from portrea.steering.document import Sentence
from portrea.steering.reading import Reader
from portrea.steering.sections_what_if import (
    Named,
    before_after,
    day_of,
    side_by_side,
    what_if_section,
)
from portrea.steering.what_if import Changes, Outcome
from portrea.steering.what_if_ground import Question, prepare
from portrea.steering.what_if_told import Told, told
from portrea.steering.what_if_words import Range

if TYPE_CHECKING:
    from portrea.steering.document import Section, Table

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/reach/what_if_section.yaml").read_text("utf-8")
)
EPCI = "epci:243500618"
COMPUTATION = "aaaaaaaaaaaa"


def spaces(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def texts(table: Table) -> list[list[str]]:
    return [[spaces(cell.text) for cell in row] for row in table.rows]


def estimate(bounds: list[float]) -> Estimate:
    low, value, high = bounds
    return Estimate(value, low, high, Quality.B)


def people(bounds: list[float] | None) -> Range | None:
    return None if bounds is None else Range(estimate(bounds), estimate(bounds))


def outcome_of(case: dict[str, Any]) -> Outcome:
    nobody = people([0, 0, 0])
    counts = {name: people(case[name]) for name in ("before", "after", "gained", "lost")}
    rest = {
        name: estimate(case[name])
        for name in ("near_before", "near_after", "help_before", "help_after", "help_change")
    }
    total = people(case["persons"])
    assert total is not None
    assert nobody is not None
    return Outcome(
        minutes=20, total=total, lines=(), closer=nobody, farther=nobody, declared=None,
        **counts, **rest,
    )  # fmt: skip


@pytest.mark.parametrize("case", CASES["before_after"], ids=lambda case: case["name"])
def test_before_and_after(case: dict[str, Any]) -> None:
    found = before_after(outcome_of(case), "x", "A. Essai", minutes=20)
    assert texts(found) == case["rows"]


def test_side_by_side_tells_no_more_than_the_page() -> None:
    """What is not published of a trial is not published beside another either."""
    case = CASES["before_after"][1]
    trial: Any = SimpleNamespace(
        outcome=outcome_of(case),
        changes=SimpleNamespace(half_days=1),
        near=None,
        ground=SimpleNamespace(subject=SimpleNamespace(key="x"), question=None),
    )
    table = side_by_side([("A. Essai", trial), ("B. Essai", trial)])
    assert [row[2] for row in texts(table)] == ["non publié"] * 3
    assert texts(table)[1][3] == "non publié"


@pytest.mark.parametrize("case", CASES["dated"], ids=lambda case: case["name"])
def test_the_day_of_a_trial(case: dict[str, Any]) -> None:
    said: Any = SimpleNamespace(headline=Sentence("R"))
    one = Named(
        "k", "Essai", "2026-11-22", case["told"], case["computation"],
        None if "why" in case else said, case.get("why", ""),
    )  # fmt: skip
    assert spaces(day_of(one, COMPUTATION)) == case["expected"]


@pytest.fixture(scope="module")
def trial(demo_home: Path) -> Told:
    reader = Reader(Store(demo_home))
    ground = prepare(reader, reader.gazetteer.resolve(EPCI), Question("aide", "c"))
    return told(ground, Changes(((2, "commune:35211"),)), minutes=20)


def section(*named: Named) -> Section:
    found = what_if_section(named, COMPUTATION)
    assert found is not None
    return found


@pytest.mark.parametrize("case", CASES["lead"], ids=lambda case: str(len(case["titles"])))
def test_the_section_names_them(case: dict[str, Any], trial: Told) -> None:
    named = [
        Named(f"k{i}", title, "2026-11-22", "", COMPUTATION, trial)
        for i, title in enumerate(case["titles"])
    ]
    found = section(*named)
    assert spaces(found.lead.text) == case["expected"]
    assert len(found.tables) == (len(named) > 1)
    assert [part.id for part in found.parts] == [f"essai-{one.key}" for one in named]


def test_a_part_says_what_the_page_says(trial: Told) -> None:
    one = Named("k", "Deux matins", "2026-11-22", trial.headline.text, COMPUTATION, trial)
    part = section(one).parts[0]
    assert part.lead == trial.headline
    assert part.paragraphs[1:] == trial.sentences
    assert "2\u00a0demi-journées par semaine à Paimpont" in part.paragraphs[0]
    assert part.figures[0].svg.count("<a ") == 0
    assert 'role="img"' in part.figures[0].svg
    assert part.figures[0].table == part.tables[0].id
    names = [table.id for table in part.tables] + [figure.id for figure in part.figures]
    assert len(set(names)) == len(names)
    assert "calcul en service" in part.notes[-1]


def test_a_trial_that_cannot_be_made_again_says_what_it_said(trial: Told) -> None:
    one = Named("k", "Ancien", "2026-11-22", "Ce jour-là.", "bbbbbbbbbbbb", None, "Lieu parti.")
    found = section(one, replace(one, key="m", title="Autre", trial=trial))
    assert found.parts[0].lead.text == "Ce jour-là."
    assert not found.parts[0].tables
    assert not found.tables
    assert "ne se refait plus" in found.parts[0].notes[0]


def test_nothing_put_forward_is_no_section() -> None:
    assert what_if_section([], COMPUTATION) is None
