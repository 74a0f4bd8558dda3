"""When doors open next, many at once: ordinary weeks in minutes, and what is not, day by day.

A plain week (« Mo-Fr 09:00-12:00; PH off ») is kept as minutes since Monday, with the public
holidays of its département; closures, fortnights, single dates, school holidays are told day by day
by :mod:`portrea.offer.calendar` for the days ahead, once a day.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from portrea.offer.calendar import CLOSING, Timing, openings
from portrea.offer.record import Closure
from portrea.offer.searching.tags import settings
from portrea.vocab.days_off import public_holidays
from portrea.vocab.hours import MIDNIGHT, is_valid, week_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from portrea.offer.calendar import Opening

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


TIMINGS: dict[str, Any] = {
    "known": pl.Boolean,
    "closing": pl.Boolean,
    "departement": pl.String,
    "until": pl.Date,
    "week": pl.String,
    "special": pl.String,
}
"""What is kept of a timing. ``week`` is the minutes since Monday of a plain week, ``special`` the
whole timing of what is told day by day; both are null when hours are unknown."""


def timing_columns(
    timing: Timing,
) -> tuple[bool, bool, str | None, date | None, str | None, str | None]:
    """Return a timing as a row of :data:`TIMINGS`."""
    known = _told(timing)
    week = _week(timing.hours) if known and _plain(timing) else None
    return (
        known,
        _closes(timing),
        timing.departement,
        timing.until,
        week,
        _written(timing) if known and week is None else None,
    )


def dated(special: str, day: date) -> NDArray[np.int32]:
    """Return the openings of a timing in the days ahead: start, end (minutes of the day), marks."""
    told = openings(_timing_of(special), start=day, end=day + timedelta(days=HORIZON)) or ()
    return np.array(_dated(told, day), dtype=np.int32).reshape(-1, 3)


class Openings:
    """Timings of doors, by row: ranks of distinct weeks and of distinct special timings."""

    def __init__(self, timings: Sequence[Timing] | pl.DataFrame) -> None:
        """Sort timings: plain weeks, others, and those that tell nothing."""
        frame = timings if isinstance(timings, pl.DataFrame) else _frame(timings)
        self.size = frame.height
        self.known: Flags = frame["known"].to_numpy()
        self.special, self._special = distinct(frame["special"])
        self._departements, self._departement = distinct(frame["departement"])
        weeks, self._week = distinct(frame["week"])
        self._weekly = _Spans.of_weeks(weeks)
        self._closing: Flags = frame["closing"].to_numpy()

    def on(self, day: date, known: dict[str, NDArray[np.int32]] | None = None) -> DayOpenings:
        """Return what is needed to answer on a day.

        ``known`` are special timings already worked out for that day; the others are added to it.
        """
        held = {} if known is None else known
        for special in self.special:
            if special not in held:
                held[special] = dated(special, day)
        spans = _Spans.of([np.zeros((0, 3), dtype=np.int32), *(held[s] for s in self.special)])
        return DayOpenings(self, day, self._holidays(day), spans)

    def _holidays(self, day: date) -> Flags:
        """Return the public holidays of the days ahead, by rank of département (0: unknown)."""
        days = [day + timedelta(days=ahead) for ahead in range(HORIZON + 1)]
        found = np.zeros((len(self._departements) + 1, len(days)), dtype=bool)
        for rank, name in enumerate((None, *self._departements)):
            off = {d for year in {days[0].year, days[-1].year} for d in public_holidays(name, year)}
            found[rank] = [one in off for one in days]
        return found


@dataclass(frozen=True, slots=True)
class _Spans:
    """Spans of rows, one after the other: those of row ``r`` are ``first[r]`` to ``first[r+1]``."""

    first: Ints
    start: Ints
    end: Ints
    told: Ints

    @classmethod
    def of(cls, parts: Sequence[NDArray[np.int32]]) -> _Spans:
        first = np.zeros(len(parts) + 1, dtype=np.int64)
        np.cumsum([len(part) for part in parts], out=first[1:])
        flat = np.concatenate(parts).astype(np.int64)
        return cls(first, *(np.ascontiguousarray(column) for column in flat.T))

    @classmethod
    def of_weeks(cls, weeks: Sequence[str]) -> _Spans:
        """Read weeks as :func:`_week` writes them; row 0 is no week at all."""
        first = np.zeros(len(weeks) + 2, dtype=np.int64)
        np.cumsum([(week.count(" ") + 1) // 2 if week else 0 for week in weeks], out=first[2:])
        told = np.array(" ".join(weeks).split(), dtype=np.int64).reshape(-1, 2)
        return cls(first, told[:, 0].copy(), told[:, 1].copy(), np.zeros(len(told), np.int64))

    def where(self, kept: Flags) -> _Spans:
        """Return some of the spans, of the same rows."""
        before = np.concatenate(([0], np.cumsum(kept)))
        return _Spans(before[self.first], self.start[kept], self.end[kept], self.told[kept])

    def any_of(self, kept: Flags) -> Flags:
        """Tell the rows of which one span at least is kept."""
        before = np.concatenate(([0], np.cumsum(kept)))[self.first]
        return np.diff(before) > 0

    def among(self, rows: Ints) -> tuple[Ints, Ints]:
        """Return, for the spans of some rows, whose they are (rank in ``rows``) and their place."""
        count = self.first[rows + 1] - self.first[rows]
        whose = np.repeat(np.arange(rows.size), count)
        ends = np.cumsum(count)
        ramp = np.arange(ends[-1] if ends.size else 0) - np.repeat(ends - count, count)
        return whose, np.repeat(self.first[rows], count) + ramp


class DayOpenings:
    """Openings seen from one day."""

    def __init__(self, held: Openings, day: date, holidays: Flags, dated: _Spans) -> None:
        self.day = day
        self._held = held
        self._holidays = holidays
        self._dated = dated
        soon = dated.start < DAYS * MIDNIGHT
        self._soon, self._later = dated.where(soon), dated.where(~soon)
        self._any: dict[Window, tuple[Flags, Flags]] = {}

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
        whose, at = held._weekly.among(held._week[rows])
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
            of, at = spans.among(self._held._special[rows[missing]])
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
        """Tell the doors that open at all in a window, in the days ahead.

        A plain week opens again at least eight times: no run of public holidays is as long.
        """
        held = self._held
        if window not in self._any:
            self._any[window] = (
                self._opens(held._weekly, held._weekly.start // MIDNIGHT, window),
                self._opens(
                    self._dated, self._dated.start // MIDNIGHT + self.day.weekday(), window
                ),
            )
        weekly, dated_ = self._any[window]
        found: Flags = weekly[held._week[rows]] | dated_[held._special[rows]]
        return found

    @staticmethod
    def _opens(spans: _Spans, weekday: Ints, window: Window) -> Flags:
        start, end, kept = _in_window(spans.start, spans.end, weekday % DAYS, window)
        if window.evening:
            kept &= spans.told & TIMELESS == 0
        return spans.any_of(kept & (end > start))


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


@lru_cache(maxsize=65536)
def _week(hours: str | None) -> str | None:
    """Return the spans of a plain week, in minutes since Monday; a night is one piece."""
    week = week_of(hours)
    if week is None:
        return None
    found = []
    for day, spans in enumerate(week):
        for start, end in spans:
            after = week[(day + 1) % DAYS]
            goes_on = end == MIDNIGHT and after and after[0][0] == 0
            last = end + (after[0][1] if goes_on else 0)
            found.append(f"{day * MIDNIGHT + start} {day * MIDNIGHT + last}")
    return " ".join(found)


# -- columns --------------------------------------------------------------------------------------


def _written(timing: Timing) -> str:
    """Write what tells the openings of a timing, the same text for the same openings."""
    told = (
        timing.hours,
        timing.departement,
        timing.every_weeks,
        timing.first,
        timing.until,
        timing.dates,
        [(closure.start, closure.end) for closure in timing.closures],
    )
    return json.dumps(told, default=date.isoformat)


def _timing_of(special: str) -> Timing:
    hours, departement, weeks, first, until, dates, closures = json.loads(special)
    day = date.fromisoformat
    return Timing(
        hours,
        departement,
        weeks,
        first and day(first),
        until and day(until),
        tuple(map(day, dates)),
        tuple(Closure(start=day(start), end=day(end)) for start, end in closures),
    )


def _frame(timings: Sequence[Timing]) -> pl.DataFrame:
    rows = [timing_columns(timing) for timing in timings]
    return pl.DataFrame(rows, schema=TIMINGS, orient="row")


def distinct(column: pl.Series) -> tuple[list[Any], Ints]:
    """Return the distinct values of a column, and the rank of each row from 1; 0 when null."""
    values = column.drop_nulls().unique(maintain_order=True)
    ranks = pl.DataFrame({"value": values}).with_row_index("rank", offset=1)
    rows = pl.DataFrame({"value": column})
    told = rows.join(ranks, on="value", how="left", maintain_order="left")["rank"].fill_null(0)
    return values.to_list(), told.to_numpy().astype(np.int64)
