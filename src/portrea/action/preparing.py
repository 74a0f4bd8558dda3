"""What a workshop asks for before its day: contacts to make, things to bring, people trained."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.action.telling import HARD
from portrea.territory.naming import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to write to, by function: why, and how many days before the day."""

    who: str
    why: str
    days: int


@dataclass(frozen=True, slots=True)
class Thing:
    """Something to bring; ``only`` when there is one lot, that two workshops cannot share."""

    what: str
    number: int
    only: bool


@dataclass(frozen=True, slots=True)
class Training:
    """A training that somebody followed, good until a day, or for ever."""

    what: str
    until: date | None = None


@cache
def words() -> Mapping[str, Any]:
    """Return ``params/ateliers.yaml``: kinds of places, trainings, ready lists by format."""
    text = (files("portrea.action") / "params" / "ateliers.yaml").read_text("utf-8")
    return dict(yaml.safe_load(text))


def contacts(kind: str) -> tuple[Contact, ...]:
    """Return the contacts to make for a format, the earliest first; none for an unknown one."""
    return tuple(Contact(**one) for one in words()["contacts"].get(kind, ()))


def things(kind: str) -> tuple[Thing, ...]:
    """Return what a format usually needs; nothing for an unknown one."""
    return tuple(Thing(**one) for one in words()["equipment"].get(kind, ()))


def untrained(trainings: Iterable[Training], wanted: str, *, on: date) -> str:
    """Return why somebody does not have a training on a day, in French; empty when she does.

    Names are compared without case, accents or spaces.
    """
    if not wanted.strip():
        return ""
    mine = [one for one in trainings if normalise(one.what) == normalise(wanted)]
    if not mine:
        return f"la formation «{HARD}{wanted}{HARD}» n’a pas été suivie"
    if any(one.until is None or one.until >= on for one in mine):
        return ""
    last = max(one.until for one in mine if one.until)
    return f"la formation «{HARD}{wanted}{HARD}» n’est plus valable depuis le {last:%d/%m/%Y}"
