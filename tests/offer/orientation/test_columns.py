"""Doors kept on disk, or laid over one another, answer as those just worked out."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import polars as pl
import pytest

from offer.orientation.building import place_of
from offer.orientation.test_ranking import BOOK, crowd
from portrea.offer.orientation import openings
from portrea.offer.orientation.asked import Asked
from portrea.offer.orientation.board import Board, entry_of
from portrea.offer.orientation.columns import DOORS, columns_of
from portrea.offer.orientation.ranking import rank

QUERIES = ("besoin=aide&demarche=rsa", "besoin=aide&langue=arabe", "besoin=formation&soir=oui")


def places(number, seed):
    """Return places of all kinds, some told day by day, some closed."""
    draw = np.random.default_rng(seed)
    hours = (None, "Mo-Fr 09:00-12:00", "Th[2,4] 10:00-13:00", "Sa 09:00-12:00; PH off")
    found = []
    for rank_ in range(number):
        presences = [{"hours": "Tu 18:00-20:00", "every_weeks": 2}, {}]
        told = {
            "m": 1.0,
            "b": ["aide", "formation"][: 1 + rank_ % 2],
            "hours": hours[int(draw.integers(4))],
            "phone": f"+3320000000{rank_ % 10}",
            "service": {
                "languages": ["arabe"] if rank_ % 3 == 0 else [],
                "procedures": ["RSA"] if rank_ % 4 == 0 else [],
                "presences": presences if rank_ % 5 == 0 else [],
            },
        }
        place = place_of(f"P{rank_:03}", told, BOOK["defaults"])
        found.append((place, rank_ % 11 == 0))
    return found


def answers(board):
    minutes = np.arange(board.size) % 50 + 1.0
    rows = np.arange(board.size)
    now = datetime(2026, 11, 24, 10, 20)  # noqa: DTZ001 - wall time
    found = []
    for query in QUERIES:
        answer = rank(board, Asked.of(query), rows, minutes, now=now)
        aside = {name: len(told) for name, told in answer.left_out().items()}
        found.append((answer.ranked(0, 25), answer.total, aside, answer.to_call()))
    return found


def test_doors_kept_on_disk_answer_the_same(tmp_path):
    doors = columns_of(entry_of(place, closed=closed) for place, closed in places(60, 1))
    doors.write_ipc(tmp_path / "portes.arrow")
    kept = pl.read_ipc(tmp_path / "portes.arrow")
    assert kept.schema == pl.Schema(DOORS)
    assert answers(Board(kept)) == answers(Board(doors))
    assert any(told[0] for told in answers(Board(kept)))


def test_a_patch_is_the_same_as_making_everything_again():
    before, after = places(60, 1), places(60, 2)
    changed = {"P003", "P010", "P044"}
    whole = columns_of(
        entry_of(new if new.id in changed else old, closed=closed)
        for (old, closed), (new, _) in zip(before, after, strict=True)
    )
    kept = columns_of(entry_of(old, closed=c) for old, c in before if old.id not in changed)
    laid = columns_of(entry_of(new, closed=c) for new, c in after if new.id in changed)
    patched = pl.concat([kept, laid]).sort("id", maintain_order=True)
    assert answers(Board(patched)) == answers(Board(whole))
    assert answers(Board(whole)) != answers(
        Board(columns_of(entry_of(p, closed=c) for p, c in before))
    )


def test_openings_of_a_day_are_worked_out_once(monkeypatch):
    told = []
    dated = openings.dated
    monkeypatch.setattr(openings, "dated", lambda text, day: told.append(text) or dated(text, day))
    known = {}
    day = date(2026, 11, 24)
    doors = columns_of(entry_of(place) for place, _ in places(60, 1))
    first = answers(Board(doors, dated=known))
    assert len(told) == len(known[day]) > 1
    assert answers(Board(doors, dated=known)) == first
    assert len(told) == len(known[day]), "nothing again for the same day"


def test_no_door_at_all():
    board = Board([])
    assert board.size == 0
    assert board.on(date(2026, 11, 24)).openings.day == date(2026, 11, 24)
    assert not columns_of([]).height


@pytest.mark.parametrize("seed", [0, 1])
def test_rows_follow_the_identifiers(seed):
    board = crowd(seed)
    assert board.ids == sorted(board.ids)
    assert board.place.tolist() == sorted(board.place.tolist())
    assert board.size == len(board.place)
