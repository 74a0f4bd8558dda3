"""Appointments for anybody: a day, an hour, a code; no account, nothing asked of who one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import DataError
from portrea.web.accounts.permissions import act, may, may_somewhere
from portrea.web.accounts.throttling import TRAP, throttle, visitor
from portrea.web.action.appointments import forms, selectors, wording
from portrea.web.action.appointments.pages import day_asked, instant, page_of, posted
from portrea.web.action.clock import zone_at
from portrea.web.action.services import appointments as services
from portrea.web.action.services.reminders import reminder_waiting, reminders_drop

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from portrea.web.action.models import Appointment, Permanence

opens = require_http_methods(["GET", "HEAD", "POST"])
BOOK = "appointment.book"
PLACE_RATE, DAY_RATE = "5/j", "12/j"
"""Appointments taken from one network: in one permanence, then in all of them."""
CODE_RATE, CONTACT_RATE = "120/h", "10/h"
"""Codes read, then contacts given, from one network."""
NO_CODE = gettext_lazy(
    "Aucun rendez-vous n’a ce code. Recopiez-le depuis votre fiche ; après beaucoup d’essais, "
    "attendez une heure ou téléphonez."
)


# -- choosing -------------------------------------------------------------------------------------


@never_cache
@require_safe
@act(BOOK)
def permanences(request: HttpRequest) -> HttpResponse:
    """List the permanences that take appointments without account, by commune."""
    words = request.GET.get("q", "")[:80]
    context = {"listed": selectors.open_permanences(words), "words": words}
    return render(request, "action/appointments/places.html", context)


@never_cache
@require_safe
@act(BOOK)
def permanence(request: HttpRequest, key: str) -> HttpResponse:
    """Show the next days of a permanence, each with its free hours."""
    found = _public(key)
    page = page_of(selectors.free_days(found), day_asked(request.GET.get("apres", "")))
    context = {"permanence": found, "page": page}
    return render(request, "action/appointments/days.html", context)


@never_cache
@opens
@act(BOOK)
def book(request: HttpRequest, key: str, moment: int) -> HttpResponse:
    """Ask to confirm, then keep the moment; when somebody was faster, show what is left."""
    found, asked = _public(key), instant(moment)
    form = forms.BookingForm(posted(request))
    if request.method != "POST":
        return _confirm(request, found, asked, form, gone=not selectors.is_free(found, asked))
    if not form.is_valid():
        return _confirm(request, found, asked, form)
    refused = _refused(request, found)
    if refused:
        return _confirm(request, found, asked, form, error=refused)
    try:
        made = services.appointment_take(actor=request, key=key, moment=asked, **form.cleaned_data)
    except services.TakenError:
        return _confirm(request, found, asked, form, gone=True)
    return HttpResponseRedirect(f"{reverse('appointment-code', args=[made.code])}?pris=1")


def _confirm(
    request: HttpRequest,
    found: Permanence,
    moment: datetime,
    form: forms.BookingForm,
    *,
    gone: bool = False,
    error: str = "",
) -> HttpResponse:
    zone = zone_at(found, found.commune)
    others = selectors.nearest(selectors.free_days(found)) if gone else []
    context = {
        "permanence": found,
        "moment": moment.astimezone(zone),
        "number": int(moment.timestamp()),
        "form": form,
        "gone": gone,
        "others": [one.astimezone(zone) for one in others],
        "error": error,
        "trap": TRAP,
    }
    status = 409 if gone else 429 if error else 400 if form.errors else 200
    return render(request, "action/appointments/book.html", context, status=status)


def _refused(request: HttpRequest, found: Permanence) -> str:
    """Return why this network may not take one more, in French; agents take as many as come."""
    if request.POST.get(TRAP):
        return _("Votre demande n’a pas pu être enregistrée. Téléphonez à la permanence.")
    if may(request, "appointment.run", found.territory, structure=found.structure):
        return ""
    who = visitor(request)
    here = throttle(f"rendez-vous:{who}:{found.pk}", PLACE_RATE)
    if here and throttle(f"rendez-vous:{who}", DAY_RATE):
        return ""
    return _(
        "Beaucoup de rendez-vous ont déjà été pris aujourd’hui depuis votre connexion. Téléphonez "
        "à la permanence, ou revenez demain."
    )


# -- by code --------------------------------------------------------------------------------------


@never_cache
@opens
@act(BOOK)
def find(request: HttpRequest) -> HttpResponse:
    """Ask for the code of an appointment, to read it again or to cancel it."""
    form = forms.CodeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        found = _looked_up(request, form.cleaned_data["code"])
        if found is not None:
            return _to(found)
        form.add_error("code", NO_CODE)
    status = 400 if form.errors else 200
    return render(request, "action/appointments/find.html", {"form": form}, status=status)


@never_cache
@require_safe
@act(BOOK)
def code(request: HttpRequest, code: str) -> HttpResponse:
    """Show an appointment to whoever has its code: when, where, what to bring, how to cancel."""
    return _shown(request, _with_code(request, code), forms.ReminderForm())


@require_POST
@act(BOOK)
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Cancel in one step."""
    found = _with_code(request, code)
    services.appointment_cancel(actor=request, code=found.code)
    return _to(found)


