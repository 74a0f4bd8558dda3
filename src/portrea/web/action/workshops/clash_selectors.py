"""Workshops that cannot both be: the same place, the same person, the same lot of equipment."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portrea.action.planning import Moment, clashes
from portrea.action.telling import say_day
from portrea.territory.naming import normalise
from portrea.web.action.clock import when, zone_at
from portrea.web.action.models import Shift, Workshop

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Found = dict[str, tuple[str, ...]]
"""Key of a workshop → what clashes, one French sentence each."""


def clashes_of(workshops: Sequence[Workshop]) -> Found:
    """Return what clashes among some workshops; those cancelled take nothing."""
    planned = [one for one in workshops if one.state == Workshop.State.PLANNED]
    shifts = Shift.objects.filter(workshop__in=planned, helper__isnull=False)
    labels: dict[str, str] = {}
    moments = [_whole(one, labels) for one in planned]
    moments += [_held(shift, labels) for shift in shifts.select_related("helper", "workshop")]
    named = {one.key: one for one in planned}
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for clash in clashes(moments):
        shared = [labels[one] for one in clash.shared]
        for mine, other in ((clash.one, clash.other), (clash.other, clash.one)):
            found[mine.name][_said(shared, mine.name == other.name, named[other.name])] = None
    return {key: tuple(told) for key, told in found.items()}


def clashes_with(workshop: Workshop) -> tuple[str, ...]:
    """Return what clashes with one workshop, wherever the others are."""
    near = Workshop.objects.filter(
        state=Workshop.State.PLANNED, starts__lt=workshop.ends, ends__gt=workshop.starts
    ).exclude(pk=workshop.pk)
    held = Shift.objects.filter(workshop=workshop, helper__isnull=False)
    helpers = held.values_list("helper", flat=True)
    also = Workshop.objects.filter(state=Workshop.State.PLANNED, shifts__helper__in=helpers)
    rows = {one.pk: one for one in [*near, *also, workshop]}
    return clashes_of(list(rows.values())).get(workshop.key, ())


def _whole(workshop: Workshop, labels: dict[str, str]) -> Moment:
    takes = dict(_place(workshop)) | dict(_things(workshop.equipment, workshop.territory))
    labels |= takes
    return Moment(workshop.key, workshop.starts, workshop.ends, frozenset(takes))


def _held(shift: Shift, labels: dict[str, str]) -> Moment:
    assert shift.helper is not None
    token = f"equipe:{shift.helper_id}"
    labels[token] = shift.helper.label
    return Moment(shift.workshop.key, shift.starts, shift.ends, frozenset([token]))


def _place(workshop: Workshop) -> Iterable[tuple[str, str]]:
    name = normalise(workshop.place_name)
    if workshop.place:
        yield f"lieu:{workshop.place}", workshop.place_name or workshop.place
    elif name:
        yield f"lieu:{name}:{workshop.commune or workshop.territory}", workshop.place_name


def _things(equipment: Sequence[Mapping[str, object]], territory: str) -> Iterable[tuple[str, str]]:
    for one in equipment:
        if one.get("only"):
            what = str(one["what"])
            yield f"materiel:{normalise(what)}:{territory}", what


def _said(shared: Sequence[str], itself: bool, other: Workshop) -> str:
    told = ", ".join(shared)
    if itself:
        return _("%(what)s : deux créneaux à la fois dans cet atelier.") % {"what": told}
    moment = when(other.starts, other.ends, zone_at(other, other.commune))
    return _("%(what)s : déjà pris par « %(title)s », le %(day)s de %(starts)s à %(ends)s.") % {
        "what": told,
        "title": other.title,
        "day": say_day(moment.day, year=True),
        "starts": f"{moment.starts.hour} h {moment.starts:%M}",
        "ends": f"{moment.ends.hour} h {moment.ends:%M}",
    }
