"""Who holds workshops: the team and its trainings, the parts of a day and who takes each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portrea.base.errors import PortreaError
from portrea.web.accounts.holders import holder, holders_of
from portrea.web.accounts.permissions import act, require
from portrea.web.accounts.scope import name_of
from portrea.web.action.clock import when, zone_at
from portrea.web.action.models import Helper
from portrea.web.action.services import teams as services
from portrea.web.action.workshops import forms, selectors
from portrea.web.action.workshops.clash_selectors import clashes_with
from portrea.web.action.workshops.views import about, opens, said, saved, to, tried

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portrea.web.action.models import Shift, Workshop


@never_cache
@require_safe
@act("workshop.run")
def team(request: HttpRequest) -> HttpResponse:
    """List the team: agents and volunteers, the trainings of each."""
    rows = [(one, name_of(one.territory)) for one in selectors.helpers_of(request)]
    return render(request, "action/workshops/team.html", {"rows": rows})


@never_cache
@opens
@act("workshop.run")
def helper(request: HttpRequest, number: int = 0) -> HttpResponse:
    """Write somebody of the team, or somebody new."""
    found = _helper_to_run(request, number) if number else None
    holders = None if found else holders_of(request, "workshop.run")
    first = {"label": found.label, "kind": found.kind} if found else None
    form = forms.HelperForm(request.POST or None, holders=holders, initial=first)
    mine = found.trainings if found else []
    rows = forms.Trainings(request.POST or None, initial=mine, prefix="formation")
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        told = form.cleaned_data | {"trainings": forms.rows(rows, "what")}
        where = holder(told.pop("holder")) if found is None else None
        done = tried(form, lambda: services.helper_save(
            actor=request, told=told, helper=number or None,
            territory=where.territory if where else None,
            structure=where.structure if where else "",
        ))  # fmt: skip
        if done is not None:
            messages.success(request, _("C’est enregistré."))
            return HttpResponseRedirect(reverse("workshop-team"))
    context = {"form": form, "rows": rows, "helper": found} | forms.suggestions()
    return render(request, "action/workshops/helper.html", context)


@require_POST
@act("workshop.run")
def helper_leave(request: HttpRequest, number: int) -> HttpResponse:
    """Say that somebody left the team."""
    _helper_to_run(request, number)
    services.helper_leave(actor=request, helper=number)
    messages.success(request, _("C’est noté. Ses créneaux à venir sont libres."))
    return HttpResponseRedirect(reverse("workshop-team"))


@never_cache
@require_safe
@act("workshop.run")
def shifts(request: HttpRequest, key: str) -> HttpResponse:
    """Show the parts of a workshop and who holds each."""
    found = selectors.workshop_to_run(request, key)
    context = about(found) | {"shifts": _told(found), "clashes": clashes_with(found)}
    return render(request, "action/workshops/shifts.html", context)


@never_cache
@opens
@act("workshop.run")
def shift(request: HttpRequest, key: str, number: int = 0) -> HttpResponse:
    """Write a part of a workshop, or a new one."""
    found = selectors.workshop_to_run(request, key)
    row = found.shifts.filter(pk=number).first() if number else None
    if number and row is None:
        raise Http404(number)
    helpers = selectors.helpers_for(found)
    first = forms.shift_starting(found, row)
    form = forms.ShiftForm(request.POST or None, helpers=helpers, initial=first)
    if request.method == "POST" and form.is_valid():
        done = tried(form, lambda: services.shift_save(
            actor=request, key=key, told=form.cleaned_data, shift=number or None
        ))  # fmt: skip
        if done is not None:
            return saved(request, found, _("Le créneau est enregistré."), "workshop-shifts")
    context = about(found) | {"form": form, "shift": row} | forms.suggestions(helpers)
    return render(request, "action/workshops/shift.html", context)


@require_POST
@act("workshop.run")
def shift_drop(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Take a part of a workshop away."""
    try:
        services.shift_drop(actor=request, key=key, shift=number)
    except PortreaError as error:
        messages.warning(request, said(error))
    return to("workshop-shifts", key)


def _helper_to_run(request: HttpRequest, number: int) -> Helper:
    found = Helper.objects.filter(pk=number).first()
    if found is None:
        raise Http404(number)
    require(request, "workshop.run", found.territory, structure=found.structure)
    return found


def _told(workshop: Workshop) -> list[tuple[Shift, Any, str]]:
    """Return the shifts, when each is, and why its holder is not trained for it any more."""
    zone = zone_at(workshop, workshop.commune)
    found = []
    for one in workshop.shifts.select_related("helper"):
        moment = when(one.starts, one.ends, zone)
        wanted = one.training or workshop.training
        why = services.lacking(one.helper, wanted, moment.day) if one.helper else ""
        found.append((one, moment, why))
    return found
