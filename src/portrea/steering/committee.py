"""The comité de pilotage: what enters its agenda, what became of its actions, when it meets again.

A point enters because a fact moved since the last meeting, beyond a threshold that is data
(``params/committee.yaml``). Without a former value nothing is said to have moved.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from portrea.base.estimates import NARROW_SPACE
from portrea.steering.display import parameters
from portrea.steering.wording import long_date, mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MONTHS = 12
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Fact:
    """Something measured on a day, as it was shown.

    ``about`` is the family that rules read. ``value``, ``low`` and ``high`` are rounded as shown,
    in the unit of the measure; ``None``: not available. ``members`` are the names of a list.
    """

    key: str
    about: str
    label: str
    text: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    members: tuple[str, ...] | None = None
    day: str = ""
    source: str = ""

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The interval, a single point when the count is exact."""
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        return None if low is None or high is None else (low, high)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Fact:
        """Read a fact kept as JSON."""
        members = kept.get("members")
        return cls(**{**kept, "members": None if members is None else tuple(members)})


@dataclass(frozen=True, slots=True)
class Rule:
    """When a fact enters the agenda (kinds are told in ``params/committee.yaml``)."""

    id: str
    about: str
    kind: str
    least: float
    title: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the agenda: its title, why it is there, the page that shows it."""

    rule: str
    title: str
    why: str
    page: str = ""


class State(StrEnum):
    """Where an action stands."""

    WAITING = "a_faire"
    DOING = "en_cours"
    DONE = "faite"
    DROPPED = "abandonnee"


OPEN = (State.WAITING, State.DOING)


@dataclass(frozen=True, slots=True)
class Commitment:
    """An action of the comité: when it is due (``None``: no date), where it stands."""

    key: str
    due: date | None
    state: State


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules of the agenda, in the order of a meeting."""
    return tuple(Rule(id=name, **card) for name, card in parameters("committee")["rules"].items())


def usual_meetings() -> int:
    """Return how many times a year a comité meets unless it says otherwise."""
    return int(parameters("committee")["each_year"]["value"])


# -- agenda ---------------------------------------------------------------------------------------


def agenda(
    former: Mapping[str, Fact] | None, now: Mapping[str, Fact], *, where: str
) -> tuple[Point, ...]:
    """Return the points that facts call for.

    Parameters
    ----------
    former
        Facts of the last meeting held, by key; ``None`` when there was none.
    now
        Facts of today, by key.
    where
        The territory as addresses write it: ``epci/243500618``.
    """
    first = () if former is not None else (_first(where),)
    known = former or {}
    found = (_point(rule, known, now, where) for rule in rules())
    return (*first, *(point for point in found if point is not None))


def _first(where: str) -> Point:
    card = parameters("committee")["first"]
    return Point("first", card["title"], mark(card["why"]), card["page"].format(where=where))


def _point(
    rule: Rule, former: Mapping[str, Fact], now: Mapping[str, Fact], where: str
) -> Point | None:
    told = [
        said
        for key, fact in now.items()
        if fact.about == rule.about and (said := moved(rule, former.get(key), fact)) is not None
    ]
    if not told:
        return None
    return Point(rule.id, rule.title, mark(". ".join(told)) + ".", rule.page.format(where=where))


def moved(rule: Rule, former: Fact | None, now: Fact) -> str | None:
    """Say how a fact calls for a point, ``None`` when it does not."""
    if rule.kind in ("since", "stock"):
        enough = now.value is not None and now.value >= rule.least > 0
        return f"{now.label} : {now.text}, le {long_date(now.day)}" if enough else None
    said = None if former is None else _MOVES[rule.kind](rule, former, now)
    if said is None or former is None:
        return None
    if rule.kind == "members":
        return f"{now.label}, depuis le {long_date(former.day)} : {said}"
    before, after = (f"{one.text} le {long_date(one.day)}" for one in (former, now))
    return f"{now.label} : {before}, {after} ; {said}"


