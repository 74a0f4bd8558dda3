"""Local aids: files read line by line, matched with answers of which some are missing."""

from __future__ import annotations

from datetime import timedelta
from math import inf
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import DataError
from portrea.rights.aids import Aid, Known, known_of, local_hint
from portrea.rights.aids_reading import read_aid, read_file
from portrea.rights.answers import read
from portrea.rights.catalogue import rights
from portrea.rights.hints import Hint, Saying
from portrea.rights.households import Housing

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/rights/aids.yaml").read_text("utf-8"))
DAY = CASES["day"]
SURE = {Saying.PROBABLE, Saying.NO}


def aid(name: str) -> Aid:
    return read_aid(name, CASES["aids"][name], today=DAY)


def known(told: dict[str, Any], rights: dict[str, str] | None = None) -> Known:
    given_of = dict(told)
    return Known(
        adults=tuple(given_of.get("adults", ())),
        children=tuple(told["children"]) if "children" in told else None,
        housing=Housing(told["housing"]) if "housing" in told else None,
        low=told.get("low", 0),
        high=told.get("high", inf),
        rights={name: Saying(one) for name, one in (rights or {}).items()},
    )


@pytest.mark.parametrize("case", CASES["match"], ids=lambda case: case["name"])
def test_what_is_said_of_an_aid(case) -> None:
    told = local_hint(aid(case["aid"]), known(case["known"], case.get("rights")), day=DAY)
    assert (str(told.saying) if told else "absente") == case["says"]
    if told and case["amount"]:
        low, high = case["amount"]
        assert (told.low, told.high) == (low, inf if high is None else high)
    elif told:
        assert (told.low, told.high) == (None, None)


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["name"])
def test_faults_are_told_with_their_lines(case) -> None:
    with pytest.raises(DataError) as error:
        read_file(case["text"], today=DAY)
    told = error.value.message.split("\n")
    expected = sorted(case["says"], key=lambda one: one["line"])
    assert len(told) == len(expected), told
    for line, one in zip(told, expected, strict=True):
        assert line.startswith(f"Ligne {one['line']}")
        assert [word for word in one["words"] if word not in line] == [], line


def test_a_file_tells_its_aids() -> None:
    content = yaml.safe_dump({"territoire": "commune:35188", "aides": CASES["aids"]})
    told = read_file(content, today=DAY)
    assert told.territory == "commune:35188"
    assert dict(told.aids) == {name: aid(name) for name in CASES["aids"]}
    again = {name: read_aid(name, card, today=DAY) for name, card in told.cards.items()}
    assert again == dict(told.aids)


def test_an_aid_is_stale_a_year_and_a_day_after_it_was_read() -> None:
    one = aid("eau")
    assert not one.is_stale(one.checked + timedelta(days=365))
    assert one.is_stale(one.checked + timedelta(days=366))


def test_what_is_unsure_is_named() -> None:
    told = local_hint(aid("senior"), Known(adults=(80,)), day=DAY)
    assert told is not None
    assert told.unsure == ("le nombre de personnes du foyer", "le logement")


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        ({}, Known(maybe_couple=True)),
        ({"age": "36"}, Known(adults=(36,), maybe_couple=True)),
        ({"age": "36", "partner": "seul"}, Known(adults=(36,))),
        ({"partner": "seul"}, Known(adults=(None,))),
        ({"partner": "sans"}, Known(adults=(None, None))),
        ({"age": "36", "partner": "travail"}, Known(adults=(36, None))),
        ({"age": "36, 34"}, Known(adults=(36, 34))),
        ({"children": "aucun", "housing": "hlm"},
         Known(maybe_couple=True, children=(), housing=Housing.SOCIAL)),
        ({"situation": "sans", "partner": "seul"}, Known(adults=(None,), low=0, high=0)),
        ({"situation": "travail", "income": "900", "partner": "seul"},
         Known(adults=(None,), low=900, high=900)),
        ({"situation": "travail", "income": "900"}, Known(maybe_couple=True, low=900)),
        ({"situation": "travail", "partner": "chomage", "partner_income": "700"},
         Known(adults=(None, None), low=700)),
        ({"situation": "travail", "income": "900", "partner": "chomage", "partner_income": "700"},
         Known(adults=(None, None), low=1600, high=1600)),
    ],
)  # fmt: skip
def test_what_answers_tell_of_a_household(answered, expected) -> None:
    assert known_of(read(answered)) == expected


def test_rights_already_estimated_count() -> None:
    hint = Hint(rights()["rsa"], Saying.PROBABLE)
    told = known_of(read({"children": "4, 8"}), [hint])
    hinted = local_hint(aid("vacances"), told, day=DAY)
    assert hinted is not None
    assert hinted.saying is Saying.PROBABLE


HOUSEHOLDS = st.builds(
    Known,
    adults=st.lists(st.integers(15, 99), min_size=1, max_size=2).map(tuple),
    children=st.lists(st.integers(0, 24), max_size=4).map(tuple),
    housing=st.sampled_from(Housing),
    low=st.integers(0, 4000),
)


@given(HOUSEHOLDS, st.sampled_from(["eau", "senior", "vacances", "pour_tous"]), st.data())
def test_what_is_sure_stays_so_when_more_is_told(full, name, data) -> None:
    """Forget some answers: a « probable » or a « no » said then is what is said at the end."""
    end = Known(adults=full.adults, children=full.children, housing=full.housing,
                low=full.low, high=full.low)  # fmt: skip
    forget = data.draw(st.sets(st.sampled_from(["adults", "children", "housing", "income"])))
    partly = Known(
        adults=full.adults[:1] if "adults" in forget else full.adults,
        maybe_couple="adults" in forget,
        children=None if "children" in forget else full.children,
        housing=None if "housing" in forget else full.housing,
        low=full.low / 2 if "income" in forget else full.low,
        high=inf if "income" in forget else full.low,
    )
    before, after = local_hint(aid(name), partly, day=DAY), local_hint(aid(name), end, day=DAY)
    assert before is not None
    assert after is not None
    if before.saying in SURE:
        assert after.saying is before.saying
    if before.low is not None and before.high is not None and after.low is not None:
        assert before.low <= after.low <= (after.high or 0) <= before.high


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_french(content) -> None:
    with pytest.raises(DataError):
        read_file(content, today=DAY)


@pytest.mark.parametrize("content", ["[" * 5000, "a: " + "{b: " * 500, "x" * 200_001])
def test_a_text_made_to_harm_is_refused(content) -> None:
    with pytest.raises(DataError):
        read_file(content, today=DAY)


def test_the_example_of_the_guide_is_read_and_says_that_it_does_not_exist() -> None:
    guide = Path(__file__).parents[2] / "docs/utilisateurs/guides/decrire-les-aides-locales.md"
    example = guide.read_text("utf-8").split("```yaml\n")[1].split("```")[0]
    (one,) = read_file(example, today=DAY).aids.values()
    assert "n’existe pas" in one.label
