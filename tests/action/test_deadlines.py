"""Dates that must not be missed, against calendars worked by hand."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.action.deadline_rules import Pace, deadline_rules, read_rules
from portrea.action.deadlines import Held, Step, calendar_of, months_after
from portrea.base.errors import ParameterError

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/action/calendars.yaml").read_text("utf-8")
)
EVERY = [{"day": CASES["day"], "months": CASES["months"], **case} for case in CASES["cases"]]
RULE = {
    "right": "Droit", "body": "Caisse", "step": "Faire", "kind": "before_end",
    "closes": {"months": 1}, "forgotten": "Perdu", "checked": date(2026, 1, 1),
    "reliability": "bonne", "sources": [{"title": "Une fiche", "date": "2026"}],
}  # fmt: skip


def rights(case: dict[str, Any]) -> list[Held]:
    return [Held(one["rule"], one.get("anchor")) for one in case["rights"]]


def written(step: Step, expected: dict[str, Any]) -> dict[str, Any]:
    told = {"rule": step.rule.name, "opens": step.opens, "closes": step.closes,
            "ends": step.ends, "supposed": step.supposed, "late": step.late,
            "covers": list(step.covers)}  # fmt: skip
    usual = {"ends": None, "late": False, "covers": []}
    return {key: value for key, value in told.items() if key in expected or value != usual.get(key)}


@pytest.mark.parametrize("case", [*EVERY, *CASES["edges"]], ids=lambda case: case["name"])
def test_calendars_worked_by_hand(case: dict[str, Any]) -> None:
    found = calendar_of(rights(case), deadline_rules(), day=case["day"], months=case["months"])
    told = [
        written(step, expected) for step, expected in zip(found.steps, case["steps"], strict=True)
    ]
    assert told == case["steps"]
    assert [rule.name for rule in found.nothing_to_do] == case.get("nothing_to_do", [])


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case["name"])
def test_each_date_has_the_source_of_its_case(case: dict[str, Any]) -> None:
    for name, title in case["sources"].items():
        assert any(source.title.startswith(title) for source in deadline_rules()[name].sources)


def test_known_dates_of_a_year_replace_the_words() -> None:
    card = {**RULE, "kind": "yearly", "opens_month": 4,
            "dates": {2027: [date(2027, 4, 8), date(2027, 6, 3)]}}  # fmt: skip
    rules = read_rules({"rules": {"impot": card}})
    (step,) = calendar_of([Held("impot")], rules, day=date(2027, 1, 1)).steps
    assert (step.opens, step.closes, step.supposed) == (date(2027, 4, 8), date(2027, 6, 3), False)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"sources": []}, "pas de source"),
        ({"sources": [{"title": "Une fiche"}]}, "pas de titre ou pas de date"),
        ({"checked": None}, "relue"),
        ({"reliability": "parfaite"}, "fiabilité"),
        ({"kind": "quelquefois"}, "n’existe pas"),
        ({"closes": None}, "closes"),
        ({"kind": "cycle", "every": 0}, "every"),
        ({"kind": "monthly", "opens": 28, "closes": {"months": 1}}, "ne sont pas des jours"),
        ({"kind": "yearly", "opens_month": 13}, "n’est pas un mois"),
        ({"kind": "yearly", "opens_month": 4,
          "dates": {2027: [date(2027, 6, 3), date(2027, 4, 8)]}}, "ne se suivent pas"),
        ({"couleur": "rouge"}, "n’existe pas"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_trusted_is_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises(ParameterError, match=why):
        read_rules({"rules": {"regle": {**RULE, **change}}})


def test_what_is_missing_is_asked() -> None:
    with pytest.raises(ParameterError, match="il manque une date"):
        calendar_of([Held("css_renouv")], deadline_rules(), day=date(2026, 12, 1))
    with pytest.raises(ParameterError, match="Aucune règle"):
        calendar_of([Held("rente")], deadline_rules(), day=date(2026, 12, 1))


def test_a_rule_nobody_reads_again_is_stale() -> None:
    rule = read_rules({"lasts": 30, "rules": {"regle": RULE}})["regle"]
    assert not rule.is_stale(date(2026, 1, 31))
    assert rule.is_stale(date(2026, 2, 1))


DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@given(DAYS, DAYS, st.sampled_from(sorted(deadline_rules())))
def test_every_step_lies_in_its_time_and_in_its_right(day: date, anchor: date, name: str) -> None:
    found = calendar_of([Held(name, anchor)], deadline_rules(), day=day)
    days = [step.day for step in found.steps]
    assert days == sorted(days)
    for step in found.steps:
        assert step.late or day <= step.day < months_after(day, 12)
        assert step.opens is None or step.closes is None or step.opens <= step.closes
        assert step.ends is None or step.day <= step.ends
        if step.late:
            assert step.closes is not None
            assert step.closes < day <= step.ends


@given(DAYS, st.sampled_from([n for n, r in deadline_rules().items() if r.pace is Pace.CYCLE]))
def test_a_cycle_comes_back_as_often_as_it_says(anchor: date, name: str) -> None:
    day = anchor + timedelta(days=400)
    found = calendar_of([Held(name, anchor)], deadline_rules(), day=day, months=24)
    assert len(found.steps) in {24 // deadline_rules()[name].every}


@given(DAYS, st.integers(-60, 60))
def test_months_go_and_come_back(day: date, months: int) -> None:
    gone = months_after(day, months)
    assert (gone.year - day.year) * 12 + gone.month - day.month == months
    assert gone.day == day.day or (gone + timedelta(days=1)).day == 1


def steps_of(
    change: dict[str, Any], anchor: date | None, day: date, months: int = 12
) -> list[Step]:
    rules = read_rules({"rules": {"regle": {**RULE, **change}}})
    return list(calendar_of([Held("regle", anchor)], rules, day=day, months=months).steps)


def test_a_step_is_told_from_its_last_day_and_until_the_last_of_the_months() -> None:
    """The right ends on June 30, 2027: it is to be done by May 30."""
    right = date(2027, 6, 30)
    (step,) = steps_of({}, right, date(2027, 5, 30))
    assert (step.closes, step.late) == (date(2027, 5, 30), False)
    assert steps_of({}, right, date(2026, 5, 31)) == steps_of({}, right, date(2027, 5, 30))
    assert steps_of({}, right, date(2026, 5, 30)) == []  # the day after twelve months
    assert [one.late for one in steps_of({}, right, date(2027, 5, 31))] == [True]
    assert [one.late for one in steps_of({}, right, right)] == [True]
    assert steps_of({}, right, date(2027, 7, 1)) == []


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("before_end", {}), ("anniversary", {"opens": {"months": 2}}),
        ("monthly", {"opens": 28, "closes": 15}), ("cycle", {"every": 3}),
    ],
)  # fmt: skip
def test_what_is_supposed_is_said(kind: str, told: dict[str, Any]) -> None:
    for supposed in (True, False):
        card = {"kind": kind, "supposed": supposed, **told}
        if kind == "cycle":
            card |= {"closes": None}
        found = steps_of(card, date(2026, 3, 10), date(2026, 1, 1), months=24)
        assert found
        assert {one.supposed for one in found} == {supposed}


def test_an_anniversary_begins_a_year_later() -> None:
    card = {"kind": "anniversary", "opens": {"months": 2}}
    found = steps_of(card, date(2026, 3, 10), date(2026, 1, 1), months=40)
    assert [one.closes for one in found] == [
        date(2027, 2, 10),
        date(2028, 2, 10),
        date(2029, 2, 10),
    ]


def test_two_steps_of_a_day_are_told_in_the_order_they_open() -> None:
    early = {**RULE, "opens": {"months": 3}}
    late = {**RULE, "opens": {"months": 2}}
    rules = read_rules({"rules": {"a": late, "b": early, "c": late}})
    held = [Held(name, date(2027, 6, 30)) for name in "cba"]
    found = calendar_of(held, rules, day=date(2027, 1, 1)).steps
    assert [one.rule.name for one in found] == ["b", "a", "c"]


def test_a_refusal_says_what_to_give() -> None:
    with pytest.raises(ParameterError) as refused:
        calendar_of([Held("rente")], deadline_rules(), day=date(2026, 12, 1))
    assert refused.value.remedy == f"Choisissez parmi : {', '.join(sorted(deadline_rules()))}."
    with pytest.raises(ParameterError) as refused:
        steps_of({}, None, date(2026, 12, 1))
    assert refused.value.remedy == (
        "Donnez le jour où le droit finit : il est écrit sur la notification."
    )


@pytest.mark.parametrize("years", [1, 3, 10, 40])
def test_a_right_of_long_ago_comes_back_as_one_of_this_year(years: int) -> None:
    """Every three months since March: whichever March it was, once a year has passed."""
    card, day = {"kind": "cycle", "every": 3, "closes": None}, date(2026, 12, 1)
    found = steps_of(card, date(2025 - years, 3, 10), day)
    assert found == steps_of(card, date(2025, 3, 10), day)
    assert [one.opens for one in found] == [
        date(2026, 12, 1), date(2027, 3, 1), date(2027, 6, 1), date(2027, 9, 1)
    ]  # fmt: skip
