"""The dates of one person for the months to come, from her rights and the rules of each.

Nothing is kept and nothing identifies: rights and dates come in, steps go out.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from portrea.action.deadline_rules import Before, Pace, Rule
from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Held:
    """A right that somebody holds, by the name of its rule.

    ``anchor`` is what the rule counts from: a day of the month the right began, the day it ends,
    the day of the first request.
    """

    rule: str
    anchor: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do: from ``opens`` to ``closes``; the right itself ends on ``ends``.

    ``supposed``: the rule says the month, not the day. ``late``: the last day has passed, and the
    right still runs. ``covers``: the months declared, « 2026-09 ».
    """

    rule: Rule
    opens: date | None
    closes: date | None
    ends: date | None = None
    supposed: bool = False
    late: bool = False
    covers: tuple[str, ...] = ()

    @property
    def day(self) -> date:
        """The day by which it is placed: the last to do it, else the first."""
        found = self.closes or self.opens
        if found is None:
            raise ParameterError(f"La règle « {self.rule.name} » ne donne aucune date.")
        return found


@dataclass(frozen=True, slots=True)
class Calendar:
    """The steps of some months, in order, and the rules for which there is nothing to do."""

    steps: tuple[Step, ...]
    nothing_to_do: tuple[Rule, ...]


def calendar_of(
    held: Sequence[Held], rules: Mapping[str, Rule], *, day: date, months: int = 12
) -> Calendar:
    """Return what somebody must do in the ``months`` that begin on ``day``.

    A step is told when its last day (else its first) falls in that time, or when it is late and
    the right still runs.

    Raises
    ------
    ParameterError
        A right has no rule, or its date is missing or cannot be.
    """
    end = months_after(day, months)
    steps: list[Step] = []
    for one in held:
        rule = rules.get(one.rule)
        if rule is None:
            known = ", ".join(sorted(rules))
            raise ParameterError(
                f"Aucune règle « {one.rule} » n’est connue.", remedy=f"Choisissez parmi : {known}."
            )
        steps += [step for step in _steps(rule, one.anchor, day, end) if _told(step, day, end)]
    steps.sort(key=lambda step: (step.day, step.opens or step.day, step.rule.name))
    quiet = (rules[one.rule] for one in held)
    return Calendar(tuple(steps), tuple(rule for rule in quiet if rule.pace is Pace.AUTOMATIC))


def months_after(day: date, months: int) -> date:
    """Return the same day some months later (negative: before), the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _told(step: Step, day: date, end: date) -> bool:
    return day <= step.day < end or step.late


def _steps(rule: Rule, anchor: date | None, day: date, end: date) -> Iterator[Step]:
    if rule.pace.asks_a_date and anchor is None:
        raise ParameterError(f"« {rule.right} » : il manque une date.", remedy=ANCHORS[rule.pace])
    if rule.pace is Pace.MONTHLY:
        yield from _monthly(rule, day, end)
    elif rule.pace is Pace.YEARLY:
        yield from _yearly(rule, day, end)
    elif anchor is not None:
        yield from _ANCHORED[rule.pace](rule, anchor, day, end)


ANCHORS = {
    Pace.CYCLE: "Donnez un jour du mois où le droit a commencé.",
    Pace.BEFORE_END: "Donnez le jour où le droit finit : il est écrit sur la notification.",
    Pace.ANNIVERSARY: "Donnez le jour de la première demande.",
}
"""What to ask for, in French."""


def _cycle(rule: Rule, anchor: date, day: date, end: date) -> Iterator[Step]:
    first = anchor.replace(day=1)
    gone = max(0, (day.year - first.year) * 12 + day.month - first.month)
    rank = max(1, gone // rule.every)
    while (opens := months_after(first, rank * rule.every)) < end:
        last = months_after(opens, 1) - timedelta(days=1)
        covers = tuple(months_after(opens, shift).strftime("%Y-%m") for shift in rule.covers)
        yield Step(rule, opens, last, supposed=rule.supposed, covers=covers)
        rank += 1


def _monthly(rule: Rule, day: date, end: date) -> Iterator[Step]:
    month = months_after(day.replace(day=1), -1)
    while month < end:
        told = rule.opens_february if month.month == 2 and rule.opens_february else rule.opens
        following = months_after(month, 1)
        opens, closes = _day_of(month, told), _day_of(following, rule.closes)
        yield Step(rule, opens, closes, supposed=rule.supposed, covers=(month.strftime("%Y-%m"),))
        month = following


def _before_end(rule: Rule, anchor: date, day: date, _end: date) -> Iterator[Step]:
    opens, closes = _before(anchor, rule.opens), _before(anchor, rule.closes)
    late = closes is not None and closes < day <= anchor
    yield Step(rule, opens, closes, ends=anchor, supposed=rule.supposed, late=late)


def _anniversary(rule: Rule, anchor: date, day: date, end: date) -> Iterator[Step]:
    for years in range(max(1, day.year - anchor.year), end.year - anchor.year + 1):
        again = months_after(anchor, 12 * years)
        opens, closes = _before(again, rule.opens), _before(again, rule.closes)
        yield Step(rule, opens, closes, supposed=rule.supposed)


def _yearly(rule: Rule, day: date, end: date) -> Iterator[Step]:
    known = {year: (first, last) for year, first, last in rule.dates}
    for year in range(day.year, end.year + 1):
        first, last = known.get(year, (date(year, rule.opens_month, 1), None))
        yield Step(rule, first, last, supposed=last is None)


_ANCHORED = {
    Pace.CYCLE: _cycle,
    Pace.BEFORE_END: _before_end,
    Pace.ANNIVERSARY: _anniversary,
    Pace.AUTOMATIC: lambda *_told: iter(()),
}


def time_before(day: date, told: Before) -> date:
    """Return the day that lies some months and days before another."""
    return months_after(day, -told.months) - timedelta(days=told.days)


def _before(day: date, told: Before | int | None) -> date | None:
    return time_before(day, told) if isinstance(told, Before) else None


def _day_of(month: date, told: Before | int | None) -> date:
    """Return a day of a month, its last one when it is shorter."""
    wanted = told if isinstance(told, int) else 1
    return month.replace(day=min(wanted, monthrange(month.year, month.month)[1]))
