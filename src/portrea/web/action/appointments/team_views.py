"""The day of a permanence: who comes, came or not; taken for somebody, moved, cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import DataError
from portrea.web.accounts.permissions import act
from portrea.web.action.appointments import forms, selectors, wording
from portrea.web.action.appointments.pages import day_asked, instant, page_of, posted
from portrea.web.action.appointments.settings_views import about, permanence_to_show
from portrea.web.action.clock import zone_at
from portrea.web.action.services import appointments as services

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.http import HttpRequest

    from portrea.web.action.models import Appointment, Permanence

opens = require_http_methods(["GET", "HEAD", "POST"])
RUN = services.RUN


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment as its team sees it, on the clocks of the permanence."""

    found: Appointment
    at: datetime
    subject: str
    needs: tuple[str, ...]
    cancelled: bool
    markable: bool


@never_cache
@require_safe
@act(RUN)
def day(request: HttpRequest, key: str) -> HttpResponse:
    """Show who comes on a day, the next days, and what falls on a closed one."""
    found = permanence_to_show(request, key)
    zone = zone_at(found, found.commune)
    today = timezone.now().astimezone(zone).date()
    shown = day_asked(request.GET.get("jour", "")) or today
    context = about(found) | {
        "day": shown,
        "today": shown == today,
        "before": shown - timedelta(days=1),
        "after": shown + timedelta(days=1),
        "visits": [_visit(found, one) for one in selectors.appointments_on(found, shown)],
        "days": selectors.overview(found, today),
        "stranded": [_visit(found, one) for one in selectors.stranded(found)],
    }
    return render(request, "action/appointments/day.html", context)


@never_cache
@require_safe
@act(RUN)
def choose(request: HttpRequest, key: str) -> HttpResponse:
    """Show the free slots, to take one for somebody who is there."""
    found = permanence_to_show(request, key)
    page = page_of(selectors.free_days(found, agent=True), day_asked(request.GET.get("apres", "")))
    context = about(found) | {"page": page, "visit": None}
    return render(request, "action/appointments/choose.html", context)


@never_cache
@opens
@act(RUN)
def take(request: HttpRequest, key: str, moment: int) -> HttpResponse:
    """Take a slot for somebody, then show the slip to print."""
    found, asked = permanence_to_show(request, key), instant(moment)
    form = forms.BookingForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.appointment_take(
                actor=request, key=key, moment=asked, by_agent=True, **form.cleaned_data
            )
        except DataError as error:
            return _refused(request, error, "appointment-choose", key)
        return HttpResponseRedirect(f"{reverse('appointment-code', args=[made.code])}?pris=1")
    at = asked.astimezone(zone_at(found, found.commune))
    context = about(found) | {"form": form, "at": at}
    return render(request, "action/appointments/take.html", context)


@require_POST
@act(RUN)
def mark(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Say whether the person came."""
    state = request.POST.get("etat", "")
    try:
        found = services.appointment_mark(actor=request, key=key, number=number, state=state)
    except DataError as error:
        return _refused(request, error, "appointment-day", key)
    return _to_day(found)


@never_cache
@opens
@act(RUN)
def refuse(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Cancel for the permanence, with a word."""
    found, visit = _one(request, key, number)
    form = forms.MessageForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            row = services.appointment_refuse(
                actor=request, key=key, number=number, message=form.cleaned_data["message"]
            )
        except DataError as error:
            return _refused(request, error, "appointment-day", key)
        messages.success(request, _("Le rendez-vous est annulé ; le créneau est libre."))
        return _to_day(row)
    context = about(found) | {"form": form, "visit": visit}
    return render(request, "action/appointments/refuse.html", context)


@never_cache
@require_safe
@act(RUN)
def move(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Show where an appointment may be moved."""
    found, visit = _one(request, key, number)
    days = selectors.free_days(found, agent=True, besides=number)
    page = page_of(days, day_asked(request.GET.get("apres", "")))
    context = about(found) | {"page": page, "visit": visit}
    return render(request, "action/appointments/choose.html", context)


@never_cache
@opens
@act(RUN)
def move_to(request: HttpRequest, key: str, number: int, moment: int) -> HttpResponse:
    """Move an appointment, with a word."""
    found, visit = _one(request, key, number)
    asked = instant(moment)
    form = forms.MessageForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            row = services.appointment_move(
                actor=request, key=key, number=number, moment=asked, **form.cleaned_data
            )
        except DataError as error:
            return _refused(request, error, "appointment-day", key)
        messages.success(request, _("Le rendez-vous est déplacé ; son code n’a pas changé."))
        return _to_day(row)
    at = asked.astimezone(zone_at(found, found.commune))
    context = about(found) | {"form": form, "visit": visit, "at": at}
    return render(request, "action/appointments/move.html", context)


def _one(request: HttpRequest, key: str, number: int) -> tuple[Permanence, Visit]:
    found = permanence_to_show(request, key)
    row = selectors.appointment_in(found, number)
    if row is None:
        raise Http404(number)
    return found, _visit(found, row)


def _visit(permanence: Permanence, found: Appointment) -> Visit:
    found.permanence = permanence
    at = wording.local(found)
    return Visit(
        found,
        at,
        wording.subjects().get(found.subject, ""),
        tuple(wording.needs_said(found)),
        found.is_cancelled,
        at.date() <= timezone.now().astimezone(at.tzinfo).date(),
    )


def _refused(request: HttpRequest, error: DataError, name: str, key: str) -> HttpResponse:
    messages.warning(request, f"{error.message} {error.remedy or ''}".strip())
    return HttpResponseRedirect(reverse(name, args=[key]))


def _to_day(found: Appointment) -> HttpResponseRedirect:
    day: date = wording.local(found).date()
    path = reverse("appointment-day", args=[found.permanence.key])
    return HttpResponseRedirect(f"{path}?jour={day.isoformat()}")
