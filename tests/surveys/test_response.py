"""Who answered, how many to ask, quotas, rare profiles: as worked by hand, and laws."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import ParameterError
from portrea.surveys.anonymity import month_of, rare
from portrea.surveys.response import Outcome, asking, gaps, margin_of, progress, rates

WORKED = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/surveys/response.yaml").read_text("utf-8")
)


def close(value: float | None) -> object:
    return None if value is None else pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("case", WORKED["rates"])
def test_rates_as_worked_by_hand(case) -> None:
    found = rates(case["outcomes"])
    assert (found.asked, found.scope) == (case["asked"], case["scope"])
    for name in ("response", "contact", "cooperation", "refusal"):
        assert getattr(found, name) == close(case[name]), name


@pytest.mark.parametrize("case", WORKED["gaps"])
def test_gaps_between_groups_as_worked_by_hand(case) -> None:
    found = gaps(case["groups"])
    for group in found.groups:
        told = [group.scope, group.answered, group.rate, group.of_asked, group.of_answers]
        assert told == [close(value) for value in case["rows"][group.name]]
    assert found.p == (None if case["p"] is None else pytest.approx(case["p"], abs=1e-4))
    assert found.saying == case["saying"]


@pytest.mark.parametrize("case", WORKED["asking"])
def test_how_many_to_ask_as_worked_by_hand(case) -> None:
    told = {name: case[name] for name in ("rate", "people", "effect")}
    found = asking(case["margin"], **told)
    assert (found.answers, found.ask) == (case["answers"], case["ask"])
    assert found.short is case.get("short", False)


@pytest.mark.parametrize("case", WORKED["margins"])
def test_margins_as_worked_by_hand(case) -> None:
    found = margin_of(case["answers"], people=case["people"], effect=case["effect"])
    assert found == pytest.approx(case["margin"], abs=1e-6)


@pytest.mark.parametrize("case", WORKED["progress"])
def test_quotas_as_worked_by_hand(case) -> None:
    found = progress(case["quotas"], case["got"])
    assert {c.choice: [c.wanted, c.got, c.left] for c in found.cells} == case["cells"]
    assert (found.met, found.outside) == (case["met"], case["outside"])


@pytest.mark.parametrize("case", WORKED["profiles"])
def test_rare_profiles_as_worked_by_hand(case) -> None:
    assert rare(case["rows"], case["least"]) == case["blanked"]


@given(st.dictionaries(st.sampled_from([str(one) for one in Outcome]), st.integers(0, 500)))
def test_rates_are_shares_and_more_answers_never_lower_them(outcomes) -> None:
    found = rates(outcomes)
    told = [found.response, found.contact, found.cooperation, found.refusal]
    assert all(value is None or 0 <= value <= 1 for value in told)
    more = rates(outcomes | {"reponse": outcomes.get("reponse", 0) + 1})
    assert more.response is not None
    assert more.response >= (found.response or 0)


@given(st.integers(2, 100_000), st.sampled_from([0.02, 0.05, 0.1]), st.floats(1, 3))
def test_the_number_advised_gives_the_margin_wanted(people, margin, effect) -> None:
    found = asking(margin, rate=1, people=people, effect=effect)
    assert margin_of(found.answers, people=people, effect=effect) <= margin * 1.02
    assert found.ask <= people


def test_what_makes_no_sense_is_said() -> None:
    with pytest.raises(ParameterError, match="Taux de réponse"):
        asking(0.05, rate=0)
    with pytest.raises(ParameterError, match="réponse"):
        margin_of(10, people=5)


def test_a_day_becomes_its_month() -> None:
    assert month_of("2026-03-17") == "2026-03-01"
    assert month_of("2026-03-17T09:05:00+01:00") == "2026-03-01"
    assert month_of("09:05") == ""
