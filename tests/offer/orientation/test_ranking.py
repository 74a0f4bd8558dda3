"""The order of places and the points of each, worked by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from offer.orientation.building import answer_of, place_of
from portrea.offer.orientation.asked import Asked
from portrea.offer.orientation.board import Board, entry_of
from portrea.offer.orientation.procedures import phones_of, procedure_of
from portrea.offer.orientation.ranking import _last_of, rank

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


@settings(max_examples=25)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 30),
    st.sampled_from(["", "&langue=arabe", "&soir=oui"]),
)
def test_looking_at_fewer_doors_gives_the_same_first_places(seed, most, asked):
    """Against all of them ranked: the same places, in the same order, with the same minutes."""
    draw = np.random.default_rng(seed)
    board = crowd(seed % 3)
    minutes = draw.uniform(0, 59, board.size).round(1)
    minutes[draw.random(board.size) < 0.05] = np.nan
    hour, minute = draw.integers(0, (24, 60)).tolist()
    now = datetime.fromisoformat(f"2026-11-24T{hour:02}:{minute:02}")
    query = Asked.of("besoin=aide&demarche=rsa" + asked)
    rows = np.arange(board.size)
    whole = rank(board, query, rows, minutes, now=now, most=None)
    part = rank(board, query, rows, minutes, now=now, most=most)
    assert part.total == whole.total
    assert part.near == whole.near
    assert part.ranked(0, most) == whole.ranked(0, most)
    assert {k: v.tolist() for k, v in part.left_out().items()} == {
        k: v.tolist() for k, v in whole.left_out().items()
    }


@cache
def crowd(seed):
    """A thousand places of all kinds."""
    draw = np.random.default_rng(seed)
    hours = [
        None,
        "Mo-Fr 09:00-12:00",
        "Tu 10:00-21:00; PH off",
        "Sa 09:00-12:00",
        "We 17:00-19:30",
    ]
    made = []
    for number in range(1000):
        service = {"languages": ["arabe"]} if draw.random() < 0.1 else {}
        if draw.random() < 0.2:
            service["presences"] = [{"hours": "Tu 09:00-12:00", "every_weeks": 2}, {}]
        told = {
            "m": 1.0,
            "b": [
                str(b) for b in draw.choice(["aide", "formation", "information"], 2, replace=False)
            ],
            "hours": hours[int(draw.integers(len(hours)))],
            "updated": ["2026-11-01", "2024-01-01", None][int(draw.integers(3))],
            "service": service,
        }
        made.append(entry_of(place_of(f"P{number:04}", told, BOOK["defaults"])))
    return Board(made)


def test_a_place_closed_for_good_does_not_hide_those_that_are_far():
    """The nearest that helps is 90 minutes away, more than what is shown: it is shown."""
    told = {"m": 1.0, "b": ["aide"]}
    near, far = (place_of(key, told, BOOK["defaults"]) for key in ("A", "B"))
    board = Board([entry_of(near, closed=True), entry_of(far)])
    now = datetime.fromisoformat(BOOK["defaults"]["now"])
    minutes = np.array([5.0, 90.0])
    answer = rank(board, Asked.of("besoin=aide"), np.arange(2), minutes, now=now)
    assert [one.id for one in answer.ranked()] == ["B"]
    assert not answer.near
    assert answer.left_out()["closed"].tolist() == [0]


def asked_of(ask: str, minutes, *places, now: str = BOOK["defaults"]["now"], visiting=None):
    """The answer for places written by hand, one door each."""
    board = Board(
        entry_of(place_of(chr(65 + rank), {"m": 1.0, "b": ["aide"], **told}, BOOK["defaults"]))
        for rank, told in enumerate(places)
    )
    moment = datetime.fromisoformat(now)
    rows = np.arange(board.size)
    ways = np.array(minutes, dtype=float)
    return rank(board, Asked.of(ask), rows, ways, now=moment, visiting=visiting).ranked()


def test_who_comes_home_comes_by_car():
    """An hour and a half on foot, half an hour by car for who comes: not one minute more."""
    told = {"service": {"presences": [{"kind": "domicile", "hours": "Mo-Fr 09:00-17:00"}]}}
    ask = "besoin=aide&domicile=oui&transport=pied"
    by_car = np.array([30.0, 30.5])
    (found,) = asked_of(ask, [90, 5], told, told, visiting=by_car)
    assert (found.id, found.at_home, found.minutes) == ("A", True, 0)


def test_each_point_has_its_name():
    (found,) = asked_of("besoin=aide", [12], {})
    assert found.points == {
        "travel": 12, "waiting": 0, "freshness": 0, "saturation": 0, "service": 3, "constraint": 0
    }  # fmt: skip


def test_two_perhaps_count_twice():
    words = "L’aide peut se faire à domicile, pour qui ne peut se déplacer. Nous parlons arabe."
    (found,) = asked_of("besoin=aide&domicile=oui&langue=arabe", [10], {"summary": words})
    assert (found.points["constraint"], found.total) == (20, 23)


def test_a_door_is_open_from_its_first_minute():
    at_nine, early, unknown = (
        asked_of("besoin=aide", [minutes], told, now="2026-11-24T08:40")[0]
        for minutes, told in ((20, {}), (19, {}), (20, {"hours": None}))
    )
    assert (at_nine.open_on_arrival, at_nine.points["waiting"]) == (True, 0)
    assert (early.open_on_arrival, early.points["waiting"]) == (False, 5)
    assert not unknown.open_on_arrival


def test_far_from_everything_the_three_nearest_are_shown():
    found = asked_of("besoin=aide", [100, 70, 90, 80, 65], {}, {}, {}, {}, {})
    assert [one.id for one in found] == ["E", "B", "D"]


def test_what_the_last_of_the_first_places_costs():
    keys, places = np.array([5.0, 3, 9, 3.5]), np.array([0, 0, 1, 2])
    assert [_last_of(keys, places, most) for most in (1, 2, 3, 4)] == [3, 3.5, 9, float("inf")]


def test_open_places_beyond_the_first_doors_looked_at_come_first():
    """A hundred and thirty doors next to home, closed for months; three at half an hour, open."""
    shut = {"closures": [{"start": "2026-11-20", "end": "2027-03-01"}]}
    told = {"m": 1.0, "b": ["aide"]}
    near = [place_of(f"A{number:03}", {**told, **shut}, BOOK["defaults"]) for number in range(130)]
    far = [place_of(key, told, BOOK["defaults"]) for key in ("X", "Y", "Z")]
    board = Board(entry_of(place) for place in [*near, *far])
    minutes = np.where([key in "XYZ" for key in board.ids], 30.0, 1.0)
    now = datetime.fromisoformat(BOOK["defaults"]["now"])
    answer = rank(board, Asked.of("besoin=aide"), np.arange(board.size), minutes, now=now, most=5)
    assert [one.id for one in answer.ranked(0, 5)] == ["X", "Y", "Z", "A000", "A001"]
    assert [one.total for one in answer.ranked(0, 5)] == [33, 33, 33, 64, 64]


def test_who_must_be_asked_comes_after_though_looked_at_first():
    """A hundred and thirty silent about wheelchairs, next to home; three that say yes, far."""
    told = {"m": 1.0, "b": ["aide"]}
    yes = {**told, "accessibility": "Accessible aux personnes à mobilité réduite"}
    near = [place_of(f"A{number:03}", told, BOOK["defaults"]) for number in range(130)]
    far = [place_of(key, yes, BOOK["defaults"]) for key in ("X", "Y", "Z")]
    board = Board(entry_of(place) for place in [*near, *far])
    minutes = np.where([key in "XYZ" for key in board.ids], 50.0, 1.0)
    now = datetime.fromisoformat(BOOK["defaults"]["now"])
    asked = Asked.of("besoin=aide&fauteuil=oui")
    answer = rank(board, asked, np.arange(board.size), minutes, now=now, most=4)
    assert [one.id for one in answer.ranked(0, 4)] == ["X", "Y", "Z", "A000"]
    assert [one.asks for one in answer.ranked(0, 4)] == [(), (), (), ("fauteuil",)]
