"""A permanence as its team keeps it: the list, how appointments are taken, hours, closings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import DataError
from portrea.web.accounts.holders import holder, holders_of
from portrea.web.accounts.permissions import act, require
from portrea.web.accounts.scope import name_of
from portrea.web.action.appointments import forms, selectors, wording
from portrea.web.action.appointments.pages import posted
from portrea.web.action.services import permanences as services
from portrea.web.action.sms import is_offered

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.web.action.models import Permanence

opens = require_http_methods(["GET", "HEAD", "POST"])
RUN = services.ACT
FIRST = {
    "minutes": 30, "agents": 1, "notice": 2, "ahead": 42, "public": True,
    "in_school_holidays": True,
}  # fmt: skip


@never_cache
@require_safe
@act(RUN)
def permanences(request: HttpRequest) -> HttpResponse:
    """List the permanences that the person runs."""
    rows = [(one, name_of(one.territory)) for one in selectors.permanences_of(request)]
    return render(request, "action/appointments/list.html", {"rows": rows})


@never_cache
@opens
@act(RUN)
def new(request: HttpRequest) -> HttpResponse:
    """Open a permanence; its hours come next."""
    holders = holders_of(request, RUN)
    form = forms.NewPermanenceForm(posted(request), holders=holders, initial=FIRST)
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        where = holder(told.pop("holder"))
        made = services.permanence_open(
            actor=request, territory=where.territory, structure=where.structure, **told
        )
        messages.success(request, _("La permanence est créée. Dites maintenant ses heures."))
        return _to("appointment-hours", made.key)
    return render(request, "action/appointments/new.html", {"form": form}, status=_status(form))


@never_cache
@opens
@act(RUN)
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change how appointments are taken."""
    found = permanence_to_show(request, key)
    first = {name: getattr(found, name) for name in forms.PermanenceForm.base_fields}
    form = forms.PermanenceForm(posted(request), initial=first)
    if request.method == "POST" and form.is_valid():
        services.permanence_change(actor=request, key=key, told=form.cleaned_data)
        messages.success(
            request, _("C’est enregistré. Les rendez-vous déjà pris n’ont pas changé.")
        )
        return _to("appointment-day", key)
    context = about(found) | {"form": form, "sms": wording.sms_of(found) if is_offered() else None}
    return render(request, "action/appointments/edit.html", context, status=_status(form))


@never_cache
@opens
@act(RUN)
def hours(request: HttpRequest, key: str) -> HttpResponse:
    """Write the hours of a permanence."""
    found = permanence_to_show(request, key)
    names = ("weekday", "starts", "ends", "every", "first", "last")
    first = [{name: getattr(one, name) for name in names} for one in found.openings.all()]
    rows = forms.Openings(posted(request), initial=first, prefix="heures")
    if request.method == "POST" and rows.is_valid():
        told = [one for one in rows.cleaned_data if one.get("starts")]
        services.hours_save(actor=request, key=key, hours=told)
        return _saved(request, found)
    context = about(found) | {"rows": rows}
    return render(request, "action/appointments/hours.html", context, status=_status(rows))


@never_cache
@opens
@act(RUN)
def closings(request: HttpRequest, key: str) -> HttpResponse:
    """Write the days when a permanence is closed."""
    found = permanence_to_show(request, key)
    names = ("first", "last", "why")
    first = [{name: getattr(one, name) for name in names} for one in found.closings.all()]
    rows = forms.Closings(posted(request), initial=first, prefix="fermetures")
    if request.method == "POST" and rows.is_valid():
        told = [one for one in rows.cleaned_data if one.get("first")]
        try:
            services.closings_save(actor=request, key=key, closings=told)
        except DataError as error:
            messages.warning(request, f"{error.message} {error.remedy or ''}".strip())
            return _to("appointment-closings", key)
        return _saved(request, found)
    context = about(found) | {"rows": rows}
    return render(request, "action/appointments/closings.html", context, status=_status(rows))


@require_POST
@act(RUN)
def close(request: HttpRequest, key: str) -> HttpResponse:
    """Take no more appointments, or take them again."""
    permanence_to_show(request, key)
    closed = request.POST.get("clore") != "non"
    services.permanence_close(actor=request, key=key, closed=closed)
    return _to("appointment-day", key)


def permanence_to_show(request: HttpRequest, key: str) -> Permanence:
    """Return a permanence that the person runs (404 when there is none, 403 elsewhere)."""
    found = selectors.permanence_of(key)
    if found is None:
        raise Http404(key)
    require(request, RUN, found.territory, structure=found.structure)
    return found


def about(found: Permanence) -> dict[str, Any]:
    """Return what every page of a permanence shows."""
    return {"permanence": found, "where": name_of(found.territory)}


def _saved(request: HttpRequest, found: Permanence) -> HttpResponse:
    messages.success(request, _("C’est enregistré. Les rendez-vous déjà pris n’ont pas changé."))
    return _to("appointment-day", found.key)


def _status(form: Any) -> int:
    errors = form.total_error_count() if hasattr(form, "total_error_count") else form.errors
    return 400 if form.is_bound and errors else 200


def _to(name: str, key: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name, args=[key]))
