"""The order of places and the points of each, worked by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from offer.orientation.building import answer_of
from portrea.offer.orientation.asked import Asked
from portrea.offer.orientation.procedures import phones_of, procedure_of

ROOT = Path(__file__).parents[2]
BOOK = yaml.safe_load((ROOT / "cases/offer/orientation/ranking.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", BOOK["cases"], ids=lambda case: case["name"])
def test_ranking(case):
    answer, _ = answer_of(case, BOOK["defaults"])
    found = {one.id: one for one in answer.ranked(0, answer.total)}
    assert {key: one.total for key, one in found.items()} == case["totals"]
    assert list(found) == list(case["totals"])
    for one in found.values():
        assert one.total == pytest.approx(sum(one.points.values()))
        assert list(one.asks) == case.get("to_ask", {}).get(one.id, [])
        assert one.sure == (one.id not in case.get("unsure", ()))
    now = datetime.fromisoformat(case.get("now", BOOK["defaults"]["now"]))
    for key, expected in case.get("opens", {}).items():
        assert _moment(found[key], now.date()) == expected
    aside = {
        answer.board.ids[p]: name for name, places in answer.left_out().items() for p in places
    }
    assert aside == case.get("aside", {})
    if "near" in case:
        assert answer.near is case["near"]
    if "phones" in case:
        asked = Asked.of(case["ask"])
        assert [phone.number for phone in phones_of(procedure_of(asked.procedure))] == case[
            "phones"
        ]


def _moment(one, day: date) -> str | None:
    if one.opens is None:
        return None
    moment = datetime.combine(day, datetime.min.time()) + timedelta(minutes=one.opens)
    return f"{moment:%Y-%m-%d}" if one.timeless else f"{moment:%Y-%m-%d %H:%M}"
