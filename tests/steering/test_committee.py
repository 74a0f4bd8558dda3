"""The comité de pilotage, against cases worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.steering.committee import (
    OPEN,
    Commitment,
    Fact,
    Rule,
    State,
    agenda,
    became,
    entered_and_left,
    followed,
    is_late,
    moved,
    next_day,
    rules,
    usual_meetings,
)
from portrea.steering.display import parameters

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/steering/committee.yaml").read_text("utf-8")
)


def fact(told: list[Any] | None, day: str, about: str = "besoin") -> Fact:
    """A fact of the cases, as it is kept and read again."""
    if told is None:
        return Fact("x", about, "Mesure", "non disponible", day=day)
    if isinstance(told[0], str):
        return Fact("x", about, "Zones", f"{len(told)}", members=tuple(told), day=day)
    value, low, high = told
    return Fact("x", about, "Mesure", f"entre {low} et {high}", value, low, high, day=day)


@pytest.mark.parametrize("case", CASES["moved"], ids=lambda case: case["name"])
def test_what_moved_worked_by_hand(case: dict[str, Any]) -> None:
    rule = Rule("essai", "besoin", title="Essai", **case["rule"])
    former = None if case["former"] is None else fact(case["former"], "2026-05-12")
    said = moved(rule, former, fact(case["now"], "2026-11-23"))
    assert (said is not None) == case["enters"]
    if said is not None:
        assert case.get("says", "") in said
        assert "23 novembre 2026" in said.replace("\u00a0", " ") or "12 mai 2026" in said.replace(
            "\u00a0", " "
        )


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (10, 12.5, "2,5 de plus"), (12, 11, "1 de moins"), (11, 12, "1 de plus"),
        (10, 22.26, "12,3 de plus"), (1_250_000, 16_000, "1\u202f234\u202f000 de moins"),
        (10, None, None), (None, 10, None), (10, 10.9, None),
    ],
)  # fmt: skip
def test_a_count_that_changed_says_by_how_much(before, after, said) -> None:
    rule = Rule("essai", "besoin", "change", 1, "Essai")
    former, now = (Fact("x", "besoin", "Mesure", "t", value) for value in (before, after))
    found = moved(rule, former, now)
    assert found is None if said is None else found.endswith(f" ; {said}")


@pytest.mark.parametrize("case", CASES["became"], ids=lambda case: case["name"])
def test_what_an_indicator_became_worked_by_hand(case: dict[str, Any]) -> None:
    now = None if case["now"] is None else fact(case["now"], "2027-05-24")
    said = became(fact(case["then"], "2026-11-23"), now)
    said = said.replace("\u202f", " ").replace("\u00a0", " ")
    then = fact(case["then"], "2026-11-23")
    assert said.startswith(f"{then.label} : {then.text} le 23 novembre 2026")
    if now is not None and (now.bounds or now.members):
        assert said.endswith(f", {now.text} le 24 mai 2027 ; {case['says']}.")
    else:
        assert said.endswith(f" ; {case['says']}.")


def test_entered_and_left_agree_with_how_many() -> None:
    said = entered_and_left(["a", "b", "c"], ["c", "d", "e"])
    assert said == "entrent : d, e ; sortent : a, b"
    assert entered_and_left(["a"], ["a", "b"]) == "entre : b"
    assert entered_and_left(["a", "b", "c"], []) == "sortent : a, b, c"


def test_lists_that_moved_enter_from_the_least_number() -> None:
    former, now = fact(["a", "b"], "2026-05-12"), fact(["a", "c", "d"], "2026-11-23")
    for least, enters in ((3, True), (4, False)):
        said = moved(Rule("essai", "besoin", "members", least, "Essai"), former, now)
        assert (said is not None) == enters
    said = moved(Rule("essai", "besoin", "members", 3, "Essai"), former, now)
    assert said.replace("\u00a0", " ") == (
        "Zones, depuis le 12 mai 2026 : entrent : c, d ; sort : b"
    )
    for one, other in ((former, fact(None, "2026-11-23")), (fact(None, "2026-05-12"), now)):
        assert moved(Rule("essai", "besoin", "members", 1, "Essai"), one, other) is None
    zero = fact([0, 0, 0], "2026-11-23")
    assert moved(Rule("essai", "besoin", "stock", 0, "Essai"), None, zero) is None


def test_what_became_of_a_list_or_of_a_measure() -> None:
    def said(then: list[Any] | None, now: list[Any] | None) -> str:
        found = became(fact(then, "2026-11-23"), fact(now, "2027-05-24"))
        return found.replace("\u202f", " ").split(" ; ")[1]

    assert said(["a", "b"], ["b", "a"]) == "la même liste."
    assert said(["a"], None) == said(None, ["a"]) == "valeur d’aujourd’hui inconnue."
    assert said(["a"], [3, 3, 3]) == said([3, 3, 3], ["a"]) == "valeur d’aujourd’hui inconnue."
    assert said([3, 3, 3], None) == said(None, [3, 3, 3]) == "valeur d’aujourd’hui inconnue."
    assert said([3, 3, 3], [3, 3, 3]) == "pareil qu’à la décision."
    unsure = "rien ne permet de dire que cela a changé."
    assert said([3, 2, 4], [3, 2, 4]) == said([3, 3, 3], [3, 2, 4]) == unsure
    assert said([3, 2, 4], [6, 5, 7]) == "plus haut qu’à la décision."
    assert said([6, 5, 7], [3, 2, 4]) == "plus bas qu’à la décision."


def test_a_measure_below_the_former_one_says_so() -> None:
    rule = Rule("essai", "besoin", "apart", 0, "Essai")
    said = moved(rule, fact([6, 5, 7], "2026-05-12"), fact([3, 2, 4], "2026-11-23"))
    assert said.endswith("la fourchette d’aujourd’hui est au-dessous de celle d’avant")


def test_follow_up_worked_by_hand() -> None:
    case = CASES["followed"]
    actions = [Commitment(a["key"], a["due"], State(a["state"])) for a in case["actions"]]
    found = followed(actions, on=case["day"])
    assert [one.key for one in found] == case["order"]
    assert [one.key for one in found if is_late(one, on=case["day"])] == case["late"]


@pytest.mark.parametrize("case", CASES["next_day"], ids=lambda case: str(case["after"]))
def test_next_day_worked_by_hand(case: dict[str, Any]) -> None:
    assert next_day(case["after"], case["each_year"]) == case["then"]


@given(st.dates(date(2020, 1, 1), date(2090, 12, 31)), st.sampled_from([1, 2, 3, 4]))
def test_a_comite_meets_again_on_a_weekday_about_when_it_should(day: date, each: int) -> None:
    then = next_day(day, each)
    assert then.weekday() < 5
    assert abs((then - day) - timedelta(days=365.25 / each)) <= timedelta(days=6)


DUE = st.none() | st.dates(date(2026, 1, 1), date(2028, 1, 1))
ACTIONS = st.lists(
    st.builds(Commitment, st.uuids().map(str), DUE, st.sampled_from(list(State))), max_size=12
)


@given(ACTIONS, st.dates(date(2026, 1, 1), date(2028, 1, 1)))
def test_follow_up_loses_no_open_action_and_late_ones_come_first(
    actions: list[Commitment], on: date
) -> None:
    found = followed(actions, on=on)
    assert {one.key for one in found} == {one.key for one in actions if one.state in OPEN}
    late = [is_late(one, on=on) for one in found]
    assert late == sorted(late, reverse=True)


BOUNDS = st.tuples(st.integers(0, 500), st.integers(0, 500)).map(sorted)


@given(BOUNDS, BOUNDS)
def test_intervals_that_meet_never_enter(before: list[int], after: list[int]) -> None:
    rule = Rule("essai", "besoin", "apart", 0, "Essai")
    one, other = ([low, low, high] for low, high in (before, after))
    said = moved(rule, fact(one, "2026-05-12"), fact(other, "2026-11-23"))
    meet = before[0] <= after[1] and after[0] <= before[1]
    assert (said is None) == meet


def test_a_first_meeting_says_that_nothing_is_known_before() -> None:
    now = {"x": fact([1600, 1450, 1800], "2026-11-23")}
    (point,) = agenda(None, now, where="epci/243500618")
    assert (point.rule, point.title) == ("first", parameters("committee")["first"]["title"])
    assert "aucune valeur d’avant" in point.why
    assert point.page == "/territoires/epci/243500618/"


def test_each_point_says_why_and_leads_to_its_page() -> None:
    former = {"x": fact([1200, 1000, 1400], "2026-05-12")}
    late = Fact("retard", "actions", "Actions en retard", "2", 2, day="2026-11-23")
    now = {"x": fact([1600, 1450, 1800], "2026-11-23"), "retard": late}
    points = agenda(former, now, where="epci/243500618")
    assert [point.rule for point in points] == ["late", "needs"]
    assert [point.title for point in points] == ["Actions en retard", "Le besoin a bougé"]
    assert points[0].why.replace("\u00a0", " ") == "Actions en retard : 2, le 23 novembre 2026."
    assert points[1].page == "/territoires/epci/243500618/#besoins"
    assert "12 mai 2026" in points[1].why.replace("\u00a0", " ")
    assert agenda(former, former, where="epci/243500618") == ()
    two = agenda({}, {"a": late, "b": replace(late, label="Promesses")}, where="epci/1")
    assert two[0].why.replace("\u00a0", " ") == (
        "Actions en retard : 2, le 23 novembre 2026. Promesses : 2, le 23 novembre 2026."
    )


def test_rules_are_of_a_known_kind_and_a_fact_is_read_as_it_was_kept() -> None:
    from dataclasses import asdict

    assert {rule.kind for rule in rules()} <= {"apart", "change", "since", "stock", "members"}
    zones = fact(["Bédée"], "2026-11-23")
    assert Fact.of(asdict(zones)) == zones
    count = fact([1, 1, 1], "2026-11-23")
    assert Fact.of(asdict(count)) == count


def test_a_comite_usually_meets_as_often_as_the_file_says() -> None:
    assert usual_meetings() == parameters("committee")["each_year"]["value"]