@require_POST
@act(BOOK)
def remind(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for a reminder, or stop it."""
    found = _with_code(request, code)
    if request.POST.get("arreter"):
        reminders_drop(services.ABOUT, found.code)
        return _to(found)
    form = forms.ReminderForm(request.POST)
    if form.is_valid() and not throttle(f"rappel:{visitor(request)}", CONTACT_RATE):
        form.add_error("contact", _("Trop de demandes d’ici : attendez une heure."))
    if not form.is_valid():
        return _shown(request, found, form, status=400)
    try:
        services.appointment_remind(actor=request, code=found.code, **form.cleaned_data)
    except DataError as error:
        form.add_error("contact", f"{error.message} {error.remedy or ''}".strip())
        return _shown(request, found, form, status=400)
    return _to(found)


@require_safe
@act(BOOK)
def calendar(request: HttpRequest, code: str) -> HttpResponse:
    """Send the appointment as a calendar file."""
    content = wording.calendar_of(_with_code(request, code))
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="rendez-vous.ics"'
    return answer


def _shown(
    request: HttpRequest, found: Appointment, form: forms.ReminderForm, *, status: int = 200
) -> HttpResponse:
    waiting = reminder_waiting(services.ABOUT, found.code)
    zone = wording.zone_of(found)
    due = wording.reminded(found)
    context: dict[str, Any] = {
        "found": found,
        "permanence": found.permanence,
        "moment": wording.local(found),
        "subject": wording.subjects().get(found.subject, ""),
        "needs": wording.needs_said(found),
        "qr": wording.qr_of(found),
        "address": wording.address_of(found),
        "local": wording.is_local(wording.address_of(found)),
        "reminded": waiting.due.astimezone(zone) if waiting else None,
        "due": due.astimezone(zone) if due else None,
        "form": form,
        "new": request.GET.get("pris") == "1",
        "held": found.is_held and not wording.is_past(found),
        "cancelled": found.is_cancelled,
    }
    return render(request, "action/appointments/code.html", context, status=status)


def _with_code(request: HttpRequest, code: str) -> Appointment:
    found = _looked_up(request, code)
    if found is None:
        raise Http404(code)
    return found


def _looked_up(request: HttpRequest, code: str) -> Appointment | None:
    """Return an appointment; a network that tries many codes is told that none exists."""
    allowed = may_somewhere(request, "appointment.run") or throttle(
        f"code-rendez-vous:{visitor(request)}", CODE_RATE
    )
    return selectors.appointment_of(code) if allowed else None


def _public(key: str) -> Permanence:
    found = selectors.permanence_of(key)
    if found is None or not found.public or found.closed:
        raise Http404(key)
    return found


def _to(found: Appointment) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("appointment-code", args=[found.code]))
