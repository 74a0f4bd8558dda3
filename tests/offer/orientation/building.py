"""Places, boards and travel times written by hand in the cases."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from portrea.offer.content import from_dict
from portrea.offer.orientation.asked import Asked
from portrea.offer.orientation.board import Board, entry_of
from portrea.offer.orientation.ranking import rank

if TYPE_CHECKING:
    from portrea.offer.orientation.answer import Answer
    from portrea.offer.record import Place


def place_of(key: str, told: dict[str, Any], defaults: dict[str, Any]) -> Place:
    """Return a place; ``b`` are the blocks it declares, ``service`` what each service says."""
    own = {
        name: value for name, value in told.items() if name not in ("m", "b", "service", "closed")
    }
    content = {"id": key, "name": key, **{k: defaults[k] for k in ("commune", "updated", "hours")}}
    content |= {"longitude": -2.0, "latitude": 48.0} if told["m"] is not None else {}
    content |= own
    content["services"] = [
        {"block": block, "key": block, **told.get("service", {})} for block in told.get("b", ())
    ]
    return from_dict({name: value for name, value in content.items() if value is not None})


def answer_of(case: dict[str, Any], defaults: dict[str, Any]) -> tuple[Answer, dict[str, Place]]:
    """Return the answer of a case, and its places."""
    mine = defaults | {k: case[k] for k in ("commune", "now", "ask") if k in case}
    places = {key: place_of(key, told, mine) for key, told in case["places"].items()}
    board = Board(
        entry_of(places[key], closed=bool(told.get("closed")))
        for key, told in case["places"].items()
    )
    minutes = np.concatenate(
        [np.atleast_1d(np.array(case["places"][key]["m"], dtype=float)) for key in board.ids]
    )
    assert minutes.size == board.size, "un temps de trajet par porte"
    now = datetime.fromisoformat(mine["now"])
    return rank(board, Asked.of(mine["ask"]), np.arange(board.size), minutes, now=now), places
