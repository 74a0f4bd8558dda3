"""Many openings at once say what the calendar says one by one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.offer.calendar import Timing, openings
from portrea.offer.orientation.openings import HORIZON, NEVER, Openings, Window
from portrea.offer.record import Closure

HOURS = (
    None,
    "24/7",
    "Mo-Fr 09:00-12:00,14:00-17:00",
    "Mo-Fr 09:00-12:00,14:00-17:00; PH off",
    "Tu 10:00-21:00; Sa 09:00-12:00; PH off",
    "We 17:00-19:00",
    "Su 10:00-12:00; PH off",
    "Mo-Su 00:00-24:00",
    "Th[2,4] 10:00-13:00",
    "We 14:00-17:00; SH off",
    "Mo,Sa 14:00-18:00; SH off; SH Mo-Fr 09:00-12:00",
    'Mo 09:00-12:00; Sa unknown "sur rendez-vous"',
    "n’importe quoi",
)
DAYS = st.dates(date(2026, 1, 1), date(2027, 6, 30))


@st.composite
def timings(draw, start):
    near = st.integers(-20, 90).map(lambda days: start + timedelta(days=days))
    spaced = draw(st.sampled_from([None, None, 2, 4]))
    closures = draw(st.lists(st.tuples(near, st.integers(0, 40)), max_size=2))
    return Timing(
        hours=draw(st.sampled_from(HOURS)),
        departement=draw(st.sampled_from([None, "35", "57", "972", "2A"])),
        every_weeks=spaced,
        first=draw(st.none() | near) if spaced else None,
        until=draw(st.none() | st.none() | near),
        dates=tuple(draw(st.lists(near, max_size=3, unique=True))) if draw(st.booleans()) else (),
        closures=tuple(Closure(start=a, end=a + timedelta(days=n)) for a, n in closures),
    )


def slowly(timing, now, left, window):
    """Return the first usable opening by reading the calendar, in minutes of the day asked."""
    day = now.date()
    arrival = now.hour * 60 + now.minute
    told = openings(timing, start=day, end=day + timedelta(days=HORIZON)) or ()
    found = []
    for one in told:
        base = (one.day - day).days * 1440
        start = base + (one.start or 0)
        end = base + (1440 if one.end is None else one.end)
        saturday = window.saturday and one.day.weekday() == 5
        if window.saturday and not window.evening and not saturday:
            continue
        if window.evening and one.start is None:
            continue
        if window.evening and not saturday:
            start = max(start, base + 1080)
            if end - start < 30:
                continue
        if one.start is not None and one.end == 1440:
            following = [o for o in told if o.day == one.day + timedelta(days=1) and o.start == 0]
            end += sum(o.end for o in following[:1] if o.end)
        if end - max(start, arrival) >= left:
            found.append(start)
    return min(found, default=None)


@settings(max_examples=40)
@given(
    st.data(), DAYS, st.integers(0, 23), st.sampled_from([0, 20, 50]),
    st.builds(Window, evening=st.booleans(), saturday=st.booleans()),
)  # fmt: skip
def test_many_at_once_say_what_the_calendar_says(data, day, hour, minute, window):
    told = data.draw(st.lists(timings(day), min_size=1, max_size=8))
    now = datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001 - wall time
    found = Openings(told).on(day)
    rows = np.arange(len(told))
    arrival = np.full(len(told), hour * 60 + minute)
    following = found.after(rows, arrival, left=15, window=window)
    for row, timing in enumerate(told):
        start = int(following.start[row])
        expected = slowly(timing, now, 15, window)
        assert (None if start == NEVER else start) == expected, timing
        some = slowly(timing, datetime(day.year, day.month, day.day), 1, window)  # noqa: DTZ001
        assert bool(found.any_in(rows, window)[row]) == (some is not None)


def test_rows_are_asked_in_any_order():
    told = [Timing("Mo 09:00-12:00"), Timing(None), Timing("Tu 09:00-12:00")]
    found = Openings(told).on(date(2026, 11, 23))
    rows = np.array([2, 0, 1, 2])
    starts = found.after(rows, np.zeros(4, dtype=np.int64), left=1, window=Window()).start
    assert starts.tolist() == [1440 + 540, 540, NEVER, 1440 + 540]


def test_no_door_at_all():
    found = Openings([]).on(date(2026, 11, 23))
    empty = np.zeros(0, dtype=np.int64)
    assert found.after(empty, empty, left=1, window=Window()).start.size == 0


def test_a_closure_does_not_cut_the_night():
    """Open day and night but for a day: at 23:50 it stays open, though told day by day."""
    closed = Closure(start=date(2026, 12, 24), end=date(2026, 12, 24))
    told = [Timing("24/7"), Timing("24/7", closures=(closed,))]
    found = Openings(told).on(date(2026, 11, 24))
    late = np.full(2, 23 * 60 + 50)
    assert found.after(np.arange(2), late, left=15, window=Window()).start.tolist() == [0, 0]
