"""An orientation handed over to a partner: its states, its reminders, what its words may hold.

It waits; the partner accepts, refuses with a coded reason or asks something; the agent answers or
cancels; left without an answer it expires. Nothing here knows who acts: that is asked before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.base.errors import DataError
from portrea.offer.importing.parameters import parameters as import_parameters
from portrea.offer.importing.people import strip_text
from portrea.offer.importing.spelling import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class State(StrEnum):
    """Where a handover stands."""

    WAITING = "waiting"
    QUESTION = "question"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"
    DROPPED = "dropped"

    @property
    def label(self) -> str:
        """French words shown in lists."""
        return _STATES[self]

    @property
    def open(self) -> bool:
        """Whether an answer is still awaited."""
        return self in (State.WAITING, State.QUESTION)

    @property
    def ended(self) -> bool:
        """Whether nothing more can happen: what is told of a person is erased."""
        return self in (State.REFUSED, State.EXPIRED, State.DROPPED)


_STATES = {
    State.WAITING: "en attente",
    State.QUESTION: "précision demandée",
    State.ACCEPTED: "acceptée",
    State.REFUSED: "refusée",
    State.EXPIRED: "expirée",
    State.DROPPED: "sans suite",
}


class Event(StrEnum):
    """What may happen to a handover."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    ASK = "ask"
    REPLY = "reply"
    CANCEL = "cancel"
    EXPIRE = "expire"


_OPEN = (State.WAITING, State.QUESTION)
_EVENTS: dict[Event, tuple[tuple[State, ...], State]] = {
    Event.ACCEPT: (_OPEN, State.ACCEPTED),
    Event.REFUSE: ((*_OPEN, State.ACCEPTED), State.REFUSED),
    Event.ASK: ((State.WAITING,), State.QUESTION),
    Event.REPLY: ((State.QUESTION,), State.WAITING),
    Event.CANCEL: ((*_OPEN, State.ACCEPTED), State.DROPPED),
    Event.EXPIRE: (_OPEN, State.EXPIRED),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A coded reason or question; ``words``: some are asked with it; ``demand``: what is unmet."""

    code: str
    label: str
    words: bool = False
    demand: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """Free words once read: what is kept, the kinds taken out, the words to read over."""

    kept: str
    taken: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@cache
def parameters() -> dict[str, Any]:
    """Return the dated parameters (``params/transmission.yaml``)."""
    folder = files("portrea.offer.orientation").joinpath("params/transmission.yaml")
    found: dict[str, Any] = yaml.safe_load(folder.read_text("utf-8"))
    return found


@cache
def reasons() -> Mapping[str, Reason]:
    """Return the reasons of a refusal, by code, in the order shown."""
    return _cards("refus")


@cache
def questions() -> Mapping[str, Reason]:
    """Return what a partner may ask, by code, in the order shown."""
    return _cards("questions")


def _cards(name: str) -> dict[str, Reason]:
    return {
        code: Reason(code, card["label"], card.get("mots", False), card.get("demande"))
        for code, card in parameters()[name].items()
    }


# -- states ---------------------------------------------------------------------------------------


def possible(state: State, event: Event) -> bool:
    """Tell whether an event makes sense in a state."""
    return state in _EVENTS[event][0]


def advance(state: State, event: Event, *, reason: str = "", words: str = "") -> State:
    """Return the state after an event.

    Raises
    ------
    DataError
        The event makes no sense in this state, or its reason is missing or unknown.
    """
    sources, target = _EVENTS[event]
    if state not in sources:
        raise DataError(f"Cette orientation est déjà {state.label} : rien n’a été changé.")
    book = {Event.REFUSE: reasons(), Event.ASK: questions()}.get(event)
    if book is not None and reason not in book:
        asked = "la raison du refus" if event is Event.REFUSE else "votre question"
        raise DataError(f"Choisissez {asked} dans la liste.")
    if book is not None and book[reason].words and not words.strip():
        raise DataError("Dites-le en quelques mots : « Autre » ne suffit pas.")
    return target


def follow(state: State, *, sent: date, expires: date, reminders: int, on: date) -> str | None:
    """Return what happens by itself on a day: ``remind``, ``expire`` or nothing.

    Parameters
    ----------
    sent, expires
        The day it was sent, the last day on which it can be answered.
    reminders
        Those sent already.
    on
        The day; days without a run are caught up with one reminder.
    """
    if not state.open:
        return None
    if on > expires:
        return "expire"
    after = parameters()["rappels"]["apres"]
    late = on + timedelta(days=parameters()["reste"]["value"]) > expires
    if state is not State.WAITING or late or reminders >= len(after):
        return None
    return "remind" if on >= sent + timedelta(days=after[reminders]) else None


# -- words ----------------------------------------------------------------------------------------

_PHONE = re.compile(r"(?:\+33[\s.\-]?(?:\(0\)\s?)?|\b0)[1-9](?:[\s.\-]?\d{2}){4}(?!\d)")
_EMAIL = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
_DATE = re.compile(r"(?<!\d)\d{1,2}[/.\-]\d{1,2}[/.\-](?:19|20)\d{2}(?!\d)")
_NUMBER = re.compile(r"(?<![\d,.])\d(?:[ .]?\d){5,}(?:[ ]?[A-Z])?(?![\d,])")
_TAKEN = (
    ("phone", _PHONE, "[numéro retiré]"),
    ("email", _EMAIL, "[courriel retiré]"),
    ("date", _DATE, "[date retirée]"),
    ("number", _NUMBER, "[numéro retiré]"),
)
KINDS = {
    "name": "un nom",
    "email": "un courriel",
    "mobile": "un numéro",
    "phone": "un numéro",
    "nir": "un numéro",
    "number": "un numéro",
    "date": "une date",
    "other": "une donnée personnelle",
}
"""Kinds taken out → how they are told."""
_NOT_NAMES = frozenset({"france"})
_BEFORE = re.compile(r"\b(?:saint|sainte|st|ste|rue|avenue|place|boulevard|cours|quai)[ \-]$", re.I)


def read_words(text: str) -> Text:
    """Return free words without what tells who the person is, and the words to read over.

    Numbers, addresses and dates are taken out whoever they belong to: a partner receives what the
    person agreed to tell in fields of their own.
    """
    kept, found = strip_text(text)
    taken = list(found)
    for kind, pattern, instead in _TAKEN:
        kept, times = pattern.subn(instead, kept)
        taken += [kind] * min(times, 1)
    return Text(kept, tuple(dict.fromkeys(taken)), _named(kept))


def _named(text: str) -> tuple[str, ...]:
    """Return the capitalised words that are first names."""
    names = {str(name) for name in import_parameters("prenoms")["names"]} - _NOT_NAMES
    found = [
        match[0]
        for match in re.finditer(r"\b[A-ZÀ-Þ][a-zà-ÿ]+(?:-[A-ZÀ-Þ][a-zà-ÿ]+)?", text)
        if plain(match[0]) in names and not _BEFORE.search(text[: match.start()])
    ]
    return tuple(dict.fromkeys(found))
