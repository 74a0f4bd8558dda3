"""Aids of communes and départements, as dated data, matched with what is known of a household.

They are written by those who give them (:mod:`portrea.rights.aids_reading`); an answer that is
missing never makes a « no », and an aid that nobody has read again for a year is never sure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from portrea.rights.answers import ALONE, WITHOUT, is_couple
from portrea.rights.hints import Saying
from portrea.rights.households import Housing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from portrea.rights.answers import Answers
    from portrea.rights.hints import Hint

LASTS = 365
"""Days after which an aid must be read again."""
MOST_ADULTS = 2


@dataclass(frozen=True, slots=True)
class Between:
    """From ``low`` to ``high``, both included."""

    low: float = 0
    high: float = inf

    def holds(self, value: float) -> bool:
        """Whether a value lies there."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class BySize:
    """Euros for 1, 2, 3… persons, then ``more`` for each other one; never falling."""

    values: tuple[float, ...]
    more: float = 0

    def at(self, size: float) -> float:
        """Return the euros for a number of persons, ``inf`` for any number of them."""
        last = len(self.values)
        if size <= last:
            return self.values[int(size) - 1]
        return self.values[-1] + (self.more * (size - last) if self.more else 0)


@dataclass(frozen=True, slots=True)
class Amount:
    """What is given, ``per`` month, year or once: a range, or by size of the household."""

    per: str
    low: float = 0
    high: float = 0
    by_size: BySize | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """All of them must hold; an absent one is not asked.

    ``ages`` are those of an adult; ``children`` must be ``count`` at least within their ages;
    ``ceiling`` bounds the net income of the household by month; one of ``rights`` is enough.
    """

    ages: Between | None = None
    size: Between | None = None
    children: Between | None = None
    count: int = 1
    housing: tuple[str, ...] = ()
    ceiling: BySize | None = None
    rights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Aid:
    """One aid. Texts are French; ``until`` is its last day, ``None`` when no end is known."""

    name: str
    label: str
    body: str
    since: date
    checked: date
    checked_by: str
    source: str
    source_date: date
    source_url: str = ""
    summary: str = ""
    until: date | None = None
    conditions: Conditions = field(default_factory=Conditions)
    amount: Amount | None = None
    papers: tuple[str, ...] = ()
    contact: str = ""
    url: str = ""

    def is_current(self, day: date) -> bool:
        """Whether it is given on a day."""
        return self.since <= day and (self.until is None or day <= self.until)

    def is_stale(self, day: date) -> bool:
        """Whether nobody has read it again for too long."""
        return (day - self.checked).days > LASTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a household; what is not told is left out.

    ``adults`` are ages (``None``: not told), none when nothing is; ``maybe_couple`` tells that
    there may be another adult. The net income of all by month lies from ``low`` to ``high``
    (``inf``: not known). ``rights`` are those already estimated.
    """

    adults: tuple[int | None, ...] = ()
    maybe_couple: bool = False
    children: tuple[int, ...] | None = None
    housing: Housing | None = None
    low: float = 0
    high: float = inf
    rights: Mapping[str, Saying] = field(default_factory=dict)

    @property
    def open_adults(self) -> bool:
        """Whether there may be an adult of whom nothing is told."""
        return not self.adults or (self.maybe_couple and len(self.adults) < MOST_ADULTS)

    @property
    def size(self) -> Between:
        """Persons: how many at least, and at most."""
        least = max(1, len(self.adults)) + len(self.children or ())
        if self.children is None:
            return Between(least, inf)
        most = MOST_ADULTS if self.open_adults else len(self.adults)
        return Between(least, most + len(self.children))


@dataclass(frozen=True, slots=True)
class LocalHint:
    """An aid, how sure it is, its amount (euros; ``high`` is ``inf`` when no bound is known).

    ``unsure`` names, in French, the conditions of which nothing sure is known.
    """

    aid: Aid
    saying: Saying
    low: float | None = None
    high: float | None = None
    stale: bool = False
    unsure: tuple[str, ...] = ()


def known_of(answers: Answers, hints: Iterable[Hint] = ()) -> Known:
    """Return what answers tell of a household; incomes are told without the benefits."""
    couple = is_couple(answers)
    ages: list[int | None] = list(answers.age or ())
    told = couple or answers.partner is not None or bool(ages)
    ages += [None] * ((1 + couple if told else 0) - len(ages))
    own = 0.0 if answers.situation == WITHOUT else answers.income
    alone = answers.partner in {ALONE, WITHOUT}
    other = 0.0 if alone else answers.partner_income
    low = (own or 0) + (other or 0)
    return Known(
        adults=tuple(ages),
        maybe_couple=not couple and answers.partner is None,
        children=answers.children,
        housing=Housing(answers.housing) if answers.housing else None,
        low=low,
        high=inf if own is None or other is None else low,
        rights={hint.right.name: hint.saying for hint in hints},
    )


def local_hint(aid: Aid, known: Known, *, day: date) -> LocalHint | None:
    """Return what may be said of an aid to a household; ``None`` when it is not given that day."""
    if not aid.is_current(day):
        return None
    told = dict(_checks(aid.conditions, known))
    stale = aid.is_stale(day)
    low, high = _amount(aid.amount, known.size)
    unsure = tuple(name for name, holds in told.items() if holds is None)
    return LocalHint(aid, _saying(list(told.values()), stale=stale), low, high, stale, unsure)


def _saying(told: list[bool | None], *, stale: bool) -> Saying:
    if False in told:
        return Saying.UNSURE if stale else Saying.NO
    return Saying.POSSIBLE if stale or None in told else Saying.PROBABLE


def _checks(asked: Conditions, known: Known) -> Iterator[tuple[str, bool | None]]:
    if asked.ages:
        yield "l’âge", _ages(asked.ages, known)
    if asked.size:
        yield "le nombre de personnes du foyer", _within(known.size, asked.size)
    if asked.children:
        yield "l’âge des enfants", _children(asked.children, asked.count, known)
    if asked.housing:
        told = None if known.housing is None else known.housing.value in asked.housing
        yield "le logement", told
    if asked.ceiling:
        yield "le revenu du foyer", _income(asked.ceiling, known)
    if asked.rights:
        yield "les autres droits", _rights(asked.rights, known)


def _ages(asked: Between, known: Known) -> bool | None:
    if any(age is not None and asked.holds(age) for age in known.adults):
        return True
    return None if known.open_adults or None in known.adults else False


def _within(told: Between, asked: Between) -> bool | None:
    if asked.holds(told.low) and asked.holds(told.high):
        return True
    return False if told.high < asked.low or told.low > asked.high else None


def _children(asked: Between, count: int, known: Known) -> bool | None:
    if known.children is None:
        return None
    return sum(asked.holds(age) for age in known.children) >= count


def _income(ceiling: BySize, known: Known) -> bool | None:
    if known.high <= ceiling.at(known.size.low):
        return True
    return False if known.low > ceiling.at(known.size.high) else None


def _rights(asked: tuple[str, ...], known: Known) -> bool | None:
    told = [known.rights.get(name) for name in asked]
    if Saying.PROBABLE in told:
        return True
    return False if all(one is Saying.NO for one in told) else None


def _amount(amount: Amount | None, size: Between) -> tuple[float | None, float | None]:
    if amount is None:
        return None, None
    if amount.by_size is None:
        return amount.low, amount.high
    return amount.by_size.at(size.low), amount.by_size.at(size.high)
