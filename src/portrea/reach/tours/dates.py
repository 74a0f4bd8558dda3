"""The dates a rhythm allows within the weeks asked: every pattern of visits a stop may have."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise, product
from typing import TYPE_CHECKING

from portrea.reach.tours.stops import DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from portrea.reach.tours.rhythm import Rhythm
    from portrea.reach.tours.stops import Crew, Stop, TourRequest

    Allowed = Callable[[date], bool]

MOST_CHOICES = 400
"""Patterns kept of one stop: two months of twenty days each are four hundred."""


@dataclass(frozen=True, slots=True, order=True)
class Pattern:
    """Dates of visits that go together, and the dates the rhythm wanted that are closed."""

    dates: tuple[date, ...]
    missed: tuple[date, ...] = ()


def patterns(stop: Stop, crew: Crew, request: TourRequest) -> tuple[Pattern, ...]:
    """Return the patterns of a stop with a crew, in the order of weekdays and dates.

    A date is allowed when the crew works, the place is open that weekday and neither is closed.
    Patterns without any allowed date are left out.
    """
    shut = crew.closed | stop.shut

    def usual(day: date) -> bool:
        open_then = stop.hours is None or bool(stop.hours[day.weekday()])
        return bool(crew.hours[day.weekday()]) and open_then

    found = (
        Pattern(
            tuple(day for day in wanted if day not in shut and usual(day)),
            tuple(day for day in wanted if day in shut or not usual(day)),
        )
        for wanted in wanted_dates(stop, request, usual, shut)
    )
    return tuple(dict.fromkeys(p for p in found if p.dates))[:MOST_CHOICES]


def wanted_dates(
    stop: Stop, request: TourRequest, usual: Allowed, shut: frozenset[date]
) -> Iterator[tuple[date, ...]]:
    """Yield the sets of dates the rhythm would have, weekdays being the ``usual`` ones.

    Weekly rhythms keep the days that are ``shut`` (they are told as missed); a choice among the
    days of a month or of the whole period leaves them out.
    """
    rhythm = stop.rhythm
    if rhythm.kind == "weekly":
        yield from _weekly(stop, request, usual)
    elif rhythm.kind == "monthly":
        yield from _monthly(stop, request, lambda day: usual(day) and day not in shut)
    elif rhythm.kind == "dates":
        days = tuple(day for day in rhythm.dates if request.start <= day <= request.end)
        if days:
            yield days
    else:
        for day in request.days:
            if usual(day) and day not in shut:
                yield (day,)


def is_due(stop: Stop, request: TourRequest) -> bool:
    """Whether the rhythm wants any visit in these weeks, whatever the days of work."""
    return next(wanted_dates(stop, request, lambda _: True, frozenset()), None) is not None


def next_due(stop: Stop, request: TourRequest) -> tuple[date, date] | None:
    """Return the first and last day of the next visit of a monthly rhythm after these weeks."""
    rhythm = stop.rhythm
    if rhythm.kind != "monthly":
        return None
    year, month = request.start.year, request.start.month
    for ahead in range(13 * 12):
        first, last = _window(rhythm, *_month_after(year, month, ahead))
        due = _in_turn(rhythm, first, stop.last_visit)
        if due and first > request.end:
            return first, last
    return None


# -- weeks ----------------------------------------------------------------------------------------


def _weekly(stop: Stop, request: TourRequest, usual: Allowed) -> Iterator[tuple[date, ...]]:
    """Yield the days of each choice of weekdays, week after week, by rank of the first week."""
    rhythm = stop.rhythm
    week = sorted((day for day in request.days[:7] if usual(day)), key=date.weekday)
    told = rhythm.parity is not None or stop.last_visit is not None
    for days in _spaced(week, rhythm.times):
        for phase in range(1 if told else rhythm.every):
            dates = (day + 7 * rank * DAY for rank in range(request.weeks) for day in days)
            wanted = tuple(
                sorted(
                    day
                    for rank, day in enumerate(dates)
                    if _in_rhythm(stop, day, rank // len(days) - phase)
                )
            )
            if wanted:
                yield wanted


def _in_rhythm(stop: Stop, day: date, rank: int) -> bool:
    """Whether a day is in a week of the rhythm: by its parity, its last visit, else its rank."""
    rhythm = stop.rhythm
    if rhythm.parity is not None:
        return day.isocalendar().week % 2 == rhythm.parity
    if stop.last_visit is None:
        return rank % rhythm.every == 0
    gap = (day - day.weekday() * DAY) - (stop.last_visit - stop.last_visit.weekday() * DAY)
    return gap.days // 7 % rhythm.every == 0


def _spaced(week: Sequence[date], times: int) -> list[tuple[date, ...]]:
    """Choices of ``times`` days of a week, never two running when that can be."""
    every = list(combinations(week, times))
    apart = [
        days for days in every if all(b.weekday() - a.weekday() > 1 for a, b in pairwise(days))
    ]
    return apart or every


# -- months ---------------------------------------------------------------------------------------


def _monthly(stop: Stop, request: TourRequest, allowed: Allowed) -> Iterator[tuple[date, ...]]:
    rhythm = stop.rhythm
    if rhythm.weekday is not None:
        days = tuple(day for day in request.days if _is_ranked(day, rhythm))
        if days:
            yield days
        return
    choices = []
    for first, last in _due_windows(stop, request):
        inside = [day for day in request.days if first <= day <= last and allowed(day)]
        choices.append(inside)
    if choices and all(choices):
        yield from product(*choices)


def _is_ranked(day: date, rhythm: Rhythm) -> bool:
    return day.weekday() == rhythm.weekday and (day.day - 1) // 7 + 1 in rhythm.ranks


def _due_windows(stop: Stop, request: TourRequest) -> list[tuple[date, date]]:
    """Windows of the months due that lie, for more than half of their days, in these weeks.

    Without days of the month told, the month most covered counts when none is covered by half; a
    rhythm of several months that tells no last visit begins at the first window met.
    """
    rhythm = stop.rhythm
    year, month = request.start.year, request.start.month
    span = request.weeks // 4 + 2
    met = []
    for ahead in range(span):
        first, last = _window(rhythm, *_month_after(year, month, ahead))
        inside = (min(last, request.end) - max(first, request.start)).days + 1
        if inside > 0 and _in_turn(rhythm, first, stop.last_visit):
            met.append((inside / ((last - first).days + 1), first, last))
    due = [(first, last) for share, first, last in met if share > 0.5]
    if not due and met and rhythm.first_day is None:
        due = [max(met)[1:]]
    if stop.last_visit is None and due:
        start = due[0][0]
        due = [w for w in due if _months(start, w[0]) % rhythm.every == 0]
    return due


def _window(rhythm: Rhythm, year: int, month: int) -> tuple[date, date]:
    longest = monthrange(year, month)[1]
    first = min(rhythm.first_day or 1, longest)
    return date(year, month, first), date(year, month, min(rhythm.last_day or longest, longest))


def _in_turn(rhythm: Rhythm, first: date, last_visit: date | None) -> bool:
    if last_visit is None:
        return True
    gap = _months(last_visit, first)
    return gap > 0 and gap % rhythm.every == 0


def _months(before: date, after: date) -> int:
    return 12 * (after.year - before.year) + after.month - before.month


def _month_after(year: int, month: int, ahead: int) -> tuple[int, int]:
    rank = year * 12 + month - 1 + ahead
    return rank // 12, rank % 12 + 1