def _apart(_rule: Rule, former: Fact, now: Fact) -> str | None:
    found = side(former, now)
    return None if not found else f"la fourchette d’aujourd’hui est {found} de celle d’avant"


def _change(rule: Rule, former: Fact, now: Fact) -> str | None:
    if former.value is None or now.value is None:
        return None
    gap = now.value - former.value
    if abs(gap) < rule.least:
        return None
    return f"{plain(abs(gap))} {'de plus' if gap > 0 else 'de moins'}"


def _members(rule: Rule, former: Fact, now: Fact) -> str | None:
    if former.members is None or now.members is None:
        return None
    if len(set(now.members) ^ set(former.members)) < rule.least:
        return None
    return entered_and_left(former.members, now.members)


def entered_and_left(former: Sequence[str], now: Sequence[str]) -> str:
    """Say which names entered a list and which left it; empty when it is the same."""
    entered = [one for one in now if one not in former]
    left = [one for one in former if one not in now]
    parts = ((("entre", "entrent"), entered), (("sort", "sortent"), left))
    return " ; ".join(
        f"{verb[len(names) > 1]} : {', '.join(names)}" for verb, names in parts if names
    )


_MOVES = {"apart": _apart, "change": _change, "members": _members}


def side(former: Fact, now: Fact) -> str:
    """Say on which side of a former interval a new one lies whole; empty when they meet."""
    before, after = former.bounds, now.bounds
    if before is None or after is None:
        return ""
    if after[0] > before[1]:
        return "au-dessus"
    return "au-dessous" if after[1] < before[0] else ""


def plain(number: float) -> str:
    """Write a number short, the French way: « 2,5 », « 12 000 »."""
    text = f"{number:,.1f}".removesuffix(".0")
    return text.replace(",", NARROW_SPACE).replace(".", ",")


# -- follow-up ------------------------------------------------------------------------------------


def became(then: Fact, now: Fact | None) -> str:
    """Say what an indicator became since the decision, without concluding from intervals that meet.

    Both values are in the sentence, each with its day.
    """
    before = f"{then.text} le {long_date(then.day)}"
    if now is not None and now.members is not None and then.members is not None:
        verdict = entered_and_left(then.members, now.members) or "la même liste"
        return mark(f"{then.label} : {before}, {now.text} le {long_date(now.day)} ; {verdict}.")
    if now is None or now.bounds is None or then.bounds is None:
        return mark(f"{then.label} : {before} ; valeur d’aujourd’hui inconnue.")
    found = side(then, now)
    if found:
        verdict = (
            "plus haut qu’à la décision" if found == "au-dessus" else "plus bas qu’à la décision"
        )
    elif then.bounds == now.bounds and then.bounds[0] == then.bounds[1]:
        verdict = "pareil qu’à la décision"
    else:
        verdict = "rien ne permet de dire que cela a changé"
    return mark(f"{then.label} : {before}, {now.text} le {long_date(now.day)} ; {verdict}.")


def is_late(one: Commitment, *, on: date) -> bool:
    """Tell whether an action still open was due before a day."""
    return one.state in OPEN and one.due is not None and one.due < on


def followed(actions: Iterable[Commitment], *, on: date) -> list[Commitment]:
    """Return the open actions as a meeting follows them: the oldest due first, then undated."""
    still = [one for one in actions if one.state in OPEN]
    return sorted(still, key=lambda one: (one.due is None, one.due or on, one.key))


def next_day(after: date, each_year: int) -> date:
    """Return when a comité meets again: never at a week-end.

    Notes
    -----
    ``12 / each_year`` months later, at the end of the month when it is shorter, then the Monday
    that follows a Saturday or a Sunday.
    """
    month = after.month - 1 + MONTHS // each_year
    year, rank = after.year + month // MONTHS, month % MONTHS + 1
    day = date(year, rank, min(after.day, calendar.monthrange(year, rank)[1]))
    late = day.weekday() - SATURDAY
    return day + timedelta(days=2 - late) if late >= 0 else day
