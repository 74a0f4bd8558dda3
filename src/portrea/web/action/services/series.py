"""A workshop that comes back: its days worked out, its workshops made, moved when it changes."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from portrea.action import planning
from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import find, key_of
from portrea.web.action.clock import when, zone_at
from portrea.web.action.models import Series, Workshop
from portrea.web.action.services.words import kept
from portrea.web.action.services.workshops import move, workshop_cancel, workshop_open, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

MOST = 60
"""Workshops made at once."""
RHYTHM = ("first", "until", "every", "window_first", "window_last", "weekday", "turns")
COPIED = (
    "format", "themes", "standing", "about", "phone", "capacity", "waiting", "public", "training",
)  # fmt: skip
"""What a workshop added later takes from the last one of its series."""
NONE = "Cette série n’a aucun jour possible."


@dataclass(frozen=True, slots=True)
class Change:
    """What a change does: workshops that stay or move, days added, workshops cancelled."""

    kept: tuple[tuple[Workshop, planning.Occurrence], ...]
    moved: tuple[tuple[Workshop, planning.Occurrence], ...]
    added: tuple[planning.Occurrence, ...]
    dropped: tuple[Workshop, ...]
    left_out: tuple[planning.LeftOut, ...]


@act("workshop.run")
@transaction.atomic
def series_open(
    *,
    actor: Any,
    territory: Any,
    told: Mapping[str, Any],
    structure: str = "",
    pattern: Mapping[str, Any] | None = None,
) -> Series:
    """Keep a series and make its workshops, from today on.

    Parameters
    ----------
    told
        Columns of a series.
    pattern
        Columns that all its workshops share: format, themes, capacity…

    Raises
    ------
    DataError, ParameterError
        The rhythm cannot be, or has no day, or too many.
    """
    level, code = key_of(territory)
    require(actor, "workshop.run", (level, code), structure=structure)
    series = Series(level=level, code=code, structure=structure, by=Actor.of(actor).user)
    _fill(series, told)
    days, _ = days_of(series)
    if not days:
        raise DataError(NONE, remedy="Élargissez la fenêtre ou la période.")
    _refuse_many(days)
    series.save()
    for occurrence in days:
        _make(actor, series, occurrence, dict(pattern or {}))
    _write(actor, series, {"titre": series.title, "ateliers": len(days)})
    return series


@act("workshop.run")
@transaction.atomic
def series_change(*, actor: Any, key: str, told: Mapping[str, Any]) -> Change:
    """Change the rhythm, the hours or the title: only workshops to come, not held, follow.

    Those that lose their day are cancelled, never erased: people may have registered.
    """
    series = _series_to_run(actor, key)
    change = change_of(series, told)
    hours = {name: told[name] for name in ("starts", "ends") if name in told}
    moved = any(value != getattr(series, name) for name, value in hours.items())
    _fill(series, told)
    _refuse_many(change.added)
    series.save()
    for workshop, occurrence in (*change.kept, *change.moved):
        _follow(workshop, occurrence, series, hours if moved else {})
    for workshop in change.dropped:
        workshop_cancel(actor=actor, key=workshop.key)
    pattern = _pattern(series)
    for occurrence in change.added:
        _make(actor, series, occurrence, pattern)
    counts = {name: len(getattr(change, name)) for name in ("kept", "moved", "added", "dropped")}
    _write(actor, series, counts)
    return change


@act("workshop.run")
@transaction.atomic
def series_settle(*, actor: Any, key: str, places: Mapping[str, tuple[str, str]]) -> list[Workshop]:
    """Say for which area, and in which commune, workshops of a series will be.

    ``places`` gives, for the key of a workshop, the reference of an area and a commune (empty when
    the area is wider). Hours stay those of the clocks of the place.
    """
    series = _series_to_run(actor, key)
    found = []
    for workshop in coming(series).filter(key__in=places):
        area, commune = places[workshop.key]
        if (workshop.area, workshop.commune) != (area, commune or workshop.commune):
            day, workshop.area = _day(workshop), area
            move(workshop, day, {"commune": commune or workshop.commune})
            write(actor, workshop, {"zone": area, "commune": commune})
            found.append(workshop)
    return found


def days_of(series: Series) -> tuple[list[planning.Occurrence], list[planning.LeftOut]]:
    """Return the days of a series from today on, and the months to come where it has none."""
    weekday, turns = series.weekday, tuple(series.turns) or ("",)
    rhythm = planning.Series(
        series.first,
        series.every,
        (series.window_first, series.window_last),
        turns,
        weekday,
        find((series.level, series.code)).departement,
    )
    if series.until < series.first:
        raise DataError("La série finit avant de commencer.", remedy="Vérifiez les deux dates.")
    found, left_out = planning.occurrences(rhythm, until=series.until)
    today = today_in(series.territory)
    return (
        [one for one in found if one.day >= today],
        [one for one in left_out if one.month >= today.replace(day=1)],
    )


def change_of(series: Series, told: Mapping[str, Any]) -> Change:
    """Return what a change does to the workshops of a series still to come; nothing is written.

    While the rhythm is the same, every workshop stays where it is, one moved by hand too.
    """
    wanted = copy(series)
    _fill(wanted, told)
    named = {one.key: one for one in coming(series)}
    if all(getattr(wanted, name) == getattr(series, name) for name in RHYTHM):
        stay = [(one, planning.Occurrence(_day(one), one.turn)) for one in named.values()]
        return Change(tuple(stay), (), (), (), ())
    days, left_out = days_of(wanted)
    gone = {_day(one) for one in series.workshops.exclude(key__in=named)}
    free = {one.day: one for one in days if one.day not in gone}
    held = {key: _day(one) for key, one in named.items()}
    followed = planning.follow(held, list(free))
    return Change(
        tuple((named[key], free[held[key]]) for key in followed.kept),
        tuple((named[key], free[day]) for key, day in followed.moved.items()),
        tuple(free[day] for day in followed.added),
        tuple(named[key] for key in followed.dropped),
        tuple(left_out),
    )


def coming(series: Series) -> Any:
    """Return the workshops of a series that may still move: planned and not begun."""
    rows = series.workshops.filter(state=Workshop.State.PLANNED, starts__gt=timezone.now())
    return rows.order_by("starts", "pk")


def _make(
    actor: Any, series: Series, occurrence: planning.Occurrence, pattern: dict[str, Any]
) -> None:
    told = pattern | {
        "title": series.title,
        "turn": occurrence.turn,
        "day": occurrence.day,
        "starts": series.starts,
        "ends": series.ends,
    }
    workshop_open(
        actor=actor,
        territory=series.territory,
        structure=series.structure,
        series=series,
        told=told,
    )


def _follow(
    workshop: Workshop, occurrence: planning.Occurrence, series: Series, hours: dict[str, Any]
) -> None:
    same = (workshop.title, workshop.turn) == (series.title, occurrence.turn)
    if occurrence.day != _day(workshop) or hours or not same:
        move(workshop, occurrence.day, hours | {"title": series.title, "turn": occurrence.turn})


def _pattern(series: Series) -> dict[str, Any]:
    last = series.workshops.order_by("starts", "pk").last()
    return {name: getattr(last, name) for name in COPIED} if last else {}


def _day(workshop: Workshop) -> date:
    return when(workshop.starts, workshop.ends, zone_at(workshop, workshop.commune)).day


def _fill(series: Series, told: Mapping[str, Any]) -> None:
    for name in (*RHYTHM, "starts", "ends"):
        if name in told:
            setattr(series, name, told[name])
    if "title" in told:
        series.title = kept(str(told["title"]), 160)
    if series.ends <= series.starts:
        raise DataError("La fin vient avant le début.", remedy="Vérifiez les deux heures.")


def _refuse_many(days: Sequence[object]) -> None:
    if len(days) > MOST:
        raise DataError(
            f"Cette série ferait {len(days)} ateliers d’un coup : {MOST} au plus.",
            remedy="Rapprochez la date de fin, ou espacez le rythme.",
        )


def _series_to_run(actor: Any, key: str) -> Series:
    series = Series.objects.select_for_update().filter(key=key).first()
    if series is None:
        raise DataError("Cette série n’existe plus.", remedy="Revenez à la liste.")
    require(actor, "workshop.run", series.territory, structure=series.structure)
    return series


def _write(actor: Any, series: Series, after: dict[str, Any]) -> None:
    journal.record(
        act="workshop.run", actor=actor, target=series, territory=series.territory, after=after
    )
