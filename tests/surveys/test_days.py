"""The ready démarche and what answers cover, against cases worked by hand."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
import yaml

from portrea.surveys.days import coverage, demarche, timetable, town_of, vocabulary, working_date
from portrea.surveys.models import models

CASES: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/surveys/days.yaml").read_text("utf-8")
)
STAGES = ["presentation", "engagement", "coordination", "collecte", "restitution", "entretien"]


@pytest.mark.parametrize("case", CASES["dates"], ids=lambda case: f"{case['day']}{case['days']:+}")
def test_dates_as_counted_by_hand(case: dict[str, Any]) -> None:
    assert working_date(case["day"], case["days"]) == case["gives"]


@pytest.mark.parametrize("case", CASES["agenda"])
def test_agenda_as_added_by_hand(case: dict[str, Any]) -> None:
    found = timetable(time.fromisoformat(case["starts"]), case["minutes"])
    assert [f"{one:%H:%M}" for one in found] == case["gives"]


@pytest.mark.parametrize(("told", "code"), CASES["towns"]["read"].items())
def test_towns_as_people_write_them(told: str, code: str | None) -> None:
    assert town_of(told, CASES["towns"]["known"]) == code


def test_coverage_as_counted_by_hand() -> None:
    case = CASES["coverage"]
    found = coverage(case["answers"], CASES["towns"]["known"])
    assert list(found.towns) == list(CASES["towns"]["known"])
    assert found.towns == case["towns"]
    assert found.strangers == case["strangers"]
    assert found.kinds == case["kinds"]
    assert {name: sorted(found.without(name)) for name in case["without"]} == {
        name: sorted(codes) for name, codes in case["without"].items()
    }


def test_the_ready_demarche_has_six_stages_in_the_order_of_time() -> None:
    ready = demarche()
    assert list(dict.fromkeys(task.stage for task in ready.tasks)) == STAGES
    days = [task.days for task in ready.tasks]
    assert days == sorted(days)
    assert sum(part.minutes for part in ready.agendas["presentation"]) == 120
    assert all(working_date(date(2027, 3, 11), task.days) for task in ready.tasks)


def test_what_is_read_exists_in_the_ready_questionnaires() -> None:
    words, ready = vocabulary(), models()
    form = ready["acteurs"].form
    for question, choices in words.situations.items():
        listed = {choice.name for choice in form.lists[form.item(question).choices]}  # type: ignore[union-attr]
        assert set(choices) <= listed
    kinds = {choice.name for choice in form.lists["genre"]}
    assert set(words.census) <= kinds
    assert set(words.structures) <= set(ready)
    assert all(form.item(name) for name in (*words.towns, *words.kinds))
