"""The state of the flow in the address of the page."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import ParameterError
from portrea.offer.orientation.asked import NONE, Asked, Step, Way
from portrea.offer.orientation.procedures import procedures
from portrea.offer.orientation.rules import rules
from portrea.offer.record import Block

DEGREES = st.floats(-90, 90).map(lambda value: round(value, 3) + 0.0)
STATES = st.builds(
    Asked,
    commune=st.none() | st.sampled_from(["35188", "2A004", "97209", "01001"]),
    point=st.none() | st.tuples(DEGREES, DEGREES),
    need=st.sampled_from(Block),
    procedure=st.none() | st.sampled_from([NONE, *procedures()]),
    way=st.sampled_from(Way),
    language=st.none() | st.sampled_from(sorted(rules().told["langue"])),
    **dict.fromkeys(("wheelchair", "women", "home", "evening", "saturday", "seen"), st.booleans()),
)


@given(STATES)
def test_an_address_gives_the_state_back(asked):
    text = asked.query()
    assert Asked.of(text) == asked
    assert Asked.of(text).query() == text
    assert re.fullmatch(r"[a-z0-9=&.A-Z-]*", text), "rien à échapper"
    assert Asked.of(dict(pair.split("=") for pair in text.split("&"))) == asked


@pytest.mark.parametrize(
    ("query", "step"),
    [
        ("", Step.WHERE),
        ("besoin=aide", Step.WHERE),
        ("commune=35188", Step.NEED),
        ("lon=-1.96&lat=48.13", Step.NEED),
        ("commune=35188&besoin=aide", Step.PROCEDURE),
        ("commune=35188&besoin=formation", Step.CONSTRAINTS),
        ("commune=35188&besoin=aide&demarche=rsa", Step.CONSTRAINTS),
        ("commune=35188&demarche=rsa", Step.CONSTRAINTS),
        ("commune=35188&besoin=aide&demarche=aucune", Step.CONSTRAINTS),
        ("commune=35188&besoin=aide&demarche=rsa&vu=oui", Step.ANSWER),
    ],
)
def test_one_question_after_the_other(query, step):
    assert Asked.of(query).step is step


@given(STATES, st.sampled_from(Step))
def test_going_back_asks_that_question_again(asked, step):
    again = asked.back_to(step)
    assert Asked.of(again.query()) == again
    order = list(Step)
    if asked.step is Step.ANSWER and step in (Step.WHERE, Step.NEED):
        assert again.step is step
    assert order.index(again.step) <= max(order.index(asked.step), order.index(step))


def test_the_need_comes_with_the_procedure():
    assert Asked.of("demarche=reparer").need is Block.DEPANNAGE
    assert Asked.of("besoin=formation&demarche=rsa").need is Block.FORMATION


def test_constraints_are_named_as_in_the_rules():
    asked = Asked.of("langue=arabe&fauteuil=oui&femmes=oui&domicile=oui&soir=oui&samedi=oui&vu=oui")
    assert set(asked.constraints) == set(rules().silence)
    assert Asked.of("fauteuil=non").constraints == ()


def test_names_that_are_not_ours_are_left_alone():
    assert Asked.of("utm_source=x&commune=35188&x[]=1&=") == Asked(commune="35188")
    assert Asked.of({"page": ["1", "2"], "commune": ["35188", "35188"]}) == Asked(commune="35188")
    assert Asked.of("commune=&besoin=") == Asked()


def test_a_position_is_rounded_to_a_hundred_metres():
    assert Asked.of("lon=-1.9612345678&lat=48.1309999").point == (-1.961, 48.131)
    assert Asked.of("lon=-0.0001&lat=0.0").query() == "lon=0.000&lat=0.000"


@pytest.mark.parametrize(
    "query",
    [
        "commune=99999", "commune=../../etc", "commune=35188'--", "commune=97", "besoin=argent",
        "besoin=AIDE", "demarche=<script>", "trajet=avion", "langue=klingon", "fauteuil=1",
        "lon=nan&lat=48", "lon=1e400&lat=48", "lon=inf&lat=48", "lon=181&lat=48", "lon=2&lat=91",
        "lon=2", "lat=48", "lon=0x10&lat=48", "lon=1,5&lat=48", "lon=١&lat=48", "lon=2%00&lat=48",
        "besoin=aide&besoin=formation", "commune=35188&commune=35238", "vu=\x00", "a=" + "x" * 600,
    ],
)  # fmt: skip
def test_hostile_values_are_refused_in_french(query):
    with pytest.raises(ParameterError) as caught:
        Asked.of(query)
    assert caught.value.remedy
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 200


@given(st.dictionaries(st.text(max_size=12), st.lists(st.text(max_size=60), max_size=3)))
def test_any_address_is_read_or_refused(query):
    remedy, asked = "", Asked()
    try:
        asked = Asked.of(query)
    except ParameterError as error:
        remedy = error.remedy
    assert remedy or Asked.of(asked.query()) == asked


@given(st.text(max_size=700))
def test_any_text_is_read_or_refused(text):
    remedy = "lu"
    try:
        Asked.of(text)
    except ParameterError as error:
        remedy = error.remedy
    assert remedy
