"""When workshops come back, which moments clash, and which slots of a permanence are free."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from portrea.action.deadlines import months_after
from portrea.base.errors import ParameterError
from portrea.vocab.days_off import public_holidays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

PARIS = ZoneInfo("Europe/Paris")
WORKING = range(5)
MOST_MONTHS = 120


@dataclass(frozen=True, slots=True)
class Series:
    """A workshop that comes back every ``every`` months, on a day of a window of each month.

    ``window`` is the first and the last day of the month, both possible; ``weekday`` (Monday is 0)
    asks for one, else the first working day is taken; ``turns`` are the kinds of places, in turn.
    """

    first: date
    every: int
    window: tuple[int, int]
    turns: tuple[str, ...] = ("",)
    weekday: int | None = None
    departement: str | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One day of a series, and the kind of place whose turn it is."""

    day: date
    turn: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A month where a series has no day, and why, in French."""

    month: date
    why: str


@dataclass(frozen=True, slots=True)
class Followed:
    """What becomes of workshops: those that stay, those that move, days added, those dropped."""

    kept: tuple[str, ...]
    moved: Mapping[str, date]
    added: tuple[date, ...]
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something planned: from when to when, and what it takes (rooms, people, things)."""

    name: str
    starts: datetime
    ends: datetime
    takes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Clash:
    """Two moments that cannot both be, and what both take."""

    one: Moment
    other: Moment
    shared: tuple[str, ...]


def occurrences(series: Series, *, until: date) -> tuple[list[Occurrence], list[LeftOut]]:
    """Return the days of a series until a day, and the months where it has none.

    A month left out does not lose its turn: the next occurrence takes it.

    Raises
    ------
    ParameterError
        The window, the rhythm or the weekday cannot be.
    """
    _check(series, until)
    found: list[Occurrence] = []
    left_out: list[LeftOut] = []
    month = series.first.replace(day=1)
    while month <= until:
        day, why = _day_in(series, month)
        if day is None:
            left_out.append(LeftOut(month, why))
        elif series.first <= day <= until:
            found.append(Occurrence(day, series.turns[len(found) % len(series.turns)]))
        month = months_after(month, series.every)
    return found, left_out


def follow(held: Mapping[str, date], days: Sequence[date]) -> Followed:
    """Return what becomes of the workshops of a series whose days have changed.

    A workshop of one of the new days stays; then those of a same month move inside it; the others
    take the days left, in order. What has no day left is dropped, a day without workshop is added.

    Parameters
    ----------
    held
        Workshop → its day: those that may still move.
    days
        The new days of the series.
    """
    left, free = dict(sorted(held.items(), key=lambda one: one[1])), sorted(days)
    kept = _paired(left, free, lambda day: day)
    moved = _paired(left, free, lambda day: (day.year, day.month))
    moved |= _paired(left, free, lambda _: None)
    return Followed(tuple(kept), moved, tuple(free), tuple(left))


def clashes(moments: Sequence[Moment]) -> Iterator[Clash]:
    """Yield the moments that overlap and take the same room, person or thing."""
    ordered = sorted(moments, key=lambda one: (one.starts, one.ends, one.name))
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if other.starts >= one.ends:
                break
            shared = one.takes & other.takes
            if shared and one.starts < other.ends:
                yield Clash(one, other, tuple(sorted(shared)))


def free_slots(
    opening: tuple[datetime, datetime],
    *,
    minutes: int,
    closed: Sequence[tuple[datetime, datetime]] = (),
    taken: Mapping[datetime, int] | None = None,
    agents: int = 1,
) -> list[datetime]:
    """Return when an appointment of ``minutes`` may begin in an opening, one agent being free.

    Times have a zone; an hour that does not exist, or comes twice, is counted as it passes.
    """
    if minutes < 1 or agents < 1:
        raise ParameterError("Un rendez-vous dure une minute au moins, avec une personne au moins.")
    starts, ends = (moment.astimezone(UTC) for moment in opening)
    shut = [(one.astimezone(UTC), other.astimezone(UTC)) for one, other in closed]
    held = {moment.astimezone(UTC): count for moment, count in (taken or {}).items()}
    zone, length = opening[0].tzinfo, timedelta(minutes=minutes)
    found = []
    while starts + length <= ends:
        barred = any(one < starts + length and starts < other for one, other in shut)
        if not barred and held.get(starts, 0) < agents:
            found.append(starts.astimezone(zone))
        starts += length
    return found


def _check(series: Series, until: date) -> None:
    first, last = series.window
    if not 1 <= first <= last <= 31:
        raise ParameterError(f"Du {first} au {last} : ces jours du mois ne se suivent pas.")
    if series.every < 1 or (series.weekday is not None and series.weekday not in range(7)):
        raise ParameterError("Le rythme est d’un mois au moins, le jour de la semaine de 0 à 6.")
    if until > months_after(series.first, MOST_MONTHS):
        raise ParameterError(f"Une série s’écrit pour {MOST_MONTHS // 12} ans au plus.")


def _paired(
    left: dict[str, date], free: list[date], alike: Callable[[date], object]
) -> dict[str, date]:
    """Take out, and return, the workshops that have a free day alike."""
    found: dict[str, date] = {}
    for name, day in list(left.items()):
        mine = next((one for one in free if alike(one) == alike(day)), None)
        if mine is not None:
            free.remove(mine)
            found[name] = mine
            del left[name]
    return found


def _day_in(series: Series, month: date) -> tuple[date | None, str]:
    first, last = series.window
    longest = monthrange(month.year, month.month)[1]
    if first > longest:
        return None, "ce mois n’a pas ces jours"
    off = public_holidays(series.departement, month.year)
    days = [month.replace(day=day) for day in range(first, min(last, longest) + 1)]
    wanted = WORKING if series.weekday is None else (series.weekday,)
    held = [day for day in days if day.weekday() in wanted]
    open_days = [day for day in held if day not in off]
    if open_days:
        return open_days[0], ""
    if held:
        return None, ", ".join(off[day] for day in held)
    return None, "aucun jour ouvré dans cette fenêtre" if series.weekday is None else (
        "pas ce jour de la semaine dans cette fenêtre"
    )
