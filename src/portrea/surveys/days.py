"""A day of collection: the ready démarche around it, and what its answers cover."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.vocab.days_off import public_holidays
from portrea.vocab.situations import Situation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from portrea.surveys.expressions import Answers

SATURDAY = 5
CODE = 5
"""Signs of the INSEE code of a commune."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A task of the ready démarche: its stage, what, by which function, how many days away."""

    stage: str
    title: str
    who: str
    days: int


@dataclass(frozen=True, slots=True)
class Part:
    """One line of an agenda: how many minutes, what."""

    minutes: int
    what: str


@dataclass(frozen=True, slots=True)
class ReadySeat:
    """One role of the day in the ready démarche."""

    role: str
    table: str
    topic: str
    who: str


@dataclass(frozen=True, slots=True)
class Demarche:
    """The ready démarche: tasks, agendas by name, seats; ``source`` says where it comes from."""

    version: str
    source: str
    tasks: tuple[Ready, ...]
    agendas: Mapping[str, tuple[Part, ...]]
    seats: tuple[ReadySeat, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Which questions and choices of the ready questionnaires say what is covered.

    ``census`` maps a kind told to a type of the census, ``expected`` are the types looked for.
    """

    towns: tuple[str, ...]
    kinds: tuple[str, ...]
    situations: Mapping[str, Mapping[str, tuple[str, ...]]]
    structures: tuple[str, ...]
    census: Mapping[str, str]
    expected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What answers cover.

    ``towns`` counts answers by commune, those without any included; ``strangers`` are answers of
    another or an unknown commune; ``kinds`` counts answers by kind told; ``helped`` names the
    communes where each situation has an answer.
    """

    towns: Mapping[str, int]
    strangers: int
    kinds: Mapping[str, int]
    helped: Mapping[str, frozenset[str]]

    def without(self, situation: str) -> list[str]:
        """Return the communes where nobody answers a situation, in the order of the territory."""
        return [code for code in self.towns if code not in self.helped[situation]]


@cache
def demarche() -> Demarche:
    """Return the démarche shipped with Portrea."""
    raw = _read("demarche.yaml")
    return Demarche(
        version=raw["version"],
        source=raw["source"],
        tasks=tuple(Ready(t["stage"], t["title"], t["who"], t["days"]) for t in raw["tasks"]),
        agendas={
            name: tuple(Part(part["minutes"], part["what"]) for part in parts)
            for name, parts in raw["agendas"].items()
        },
        seats=tuple(ReadySeat(**seat) for seat in raw["seats"]),
    )


@cache
def vocabulary() -> Vocabulary:
    """Return what the ready questionnaires call communes, kinds and situations."""
    raw = _read("coverage.yaml")
    return Vocabulary(
        towns=tuple(raw["towns"]),
        kinds=tuple(raw["kinds"]),
        situations={
            question: {choice: tuple(told) for choice, told in choices.items()}
            for question, choices in raw["situations"].items()
        },
        structures=tuple(raw["structures"]),
        census=raw["census"],
        expected=tuple(raw["expected"]),
    )


def working_date(day: date, days: int) -> date:
    """Return the date some days away from a day, moved off weekends and public holidays.

    Before the day it goes back, after it goes on; the day itself stays where it is.
    """
    found = day + timedelta(days)
    step = timedelta(-1 if days < 0 else 1)
    while days and _off(found):
        found += step
    return found


def timetable(starts: time, minutes: Sequence[int]) -> list[time]:
    """Return when each part of an agenda begins, and when the last one ends."""
    at = datetime.combine(date.min, starts)
    found = [at]
    for one in minutes:
        found.append(found[-1] + timedelta(minutes=one))
    return [moment.time() for moment in found]


def town_of(told: str, known: Mapping[str, str]) -> str | None:
    """Return the code of the commune that a text names whole, or ``None``.

    Parameters
    ----------
    told
        Name or INSEE code, as people write it.
    known
        Code → name of the communes of the territory.
    """
    told = told.strip()
    if len(told) == CODE and told.upper() in known:
        return told.upper()
    return _named(tuple(known.items())).get(folded(told))


def folded(name: str) -> str:
    """Return a name without accents, case, hyphens, « Saint » short."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("œ", "oe"))
    words = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))
    return " ".join({"saint": "st", "sainte": "ste"}.get(word, word) for word in words)


def coverage(answers: Iterable[Answers], known: Mapping[str, str]) -> Coverage:
    """Count what answers cover in a territory whose communes are ``known`` (code → name)."""
    words = vocabulary()
    towns: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    helped: dict[str, set[str]] = {str(one): set() for one in Situation}
    strangers = 0
    for told in answers:
        code = town_of(_first(told, words.towns), known)
        towns.update([code] if code else [])
        strangers += not code and any(name in told for name in words.towns)
        kinds.update(filter(None, [_first(told, words.kinds)]))
        for situation in situations_of(told) if code else ():
            helped[situation].add(str(code))
    return Coverage(
        {code: towns[code] for code in known},
        strangers,
        dict(kinds),
        {name: frozenset(codes) for name, codes in helped.items()},
    )


def situations_of(told: Answers) -> set[str]:
    """Return the situations that an answer says to help with."""
    found: set[str] = set()
    for question, choices in vocabulary().situations.items():
        for choice in _text(told.get(question)).split():
            found.update(choices.get(choice, ()))
    return found


@lru_cache(maxsize=32)
def _named(known: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {folded(name): code for code, name in known if folded(name)}


def _first(told: Answers, names: Iterable[str]) -> str:
    return next((text for name in names if (text := _text(told.get(name)))), "")


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _off(day: date) -> bool:
    return day.weekday() >= SATURDAY or day in public_holidays(None, day.year)


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(
        files("portrea.surveys").joinpath(name).read_text("utf-8")
    )
    return found
