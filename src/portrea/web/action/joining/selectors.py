"""Workshops as anybody sees them: when, where, how many places are left; never who comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, Sum
from django.utils import timezone

from portrea.action.activity import words
from portrea.action.joining import SEATED, State
from portrea.territory import Level
from portrea.web.accounts.scope import contains, find, key_of, name_of
from portrea.web.action.models import Registration, Workshop
from portrea.web.action.workshops.selectors import themes_of, where_of
from portrea.web.action.workshops.wording import say_when

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST = 500
"""Workshops to come that the list holds."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A workshop as listed; ``left`` is ``None`` without limit, ``room`` that of the list."""

    workshop: Workshop
    when: str
    where: str
    themes: list[str]
    left: int | None
    room: int

    @property
    def cancelled(self) -> bool:
        """Whether it will not be held."""
        return self.workshop.state == Workshop.State.CANCELLED

    @property
    def full(self) -> bool:
        """Whether all places are taken."""
        return self.left == 0


def workshop_of(key: str) -> Workshop | None:
    """Return the workshop of a link."""
    return Workshop.objects.filter(key=key).first()


def is_registered(code: str) -> bool:
    """Tell whether a registration already has this code: the page was sent twice."""
    return Registration.objects.filter(code=code).exists()


def shown(workshop: Workshop) -> Shown:
    """Return one workshop as anybody sees it."""
    return _shown(_counted(Workshop.objects.filter(pk=workshop.pk)).get())


def coming() -> list[Shown]:
    """Return the public workshops to come, the nearest first, cancelled ones told so."""
    rows = Workshop.objects.filter(public=True, starts__gt=timezone.now())
    rows = rows.exclude(state=Workshop.State.HELD).order_by("starts", "pk")
    return [_shown(one) for one in _counted(rows)[:MOST]]


def narrowed(rows: list[Shown], *, where: str = "", theme: str = "") -> list[Shown]:
    """Return the workshops of a territory (``commune:35188``) and a theme."""
    if where:
        rows = [one for one in rows if contains(where, key_of(_place(one.workshop)))]
    return [one for one in rows if not theme or theme in one.workshop.themes]


def places_of(rows: list[Shown]) -> list[tuple[str, str]]:
    """Return the territories where there are workshops: départements, then what lies in them."""
    places = {_place(one.workshop) for one in rows}
    around = {f"departement:{code}" for one in places if (code := find(key_of(one)).departement)}
    named = [sorted((name_of(one), one) for one in kind) for kind in (around, places - around)]
    return [(code, name) for kind in named for name, code in kind]


def themes_met(rows: list[Shown]) -> list[tuple[str, str]]:
    """Return the themes of some workshops: code and words, by words."""
    known = words()["themes"]
    met = {code for one in rows for code in one.workshop.themes}
    return sorted(((code, known.get(code, code)) for code in met), key=lambda one: one[1])


def _place(workshop: Workshop) -> str:
    """Return the smallest territory known of a workshop, as permissions write it."""
    return f"{Level.COMMUNE}:{workshop.commune}" if workshop.commune else workshop.territory


def _counted(rows: QuerySet[Workshop]) -> QuerySet[Workshop]:
    """Count in the same query the people who have a place and those who wait."""
    people = "registrations__people"
    return rows.annotate(
        seated=Sum(people, filter=Q(registrations__state__in=SEATED), default=0),
        waits=Sum(people, filter=Q(registrations__state=State.WAITING), default=0),
    )


def _shown(workshop: Workshop) -> Shown:
    counts = workshop.__dict__
    limit = workshop.capacity
    return Shown(
        workshop,
        say_when(workshop),
        where_of(workshop),
        themes_of(workshop),
        None if limit is None else max(0, limit - counts["seated"]),
        max(0, workshop.waiting - counts["waits"]),
    )
