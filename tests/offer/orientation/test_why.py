"""« Pourquoi ce lieu » : the sentence says what the points say."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from offer.orientation.building import answer_of
from portrea.offer.orientation.asked import Asked
from portrea.offer.orientation.why import sentences
from portrea.vocab.languages import (
    END,
    LANGUAGES,
    START,
    Text,
    Words,
    capital,
    catalogue,
    without_marks,
    words_in,
)

ROOT = Path(__file__).parents[2]
BOOK = yaml.safe_load((ROOT / "cases/offer/orientation/ranking.yaml").read_text("utf-8"))
WHY = yaml.safe_load((ROOT / "cases/offer/orientation/why.yaml").read_text("utf-8"))
DEFAULTS = BOOK["defaults"]
AIDE = {"m": 12, "b": ["aide"]}


def said(place, ask="besoin=aide", now="2026-11-24T10:00", language="fr"):
    case = {"ask": ask, "now": now, "places": {"A": AIDE | place}}
    answer, places = answer_of(case, DEFAULTS)
    (one,) = answer.ranked()
    moment, words = datetime.fromisoformat(now), words_in(language)
    text = sentences(places["A"], one, Asked.of(ask), now=moment, words=words).why
    return text.replace("\u202f", " ")


@pytest.mark.parametrize("case", WHY["cases"], ids=lambda case: case["words"])
def test_the_sentence_says_it(case):
    assert case["words"] in said(case["place"], case["ask"])


def test_what_closes_before_one_arrives_is_said():
    text = said({"m": 20, "hours": "Tu-We 09:00-12:00"}, now="2026-11-24T11:50")
    assert "ouvert maintenant, jusqu’à 12 h (horaires à confirmer)" in text
    assert "trop juste, ouvre ensuite demain à 9 h" in text


def test_every_hand_worked_case_has_a_sentence():
    """Each ends with a full stop, and never says « ouvert maintenant » of what is not."""
    for case in BOOK["cases"]:
        answer, places = answer_of(case, DEFAULTS)
        asked = Asked.of(case.get("ask", DEFAULTS["ask"]))
        now = datetime.fromisoformat(case.get("now", DEFAULTS["now"]))
        for one in answer.ranked(0, answer.total):
            text = sentences(places[one.id], one, asked, now=now).why
            assert text.endswith(".")
            assert "  " not in text
            if one.opens is None:
                assert "ouvert" not in text


# -- in other languages ----------------------------------------------------------------------------

FOREIGN = [language for language in LANGUAGES if language != "fr"]
UNSAID = re.compile(r"[\s.;؛]*")


def every_sentence(language):
    """Return the sentence of each place of each hand-worked case, and the French one."""
    known = {m.id: Text(m.string, read=False) for m in catalogue(language) if m.id}
    words = Words(language, marked=True, _known=known)
    for case in BOOK["cases"]:
        answer, places = answer_of(case, DEFAULTS)
        asked = Asked.of(case.get("ask", DEFAULTS["ask"]))
        now = datetime.fromisoformat(case.get("now", DEFAULTS["now"]))
        for one in answer.ranked(0, answer.total):
            yield (
                sentences(places[one.id], one, asked, now=now, words=words).why,
                sentences(places[one.id], one, asked, now=now).why,
            )


def outside_marks(text):
    """Return what does not come from a catalogue; marks are one in the other."""
    depth, kept = 0, ""
    for letter in text:
        depth += (letter == START) - (letter == END)
        kept += letter if depth == 0 and letter != END else ""
    assert depth == 0
    return kept


@pytest.mark.parametrize("language", FOREIGN)
def test_every_part_of_the_sentence_is_said_in_the_language(language):
    """Nothing French is left over, and as many parts are told as in French."""
    for told, french in every_sentence(language):
        assert UNSAID.fullmatch(outside_marks(told)), told
        bare = without_marks(told)
        assert bare.endswith(".")
        assert bare == capital(bare)
        parts = "؛" if language == "ar" else ";"
        assert bare.count(parts) == french.count(";")


def test_a_sentence_in_each_language():
    place, now = {"hours": "Mo-Fr 09:00-12:00"}, "2026-11-24T13:00"
    assert "fermé, ouvre demain à 9 h" in said(place, now=now)
    assert "closed, opens tomorrow at 9:00" in said(place, now=now, language="en")
    assert "cerrado, abre mañana a las 9:00" in said(place, now=now, language="es")
    assert "مغلق، يفتح غداً الساعة 9:00" in said(place, now=now, language="ar")
    assert "12 minutes away by car" in said(place, now=now, language="en")
