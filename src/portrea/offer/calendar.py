"""When a place or a service is there: openings between two dates, and what to say at a moment.

Local wall time, never a clock: the moment is an argument. A fortnight is counted from a first week
by dates; weeks of the year would break it in years of 53 weeks (2026). Public holidays are those of
the département, school holidays those of its zone (:mod:`portrea.vocab.days_off`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING, Any

import yaml
from opening_hours import OpeningHours, State

from portrea.territory.codes import departement_of
from portrea.vocab.days_off import dated_hours, public_holidays
from portrea.vocab.hours import MIDNIGHT, is_valid, say_time, say_weekday, week_of
from portrea.vocab.languages import FRENCH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portrea.offer.record import Closure, Place, Presence, Service
    from portrea.vocab.languages import Words

DAY = timedelta(days=1)
CLOSING = ("PH off", "PH closed")
HOURS_TO_CONFIRM = "(horaires à confirmer)"


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """One opening on a day, in minutes from midnight; ``None`` when its hours are not told.

    ``sure`` is false when the rhythm or the school holidays are not known.
    """

    day: date
    start: int | None = None
    end: int | None = None
    comment: str | None = None
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Timing:
    """What is needed to know when something is there: hours, département, rhythm and closures."""

    hours: str | None
    departement: str | None = None
    every_weeks: int | None = None
    first: date | None = None
    until: date | None = None
    dates: tuple[date, ...] = ()
    closures: tuple[Closure, ...] = ()
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """What is said at a moment: ``open`` is ``None`` when hours are unknown."""

    open: bool | None
    sentence: str
    following: Opening | None = None


# -- what to look at ------------------------------------------------------------------------------


def timing_of(place: Place) -> Timing:
    """Return when a place is open."""
    return Timing(
        hours=place.hours,
        departement=_departement(place.commune),
        closures=place.closures,
        confirmed=place.hours_confirmed,
    )


def timing_of_presence(place: Place, presence: Presence) -> Timing:
    """Return when a presence is there; without hours nor dates of its own, when its place is.

    Held elsewhere, it follows neither the closures nor the département of the place.
    """
    elsewhere = presence.commune is not None or presence.address is not None
    own = presence.hours is not None or bool(presence.dates)
    inherited = not own and presence.hours_text is None and not elsewhere
    return Timing(
        hours=place.hours if inherited else presence.hours,
        departement=_departement(presence.commune or place.commune),
        every_weeks=presence.every_weeks,
        first=presence.first,
        until=presence.until,
        dates=presence.dates,
        closures=presence.closures if elsewhere else (*presence.closures, *place.closures),
        confirmed=place.hours_confirmed if inherited else presence.hours_confirmed,
    )


def timings_of_service(place: Place, service: Service) -> tuple[Timing, ...]:
    """Return when a service is there: each of its presences, or as its place when it has none."""
    if not service.presences:
        return (timing_of(place),)
    return tuple(timing_of_presence(place, presence) for presence in service.presences)


def _departement(commune: str | None) -> str | None:
    return departement_of(commune) if commune else None


# -- openings -------------------------------------------------------------------------------------


def openings(timing: Timing, *, start: date, end: date) -> tuple[Opening, ...] | None:
    """Return the openings between two dates, both included; ``None`` when hours are unknown."""
    if not timing.dates and (not timing.hours or not is_valid(timing.hours)):
        return None
    return tuple(_iterate(timing, start, end))


def all_openings(timings: Iterable[Timing], *, start: date, end: date) -> tuple[Opening, ...]:
    """Return the openings of several presences, in order, each told once."""
    found = [openings(timing, start=start, end=end) or () for timing in timings]
    return tuple(sorted(set(chain.from_iterable(found)), key=_order))


def next_opening(timing: Timing, now: datetime, *, within: int | None = None) -> Opening | None:
    """Return the opening under way or the next one, within some days (``params/calendar.yaml``)."""
    if not timing.dates and (not timing.hours or not is_valid(timing.hours)):
        return None
    horizon = _horizon() if within is None else within
    minute = now.hour * 60 + now.minute
    today = now.date()
    for opening in _iterate(timing, today, today + horizon * DAY):
        if opening.day > today or opening.end is None or opening.end > minute:
            return opening
    return None


def _order(opening: Opening) -> tuple[date, int, int]:
    return (opening.day, opening.start or 0, opening.end or 0)


@cache
def _horizon() -> int:
    raw = yaml.safe_load(files("portrea.offer").joinpath("params/calendar.yaml").read_text("utf-8"))
    return int(raw["horizon"]["value"])


def _iterate(timing: Timing, start: date, end: date) -> Iterator[Opening]:
    last = min(end, timing.until) if timing.until else end
    spaced = (timing.every_weeks or 1) > 1
    sure = not spaced or timing.first is not None or bool(timing.dates)
    for opening in _regular(timing, start, last):
        if spaced and not _in_rhythm(timing, opening.day):
            continue
        if any(closure.start <= opening.day <= closure.end for closure in timing.closures):
            continue
        yield opening if sure else _unsure(opening)


def _unsure(opening: Opening) -> Opening:
    return Opening(opening.day, opening.start, opening.end, opening.comment, sure=False)


def _in_rhythm(timing: Timing, day: date) -> bool:
    """Whether a day is in a week when it is there: weeks are counted from the first one."""
    if timing.first is None or timing.every_weeks is None or timing.dates:
        return True
    return (_monday(day) - _monday(timing.first)).days // 7 % timing.every_weeks == 0


def _monday(day: date) -> date:
    return day - day.weekday() * DAY


def _regular(timing: Timing, start: date, last: date) -> Iterator[Opening]:
    """Return the openings told by hours and dates, before rhythm and closures."""
    if timing.dates:
        for day in sorted(set(timing.dates)):
            if start <= day <= last:
                yield from _on_date(timing, day)
        return
    hours = timing.hours or ""
    week = week_of(hours) if '"' not in hours else None
    if week is None:
        yield from _scan(timing, start, last)
        return
    closing = hours.rstrip().endswith(CLOSING)
    for rank in range((last - start).days + 1):
        day = start + rank * DAY
        spans = week[day.weekday()]
        if spans and not (closing and day in public_holidays(timing.departement, day.year)):
            for opens, closes in spans:
                yield Opening(day, opens, closes)


def _on_date(timing: Timing, day: date) -> Iterator[Opening]:
    """Return the openings on a single date; it is told even when its hours are not."""
    if timing.hours and is_valid(timing.hours):
        found = tuple(_scan(timing, day, day))
        if found:
            yield from found
            return
    yield Opening(day)


def _scan(timing: Timing, start: date, last: date) -> Iterator[Opening]:
    """Read week after week what is not a plain week: « Th[2,4] », seasons, comments."""
    hours, known = dated_hours(timing.hours or "", timing.departement, start.year, last.year)
    begins = start
    while begins <= last:
        ends = min(last, begins + 6 * DAY)
        yield from _scanned(hours, known, begins, ends)
        begins = ends + DAY


@lru_cache(maxsize=4096)
def _reader(hours: str) -> Any:
    return OpeningHours(hours, country="FR")


@lru_cache(maxsize=16384)
def _scanned(hours: str, known: bool, start: date, last: date) -> tuple[Opening, ...]:
    if not hours:
        return ()
    midnight = datetime.combine(start, time())
    after = datetime.combine(last + DAY, time())
    found: list[Opening] = []
    for opens, closes, state, comment in _reader(hours).intervals(midnight, after):
        if state is State.UNKNOWN:
            days = range((min(closes, after) - opens).days or 1)
            found += [
                Opening(opens.date() + rank * DAY, comment=_text(comment), sure=known)
                for rank in days
            ]
        elif state is State.OPEN:
            found += _split(opens, min(closes, after), _text(comment), known)
    return tuple(found)


def _text(comment: Any) -> str | None:
    """Return a comment of the library, which tells one or a list of them."""
    told = ", ".join(comment) if isinstance(comment, list | tuple) else str(comment or "")
    return told or None


def _split(opens: datetime, closes: datetime, comment: str | None, sure: bool) -> list[Opening]:
    """Cut an opening at midnight: one part per day."""
    found = []
    while opens < closes:
        midnight = datetime.combine(opens.date() + DAY, time())
        ends = min(closes, midnight)
        minutes = MIDNIGHT if ends == midnight else ends.hour * 60 + ends.minute
        begins = opens.hour * 60 + opens.minute
        found.append(Opening(opens.date(), begins, minutes, comment, sure))
        opens = ends
    return found


# -- in words -------------------------------------------------------------------------------------

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip


def status(timing: Timing, now: datetime, words: Words = FRENCH) -> Status:
    """Return whether it is open at a moment, and the words that say so."""
    if not timing.dates and (not timing.hours or not is_valid(timing.hours)):
        return Status(None, words.say("horaires inconnus"))
    today = now.date()
    following = next_opening(timing, now)
    closure = next((c for c in timing.closures if c.start <= today <= c.end), None)
    if closure is not None:
        reason = f" ({closure.reason})" if closure.reason else ""
        until = words.say("fermé jusqu’au {day}", day=say_date(closure.end, words))
        return Status(False, until + reason, following)
    doubt = "" if timing.confirmed or timing.dates else f" {words.say(HOURS_TO_CONFIRM)}"
    if following is None:
        said = words.say("aucune ouverture prévue dans les {count}\u202fjours", count=_horizon())
        return Status(False, said + doubt)
    minute = now.hour * 60 + now.minute
    if following.day == today and following.start is not None and following.start <= minute:
        return Status(True, _say_open(following, words) + doubt, following)
    said = _say_next(timing, following, today, words)
    if not following.sure:
        doubt = f" {words.say('(à vérifier avant de vous déplacer)')}"
    return Status(False, said + doubt, following)


def _say_open(opening: Opening, words: Words) -> str:
    comment = f", {opening.comment}" if opening.comment else ""
    end = opening.end or MIDNIGHT
    if (opening.start, end) == (0, MIDNIGHT):
        return words.say("ouvert maintenant{comment}, sans interruption", comment=comment)
    until = words.say("minuit") if end == MIDNIGHT else say_time(end, words)
    return words.say("ouvert maintenant{comment}, jusqu’à {hour}", comment=comment, hour=until)


def _say_next(timing: Timing, opening: Opening, today: date, words: Words) -> str:
    day = say_day(opening.day, today, words)
    if opening.start is None:
        return f"{opening.comment or words.say('présent')} {day}"
    comment = f", {opening.comment}" if opening.comment else ""
    closed = words.say("fermé")
    feast = public_holidays(timing.departement, today.year).get(today)
    weekly = week_of(timing.hours)
    usual = weekly is not None and bool(weekly[today.weekday()])
    if feast and usual and opening.day > today and "PH" in (timing.hours or ""):
        closed = words.say("fermé aujourd’hui ({feast})", feast=feast)
    hour = say_time(opening.start, words)
    return words.say("{closed}, ouvre {day} à {hour}", closed=closed, day=day, hour=hour) + comment


def say_day(day: date, today: date, words: Words = FRENCH) -> str:
    """Write a coming day as people do: « demain », « jeudi », « le jeudi 3 décembre »."""
    ahead = (day - today).days
    if ahead in (0, 1):
        return words.say("aujourd’hui") if ahead == 0 else words.say("demain")
    name = say_weekday(day.weekday(), words)
    if 1 < ahead < 7:
        return words.say("{weekday}", weekday=name)
    far = day.year != today.year and ahead > 180
    return words.say("le {weekday} {date}", weekday=name, date=say_date(day, words, year=far))


def say_date(day: date, words: Words = FRENCH, *, year: bool = False) -> str:
    """Write a day and its month: « 1er mars », « 24 août »."""
    if not words.french:
        return words.day_and_month(day, year=year)
    if year:
        return f"{say_date(day)} {day.year}"
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]}"
