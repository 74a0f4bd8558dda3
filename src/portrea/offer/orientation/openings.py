"""When doors open next, many at once: ordinary weeks in minutes, and what is not, day by day.

A plain week (« Mo-Fr 09:00-12:00; PH off ») is kept as minutes since Monday, with the public
holidays of its département; closures, fortnights, single dates, school holidays are told day by day
by :mod:`portrea.offer.calendar` for the days ahead, once a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from portrea.offer.calendar import CLOSING, openings
from portrea.offer.searching.tags import settings
from portrea.vocab.days_off import public_holidays
from portrea.vocab.hours import MIDNIGHT, is_valid, week_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from portrea.offer.calendar import Opening, Timing

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

HORIZON = 60
NEVER = np.iinfo(np.int64).max
DAYS = 7
UNSURE, TIMELESS = 1, 2
"""Marks of an opening: its rhythm is not known; its day is told, not its hour."""


@dataclass(frozen=True, slots=True)
class Following:
    """The next usable opening of each door asked, in minutes since midnight of the day it is.

    ``start`` is :data:`NEVER` when there is none; ``timeless`` when the day is told, not the hour.
    """

    start: Ints
    sure: Flags
    timeless: Flags


@dataclass(frozen=True, slots=True)
class Window:
    """The openings wanted: in the evening, on Saturdays, either when both are said, or any."""

    evening: bool = False
    saturday: bool = False


class Openings:
    """Timings of doors, by row."""

    def __init__(self, timings: Sequence[Timing]) -> None:
        """Sort timings: plain weeks, others, and those that tell nothing."""
        told = [_told(timing) for timing in timings]
        weeks = [week_of(t.hours) if known and _plain(t) else None
                 for t, known in zip(timings, told, strict=True)]  # fmt: skip
        self.known: Flags = np.array(told, dtype=bool)
        self._weekly = _Spans.of([_spans(week) for week in weeks])
        self._closing = np.array([_closes(timing) for timing in timings], dtype=bool)
        names = sorted({timing.departement or "" for timing in timings})
        rank = {name: at for at, name in enumerate(names)}
        self._departements = names
        self._departement = np.array([rank[t.departement or ""] for t in timings], dtype=np.int64)
        self._others = [
            (row, timing) for row, timing in enumerate(timings) if told[row] and weeks[row] is None
        ]
        self.size = len(timings)

    def on(self, day: date) -> DayOpenings:
        """Return what is needed to answer on a day."""
        days = [day + timedelta(days=ahead) for ahead in range(HORIZON + 1)]
        holidays = np.array(
            [[d in public_holidays(name or None, d.year) for d in days]
             for name in self._departements], dtype=bool,
        ).reshape(len(self._departements), len(days))  # fmt: skip
        soon: list[list[tuple[int, int, int]]] = [[] for _ in range(self.size)]
        later: list[list[tuple[int, int, int]]] = [[] for _ in range(self.size)]
        for row, timing in self._others:
            told = _dated(openings(timing, start=day, end=days[-1]) or (), day)
            soon[row] = [span for span in told if span[0] < DAYS * MIDNIGHT]
            later[row] = told[len(soon[row]) :]
        made = DayOpenings(self, day, holidays, _Spans.of(soon), _Spans.of(later))
        none = np.zeros(0, dtype=np.int64)
        for evening, saturday in ((True, False), (False, True), (True, True)):
            made.any_in(none, Window(evening, saturday))
        return made


@dataclass(frozen=True, slots=True)
class _Spans:
    """Spans of rows, one after the other: those of row ``r`` are ``first[r]`` to ``first[r+1]``."""

    first: Ints
    start: Ints
    end: Ints
    told: Ints

    @classmethod
    def of(cls, rows: Sequence[Sequence[tuple[int, int, int]]]) -> _Spans:
        first = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum([len(spans) for spans in rows], out=first[1:])
        flat = np.array([span for spans in rows for span in spans], dtype=np.int64).reshape(-1, 3)
        return cls(first, flat[:, 0].copy(), flat[:, 1].copy(), flat[:, 2].copy())

    def among(self, rows: Ints) -> tuple[Ints, Ints]:
        """Return, for the spans of some rows, whose they are (rank in ``rows``) and their place."""
        count = self.first[rows + 1] - self.first[rows]
        whose = np.repeat(np.arange(rows.size), count)
        ends = np.cumsum(count)
        ramp = np.arange(ends[-1] if ends.size else 0) - np.repeat(ends - count, count)
        return whose, np.repeat(self.first[rows], count) + ramp


class DayOpenings:
    """Openings seen from one day."""

    def __init__(
        self, held: Openings, day: date, holidays: Flags, soon: _Spans, later: _Spans
    ) -> None:
        self.day = day
        self._held = held
        self._holidays = holidays
        self._soon, self._later = soon, later
        self._any: dict[Window, Flags] = {}

    def after(self, rows: Ints, arrival: Ints, *, left: int, window: Window) -> Following:
        """Return the first opening of doors that lasts ``left`` minutes after an arrival.

        ``arrival`` is in minutes since midnight of the day, door by door.
        """
        weekly = self._weekly_after(rows, arrival, left, window)
        dated, sure, timeless = self._dated_after(rows, arrival, left, window)
        chosen = dated < weekly
        return Following(np.minimum(weekly, dated), ~chosen | sure, chosen & timeless)

    def _weekly_after(self, rows: Ints, arrival: Ints, left: int, window: Window) -> Ints:
        held = self._held
        best = np.full(rows.size, NEVER, dtype=np.int64)
        whose, at = held._weekly.among(rows)
        start, end = held._weekly.start[at], held._weekly.end[at]
        ahead = (start // MIDNIGHT - self.day.weekday()) % DAYS
        base = ahead * MIDNIGHT - start // MIDNIGHT * MIDNIGHT
        start, end, kept = _in_window(start + base, end + base, start // MIDNIGHT, window)
        whose, start, end, ahead = whose[kept], start[kept], end[kept], ahead[kept]
        closing = held._closing[rows[whose]]
        where = held._departement[rows[whose]]
        for week in range(HORIZON // DAYS + 1):
            day, shift = ahead + week * DAYS, week * DAYS * MIDNIGHT
            usable = day <= HORIZON
            usable &= end + shift - np.maximum(start + shift, arrival[whose]) >= left
            usable &= ~(closing & self._holidays[where, np.minimum(day, HORIZON)])
            _earliest(best, whose, np.where(usable, start + shift, NEVER))
            missing = best[whose] == NEVER
            if not missing.any():
                break
            if not missing.all():
                whose, start, end, ahead = (a[missing] for a in (whose, start, end, ahead))
                closing, where = closing[missing], where[missing]
        return best

    def _dated_after(
        self, rows: Ints, arrival: Ints, left: int, window: Window
    ) -> tuple[Ints, Flags, Flags]:
        """Look at the days of a week first, at the others for the doors that need them."""
        best = np.full(rows.size, NEVER, dtype=np.int64)
        sure, timeless = np.ones(rows.size, dtype=bool), np.zeros(rows.size, dtype=bool)
        for spans in (self._soon, self._later):
            missing = np.flatnonzero(best == NEVER)
            of, at = spans.among(rows[missing])
            whose = missing[of]
            start, end, told = spans.start[at], spans.end[at], spans.told[at]
            weekday = (start // MIDNIGHT + self.day.weekday()) % DAYS
            start, end, kept = _in_window(start, end, weekday, window)
            if window.evening:
                kept &= told & TIMELESS == 0
            kept &= end - np.maximum(start, arrival[whose]) >= left
            _earliest(best, whose, np.where(kept, start, NEVER))
            chosen = kept & (start == best[whose])
            sure[whose[chosen & (told & UNSURE > 0)]] = False
            timeless[whose[chosen & (told & TIMELESS > 0)]] = True
        return best, sure, timeless

    def any_in(self, rows: Ints, window: Window) -> Flags:
        """Tell the doors that open at all in a window, in the days ahead; worked out once a day."""
        if window not in self._any:
            every = np.arange(self._held.size)
            none = np.zeros(every.size, dtype=np.int64)
            self._any[window] = self.after(every, none, left=1, window=window).start < NEVER
        return self._any[window][rows]


def _earliest(best: Ints, whose: Ints, start: Ints) -> None:
    """Keep the earliest start of each owner; owners come one after the other."""
    if not whose.size:
        return
    edges = np.flatnonzero(np.diff(whose, prepend=-1))
    owners = whose[edges]
    best[owners] = np.minimum(best[owners], np.minimum.reduceat(start, edges))


def _in_window(start: Ints, end: Ints, weekday: Ints, window: Window) -> tuple[Ints, Ints, Flags]:
    """Cut openings to the window, and tell those that are left; both are « one or the other »."""
    kept = np.ones(start.size, dtype=bool)
    rule = settings()["moments"]
    on_saturday = (weekday == rule["saturday"]) & window.saturday
    if window.evening:
        evening = start // MIDNIGHT * MIDNIGHT + rule["evening_from"]
        start = np.where(on_saturday, start, np.maximum(start, evening))
        kept = on_saturday | (end - start >= rule["at_least"])
    elif window.saturday:
        kept = on_saturday
    return start, end, kept


# -- timings --------------------------------------------------------------------------------------


def _told(timing: Timing) -> bool:
    return bool(timing.dates) or bool(timing.hours and is_valid(timing.hours))


def _plain(timing: Timing) -> bool:
    """Whether the week alone tells the openings, public holidays aside."""
    special = timing.dates or timing.closures or timing.until or (timing.every_weeks or 1) > 1
    return not special and '"' not in (timing.hours or "")


def _closes(timing: Timing) -> bool:
    return (timing.hours or "").rstrip().endswith(CLOSING)


def _dated(told: Sequence[Opening], day: date) -> list[tuple[int, int, int]]:
    """Return openings in minutes since midnight of a day, those past midnight in one piece."""
    found = []
    for rank, one in enumerate(told):
        base = (one.day - day).days * MIDNIGHT
        last = base + (MIDNIGHT if one.end is None else one.end)
        after = told[rank + 1] if rank + 1 < len(told) else None
        goes_on = after is not None and after.start == 0 and one.end == MIDNIGHT
        if goes_on and after is not None and after.day - one.day == timedelta(days=1):
            last += after.end or 0
        marks = UNSURE * (not one.sure) + TIMELESS * (one.start is None)
        found.append((base + (one.start or 0), last, marks))
    return found


def _spans(week: Any) -> list[tuple[int, int, int]]:
    """Return the spans of a week in minutes since Monday, those past midnight in one piece."""
    found = []
    for day, spans in enumerate(week or ()):
        for start, end in spans:
            after = week[(day + 1) % DAYS]
            goes_on = end == MIDNIGHT and after and after[0][0] == 0
            last = end + (after[0][1] if goes_on else 0)
            found.append((day * MIDNIGHT + start, day * MIDNIGHT + last, 0))
    return found
