"""Places of a workshop: who has one, who waits, who is called when one is free."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class State(StrEnum):
    """What became of a registration."""

    IN = "inscrit"
    WAITING = "attente"
    CAME = "venu"
    MISSED = "absent"
    CANCELLED = "annule"


SEATED = (State.IN, State.CAME, State.MISSED)
"""Who holds a place: somebody late may still arrive."""


@dataclass(frozen=True, slots=True)
class Seats:
    """People who may come at once and people who may wait; ``capacity`` none: as many as come."""

    capacity: int | None
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """A registration: its state and how many people come together."""

    state: State
    people: int


@cache
def words() -> Mapping[str, Any]:
    """Return ``params/inscriptions.yaml``: needs, answers of the opinion, declared numbers."""
    text = (files("portrea.action") / "params" / "inscriptions.yaml").read_text("utf-8")
    return dict(yaml.safe_load(text))


def number(name: str) -> float:
    """Return one declared number of ``params/inscriptions.yaml``."""
    return float(words()[name]["value"])


def seated(groups: Iterable[Group]) -> int:
    """Return how many people hold a place."""
    return sum(one.people for one in groups if one.state in SEATED)


def left(seats: Seats, groups: Iterable[Group]) -> int | None:
    """Return how many places are left, never fewer than none; ``None`` without limit."""
    return None if seats.capacity is None else max(0, seats.capacity - seated(groups))


def state_of_new(seats: Seats, groups: Sequence[Group], people: int) -> State | None:
    """Return the state of people who ask to come: a place, the waiting list, or nothing.

    Those who fit in the places left get them, even when a larger group waits: it could not.
    """
    free = left(seats, groups)
    if free is None or people <= free:
        return State.IN
    waiting = sum(one.people for one in groups if one.state is State.WAITING)
    room = seats.capacity is not None and people <= seats.capacity
    return State.WAITING if room and waiting + people <= seats.waiting else None


def called(seats: Seats, groups: Sequence[Group]) -> list[int]:
    """Return the ranks, in order, of those of the waiting list who fit in the places left."""
    free, found = left(seats, groups), []
    for rank, one in enumerate(groups):
        if one.state is State.WAITING and (free is None or one.people <= free):
            free = None if free is None else free - one.people
            found.append(rank)
    return found
