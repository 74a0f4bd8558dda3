"""What the team sees on the day and after: who is expected, what was said, what was held."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Prefetch, Q, Sum

from portrea.action.difficulties import words as difficulty_words
from portrea.action.joining import SEATED, Group, Seats, State, left, seated, words
from portrea.action.opinions import Summary, summary
from portrea.action.tallies import hidden
from portrea.web.accounts.holders import within
from portrea.web.accounts.scope import inside
from portrea.web.action.models import Difficulty, Opinion, Registration, Workshop
from portrea.web.action.workshops.selectors import themes_of, when_of, where_of

if TYPE_CHECKING:
    from datetime import date

READ = "activity.read"
MOST = 1_000
"""Workshops of one year and territory that a page lists."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Who is expected: registrations with a place, those that wait, people, what to prepare."""

    seated: list[Registration]
    waiting: list[Registration]
    people: int
    left: int | None
    needs: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Said:
    """Opinions on one workshop or several: the first question, then the second, codes in words.

    ``next`` holds ``None`` for what is hidden.
    """

    summary: Summary
    useful: list[tuple[str, Any]]
    mostly: str
    next: list[tuple[str, int | None]]


@dataclass(frozen=True, slots=True)
class Held:
    """A workshop that was held, as a line of the year."""

    workshop: Workshop
    day: date
    where: str
    themes: list[str]
    people: int
    registered: int
    opinions: int


def expected(workshop: Workshop) -> Expected:
    """Return who is expected, known by codes only, first come first."""
    rows = list(workshop.registrations.exclude(state=State.CANCELLED).order_by("pk"))
    groups = [Group(State(row.state), row.people) for row in rows]
    keeps = [row for row in rows if row.state in SEATED]
    needs = Counter(code for row in keeps for code in row.needs)
    labels = words()["needs"]
    return Expected(
        keeps,
        [row for row in rows if row.state == State.WAITING],
        seated(groups),
        left(Seats(workshop.capacity, workshop.waiting), groups),
        [(label, needs[code]) for code, label in labels.items() if needs[code]],
    )


def said_of(opinions: Any) -> Said:
    """Return what a set of opinions says, small counts hidden."""
    useful = Counter(dict(opinions.order_by().values_list("useful").annotate(n=Count("pk"))))
    then = dict(opinions.exclude(next="").order_by().values_list("next").annotate(n=Count("pk")))
    found = summary(useful)
    first, second = words()["useful"], words()["next"]
    told = hidden(then, whole=True) if found.shown else {}
    return Said(
        found,
        [(first[code], share) for code, share in found.shown.items()],
        first.get(found.mostly, ""),
        [(second[code], count) for code, count in told.items() if code in second],
    )


def met(workshop: Workshop) -> list[tuple[Difficulty, str]]:
    """Return the difficulties noted during a workshop, with what blocked in words."""
    known = difficulty_words()["codes"]
    rows = workshop.difficulties.select_related("procedure").order_by("pk")
    return [(row, ", ".join(known.get(code, code) for code in row.codes)) for row in rows]


def held_in(who: Any, year: int, territory: str = "") -> list[Held]:
    """Return the workshops held in a year that somebody may read, the first one first."""
    counted = Q(registrations__state__in=SEATED)
    rows = _held(who, year, territory).annotate(
        came=Sum("registrations__came", default=0),
        registered=Sum("registrations__people", filter=counted, default=0),
    )
    said = Prefetch("opinions", Opinion.objects.only("pk", "workshop_id"))
    return [_line(row) for row in rows.prefetch_related(said).order_by("starts", "pk")[:MOST]]


def said_in(who: Any, year: int, territory: str = "") -> Said:
    """Return what was said of all the workshops held in a year."""
    rows = _held(who, year, territory).order_by().values("pk")
    return said_of(Opinion.objects.filter(workshop__in=rows))


def _held(who: Any, year: int, territory: str) -> Any:
    rows = Workshop.objects.filter(within(who, READ), state=Workshop.State.HELD, starts__year=year)
    return rows.filter(inside(territory)) if territory else rows


def _line(row: Any) -> Held:
    return Held(
        row,
        when_of(row).day,
        where_of(row),
        themes_of(row),
        row.came + int(row.balance.get("walk_ins", 0)),
        row.registered,
        len(row.opinions.all()),
    )
