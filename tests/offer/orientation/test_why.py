"""« Pourquoi ce lieu » : the sentence says what the points say."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import yaml

from offer.orientation.building import answer_of
from portrea.offer.orientation.asked import Asked
from portrea.offer.orientation.why import why

ROOT = Path(__file__).parents[2]
BOOK = yaml.safe_load((ROOT / "cases/offer/orientation/ranking.yaml").read_text("utf-8"))
WHY = yaml.safe_load((ROOT / "cases/offer/orientation/why.yaml").read_text("utf-8"))
DEFAULTS = BOOK["defaults"]
AIDE = {"m": 12, "b": ["aide"]}


def said(place, ask="besoin=aide", now="2026-11-24T10:00"):
    case = {"ask": ask, "now": now, "places": {"A": AIDE | place}}
    answer, places = answer_of(case, DEFAULTS)
    (one,) = answer.ranked()
    text = why(places["A"], one, Asked.of(ask), now=datetime.fromisoformat(now))
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
            text = why(places[one.id], one, asked, now=now)
            assert text.endswith(".")
            assert "  " not in text
            if one.opens is None:
                assert "ouvert" not in text
