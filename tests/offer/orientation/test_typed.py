"""What people type → the procedure they mean."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import ParameterError
from portrea.offer.bringing import to_bring
from portrea.offer.orientation.procedures import (
    organizations,
    phones_of,
    procedure_of,
    procedures,
    table,
)
from portrea.offer.orientation.typed import asks_which, propose, sound_of, words_of
from portrea.offer.record import Block
from portrea.vocab.standards.mednum import kind_label

CASES = Path(__file__).parents[2] / "cases/offer/orientation"
QUERIES = yaml.safe_load((CASES / "typed.yaml").read_text("utf-8"))["queries"]
HELD_OUT = yaml.safe_load((CASES / "typed_held_out.yaml").read_text("utf-8"))


def codes(text: str) -> list[str]:
    return [found.procedure.code for found in propose(text)]


@pytest.mark.parametrize("text", sorted(QUERIES))
def test_what_is_typed_is_understood(text):
    expected, found = QUERIES[text], codes(text)
    if len(expected) == 1:
        assert found[:1] == expected
    else:
        assert set(expected) <= set(found)
        assert len(found) <= 3
        assert bool(found) == bool(expected)


def test_unseen_words_are_mostly_understood():
    asked, least = HELD_OUT["queries"], HELD_OUT["least"]
    assert not set(asked) & set(QUERIES)
    assert sum(code in codes(text) for text, code in asked.items()) >= least["first_three"]
    assert sum(codes(text)[:1] == [code] for text, code in asked.items()) >= least["first"]


def test_the_page_asks_which_when_words_do_not_say():
    assert asks_which(propose("papiers"))
    assert not asks_which(propose("carte vitale"))
    assert not asks_which(propose("xyzzy"))
    assert asks_which(propose("logement")), "one proposal that is not sure"


@given(st.text(max_size=400))
def test_any_text_is_answered(text):
    found = propose(text)
    assert len(found) <= 3
    assert all(0 < one.score <= 1 for one in found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@given(st.permutations(["payer", "moins", "de", "loyer"]))
def test_the_order_of_words_does_not_matter(words):
    assert codes(" ".join(words))[0] == "caf-logement"


ALONE = sorted(
    {words_of(text)[0] for one in procedures().values() for text in one.phrases
     if len(words_of(text)) == 1 and len(words_of(text)[0]) >= 8}
)  # fmt: skip


@given(st.sampled_from(ALONE), st.data())
def test_one_missing_letter_still_finds_a_word_that_says_it_all(word, data):
    at = data.draw(st.integers(1, len(word) - 2))
    whole = {one.procedure.code for one in propose(word)}
    missing = {one.procedure.code for one in propose(word[:at] + word[at + 1 :])}
    assert missing & whole


def test_a_long_text_is_cut():
    assert codes("retraite " * 5000) == ["retraite"]


def test_sounds():
    assert sound_of("retrete") == sound_of("retraite")
    assert sound_of("inpot") == sound_of("impot")
    assert sound_of("ecole") != sound_of("colis")


# -- the file --------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(procedures()))
def test_a_procedure_is_sound(code):
    procedure = procedure_of(code)
    assert procedure.label
    assert procedure.need in Block
    assert procedure.phrases
    if procedure.deadline:
        assert procedure.deadline.source
    if procedure.bring:
        assert len(to_bring([procedure.bring])) > 1, "a-apporter.yaml has no papers for it"


def test_numbers_are_sourced_or_said_unverified():
    for one in organizations().values():
        assert one.verified == bool(one.source)
        assert one.verified <= bool(one.phone)
        for kind in one.kinds:
            assert kind_label(kind) != kind, f"{kind} is no kind of place"


def test_verified_numbers_come_first():
    assert [phone.number for phone in phones_of(procedure_of("caf-logement"))] == ["3230"]
    assert [phone.verified for phone in phones_of(procedure_of("violences"))] == [False]
    assert phones_of(None) == ()


def test_empty_words_and_abbreviations_are_texts():
    assert all(isinstance(word, str) for word in table()["vides"])
    assert all(isinstance(word, str) for word in table()["abreviations"])


def test_an_unknown_procedure_is_refused_in_french():
    with pytest.raises(ParameterError, match="Démarche inconnue"):
        procedure_of("<script>")
