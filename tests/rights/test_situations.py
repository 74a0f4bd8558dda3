"""Situations worked by hand from the dated parameters, against OpenFisca-France in its process."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from portrea.base.errors import EngineError, ParameterError
from portrea.rights.catalogue import rights
from portrea.rights.hints import hint_of
from portrea.rights.households import Adult, Household, Housing, check
from portrea.rights.questions import amounts, born, first_question, months_until, question
from portrea.sources.openfisca import Process, process

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/rights/situations.yaml").read_text("utf-8")
)
MONTH = CASES["month"]
DAY = date(2026, 10, 15)


def household(told: dict[str, Any]) -> Household:
    return Household(
        commune=told["commune"],
        housing=Housing(told["housing"]),
        rent=told.get("rent", 0),
        children=tuple(told.get("children", ())),
        adults=tuple(Adult(**adult) for adult in told["adults"]),
    )


@pytest.fixture(scope="module")
def engine() -> Any:
    made = process()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def found(engine) -> dict[str, list[Any]]:
    """All the situations in one question."""
    asked = question([household(case["household"]) for case in CASES["cases"]], month=MONTH)
    return amounts(engine.ask(asked, seconds=60), asked)


@pytest.mark.slow
@pytest.mark.parametrize("rank", range(len(CASES["cases"])), ids=lambda rank: str(rank + 1))
def test_amounts_worked_by_hand(found, rank) -> None:
    case = CASES["cases"][rank]
    for name, expected in case["expected"].items():
        told = {variable: [values[rank]] for variable, values in found.items()}
        if name == "c2s":
            assert hint_of(name, told, day=DAY).cover == expected, case["name"]
            continue
        value = told[rights()[name].variable][0]
        close = pytest.approx(expected, abs=case.get("tolerance", CASES["tolerance"]))
        assert value == close, f"{case['name']} : {name}"


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["name"])
def test_what_cannot_be_is_refused_and_said(case) -> None:
    known = ("76540", "97611")
    with pytest.raises(ParameterError) as error:
        check(household(case["household"]), month=case.get("month", MONTH), communes=known)
    assert [word for word in case["says"] if word not in error.value.message] == []


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_what_can_be_is_taken(case) -> None:
    check(household(case["household"]), month=MONTH)


@pytest.mark.slow
def test_one_alone_is_as_among_the_others(engine, found) -> None:
    """Nothing leaks from a household to its neighbours in one question."""
    for rank in (0, 7, 13):
        asked = question([household(CASES["cases"][rank]["household"])], month=MONTH)
        alone = amounts(engine.ask(asked), asked)
        together = {variable: values[rank] for variable, values in found.items()}
        assert {name: values[0] for name, values in alone.items()} == pytest.approx(together)


@pytest.mark.slow
def test_a_question_refused_does_not_stop_the_process(engine) -> None:
    asked = question([household(CASES["cases"][0]["household"])], month=MONTH, names=["rsa"])
    wrong = asked | {"asked": [{"variable": "sans_nom", "period": MONTH}]}
    with pytest.raises(EngineError, match="refusé"):
        engine.ask(wrong)
    assert engine.ask(asked)["rsa"][0] == pytest.approx(573.49, abs=1)


@pytest.mark.slow
def test_too_long_costs_the_process_and_the_next_question_is_answered() -> None:
    own = Process(process().python)
    asked = question([household(CASES["cases"][0]["household"])], month=MONTH, names=["rsa"])
    own.warm()
    with pytest.raises(EngineError, match="à temps"):
        own.ask(asked, seconds=0.01)
    assert own.ask(asked)["rsa"][0] == pytest.approx(573.49, abs=1)
    own.stop()


@pytest.mark.slow
def test_a_process_is_warmed_once(monkeypatch) -> None:
    own = Process(process().python)
    own.warm(first_question(MONTH))
    started, again = own.pid, []
    monkeypatch.setattr(Process, "ask", lambda _own, told, **_options: again.append(told))
    own.warm(first_question(MONTH))
    assert (own.pid, again) == (started, [])
    own.stop()


@pytest.mark.slow
def test_too_much_memory_costs_the_process_only() -> None:
    own = Process(process().python, mebibytes=64)
    with pytest.raises(EngineError, match="à temps"):
        own.warm()


def test_an_interpreter_without_openfisca_says_how_to_mend(monkeypatch) -> None:
    from portrea.sources import openfisca as module

    monkeypatch.setattr(module, "python_with_openfisca", lambda: None)
    with pytest.raises(EngineError) as error:
        process()
    assert "portrea[droits]" in error.value.render()


def test_months_begin_in_january_of_the_year_before_last() -> None:
    told = months_until("2026-10")
    assert (told[0], told[-1], len(told)) == ("2024-01", "2026-10", 34)


@pytest.mark.parametrize(
    ("age", "month", "day"), [(36, "2026-10", "1990-04-15"), (0, "2026-03", "2025-09-15")]
)
def test_an_age_holds_all_the_month(age, month, day) -> None:
    assert born(age, month) == day
