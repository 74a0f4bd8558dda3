"""What the team sees of its workshops: the list, one of them, what is ready and what is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, Sum
from django.http import Http404
from django.utils import timezone

from portrea.action import preparing
from portrea.action.activity import words
from portrea.territory import Level
from portrea.web.accounts.holders import within
from portrea.web.accounts.permissions import require
from portrea.web.accounts.scope import find, gazetteer, name_of
from portrea.web.accounts.structures import structures_of
from portrea.web.action.clock import When, when, zone_at
from portrea.web.action.models import Contact, Helper, Registration, Series, Workshop
from portrea.web.action.workshops.clash_selectors import clashes_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

ACT = "workshop.run"
MOST = 200
"""Workshops of one list."""


@dataclass(frozen=True, slots=True)
class Line:
    """A workshop as listed: when, where, how many of the things to do are done."""

    workshop: Workshop
    when: When
    where: str
    contacts: tuple[int, int]
    team: tuple[int, int]
    equipment: tuple[int, int]
    clashes: tuple[str, ...]


def workshops_of(who: Any) -> QuerySet[Workshop]:
    """Return the workshops that somebody prepares."""
    return Workshop.objects.filter(within(who, ACT))


def lines_of(who: Any, *, past: bool = False) -> list[Line]:
    """Return the workshops to come, the nearest first; or those that are over, the last first."""
    now = timezone.now()
    rows = workshops_of(who).filter(ends__lt=now) if past else workshops_of(who).filter(
        ends__gte=now
    )  # fmt: skip
    return lines(rows.order_by("-starts" if past else "starts", "pk")[:MOST])


def lines(rows: QuerySet[Workshop]) -> list[Line]:
    """Return workshops as listed, in a bounded number of queries."""
    counted = list(
        rows.annotate(
            asked=Count("contacts", distinct=True),
            agreed=Count(
                "contacts", distinct=True, filter=~Q(contacts__state=Contact.State.TODO)
            ),
            shares=Count("shifts", distinct=True),
            held=Count("shifts", distinct=True, filter=Q(shifts__helper__isnull=False)),
        )
    )  # fmt: skip
    clashing = clashes_of(counted)
    return [_line(one, clashing.get(one.key, ())) for one in counted]


def lines_of_one(workshop: Workshop) -> list[Line]:
    """Return the line of one workshop."""
    return lines(Workshop.objects.filter(pk=workshop.pk))


def contacts_to_make(workshop: Workshop, count: int = 3) -> list[Contact]:
    """Return the next contacts to make."""
    return list(workshop.contacts.filter(state=Contact.State.TODO)[:count])


def unheld(workshop: Workshop) -> int:
    """Return how many shifts nobody holds yet."""
    return workshop.shifts.filter(helper=None).count()


def workshop_to_run(who: Any, key: str) -> Workshop:
    """Return a workshop that somebody prepares (404 when there is none, 403 elsewhere)."""
    found = Workshop.objects.select_related("series").filter(key=key).first()
    if found is None:
        raise Http404(key)
    require(who, ACT, found.territory, structure=found.structure)
    return found


def series_to_run(who: Any, key: str) -> Series:
    """Return a series that somebody prepares (404 when there is none, 403 elsewhere)."""
    found = Series.objects.filter(key=key).first()
    if found is None:
        raise Http404(key)
    require(who, ACT, found.territory, structure=found.structure)
    return found


def series_of(who: Any) -> QuerySet[Series]:
    """Return the series that somebody prepares, with how many workshops are still to come."""
    coming = Q(workshops__ends__gte=timezone.now(), workshops__state=Workshop.State.PLANNED)
    return Series.objects.filter(within(who, ACT)).annotate(
        coming=Count("workshops", filter=coming)
    )


def helpers_of(who: Any) -> QuerySet[Helper]:
    """Return the team that somebody runs: those who have not left."""
    return Helper.objects.filter(within(who, ACT), left=None)


def helpers_for(workshop: Workshop) -> QuerySet[Helper]:
    """Return those who may hold a shift of a workshop: the team of its structure or territory."""
    mine = Q(level=workshop.level, code=workshop.code)
    above = [
        Q(level=one.level.value, code=one.code, structure="") for one in _parents(workshop)
    ]  # fmt: skip
    for one in above:
        mine |= one
    if workshop.structure:
        mine |= Q(structure=workshop.structure)
    return Helper.objects.filter(mine, left=None)


def communes_of(level: str, code: str) -> list[tuple[str, str]]:
    """Return the communes of a territory: code, name, by name; its own when it is one."""
    known = gazetteer()
    territory = find((level, code))
    if known is None or territory.level is Level.COMMUNE:
        return [(territory.code, territory.name)] if territory.level is Level.COMMUNE else []
    found = known.children(territory, Level.COMMUNE)
    return sorted(((one.code, one.name) for one in found), key=lambda one: one[1])


def too_many(workshop: Workshop) -> int:
    """Return how many people keep a place that the workshop does not have any more."""
    kept = workshop.registrations.filter(state=Registration.State.IN)
    people = kept.aggregate(total=Sum("people"))["total"] or 0
    return 0 if workshop.capacity is None else max(0, people - workshop.capacity)


def places_of(workshop: Workshop) -> list[tuple[str, str]]:
    """Return the places of the census where a workshop could be: identifier, name."""
    return [(one.id, one.name) for one in structures_of(workshop.commune)]


def when_of(workshop: Workshop) -> When:
    """Return when a workshop is, on the clocks of its place."""
    return when(workshop.starts, workshop.ends, zone_at(workshop, workshop.commune))


def where_of(workshop: Workshop) -> str:
    """Return where a workshop is, in words; the territory while nothing else is known."""
    town = find(("commune", workshop.commune)).name if workshop.commune else ""
    told = [workshop.place_name, workshop.address, town]
    return ", ".join(dict.fromkeys(filter(None, told))) or name_of(workshop.territory)


def themes_of(workshop: Workshop) -> list[str]:
    """Return the themes of a workshop, in words."""
    known = words()["themes"]
    return [known.get(one, one) for one in workshop.themes]


def turn_label(turn: str) -> str:
    """Return a kind of place in words; as written when it is not of the list."""
    return str(preparing.words()["turns"].get(turn, turn))


def trainings_known(helpers: Iterable[Helper] = ()) -> list[str]:
    """Return trainings to suggest: those of the ready list, then those that the team has."""
    mine = [one["what"] for helper in helpers for one in helper.trainings]
    return list(dict.fromkeys([*preparing.words()["trainings"], *mine]))


def _line(workshop: Workshop, clashing: tuple[str, ...]) -> Line:
    ready = sum(bool(one.get("ready")) for one in workshop.equipment)
    counts: Any = workshop
    return Line(
        workshop,
        when_of(workshop),
        where_of(workshop),
        (counts.agreed, counts.asked),
        (counts.held, counts.shares),
        (ready, len(workshop.equipment)),
        clashing,
    )


def _parents(workshop: Workshop) -> list[Any]:
    known = gazetteer()
    return known.parents(find((workshop.level, workshop.code))) if known else []
