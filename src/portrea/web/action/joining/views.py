"""Workshops as anybody sees them: the list, one of them, a place kept and given back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.action.joining import SEATED, State, words
from portrea.base.errors import PortreaError
from portrea.web.accounts import links
from portrea.web.accounts.keys import new_code
from portrea.web.accounts.permissions import act
from portrea.web.accounts.throttling import TRAP, throttle, visitor
from portrea.web.action.appointments.forms import ReminderForm
from portrea.web.action.codes import is_local, qr_of
from portrea.web.action.joining import forms, selectors
from portrea.web.action.services import calling, joining
from portrea.web.action.services.opinions import opinions_open

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portrea.web.action.models import Registration, Workshop

opens = require_http_methods(["GET", "HEAD", "POST"])
PEOPLE_RATE, DAY_RATE = "12/j", "30/j"
"""From one network: people in one workshop, then people in all; a whole team telephones."""
CODE_RATE, REMINDER_RATE = "10/15min", "10/j"
DRAWN, LASTS = "inscription", timedelta(hours=2)
"""The code of a registration is drawn with the page; how long a page left open stays good."""


# -- the list, one workshop -----------------------------------------------------------------------


@never_cache
@require_safe
def workshops(request: HttpRequest) -> HttpResponse:
    """List the workshops to come, by place and theme."""
    rows = selectors.coming()
    where, theme = request.GET.get("ou", "")[:40], request.GET.get("theme", "")[:60]
    places, themes = selectors.places_of(rows), selectors.themes_met(rows)
    where = where if where in dict(places) else ""
    context = {
        "rows": selectors.narrowed(rows, where=where, theme=theme if theme in dict(themes) else ""),
        "places": places,
        "themes": themes,
        "where": where,
        "theme": theme,
    }
    return render(request, "action/joining/list.html", context)


@never_cache
@opens
@act("workshop.join")
def workshop(request: HttpRequest, key: str) -> HttpResponse:
    """Show a workshop; keep places in it."""
    found = workshop_shown(key)
    form = forms.JoinForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, found, form)
    code = _code_sent(request)
    if request.POST.get(TRAP) or code is None:
        form.add_error(None, _("Cette page est restée ouverte trop longtemps. Renvoyez-la."))
        return _page(request, found, form, status=400)
    if not _allowed(request, found, form.cleaned_data["people"], code):
        form.add_error(None, _("Beaucoup d’inscriptions viennent d’ici. %s") % _other_way(found))
        return _page(request, found, form, status=429)
    try:
        made = joining.registration_take(actor=request, key=key, code=code, **form.cleaned_data)
    except PortreaError as error:
        form.add_error(None, said(error))
        return _page(request, found, form, status=409)
    return HttpResponseRedirect(reverse("workshop-joined", args=[made.code]))


def _page(
    request: HttpRequest, found: Workshop, form: forms.JoinForm, *, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    planned = found.is_planned
    context = {
        "shown": selectors.shown(found),
        "form": form,
        "open": found.public and planned and found.starts > now,
        "begun": found.starts <= now,
        "opinions": opinions_open(found, now),
        "drawn": links.sign(DRAWN, new_code()),
        "trap": TRAP,
    }
    return render(request, "action/joining/workshop.html", context, status=status)


def _code_sent(request: HttpRequest) -> str | None:
    try:
        return str(links.read(DRAWN, request.POST.get("inscription", ""), lasting=LASTS))
    except links.LinkError:
        return None


def _allowed(request: HttpRequest, found: Workshop, people: int, code: str) -> bool:
    """Count people, not pages: a network cannot fill a workshop; sent twice counts once."""
    if selectors.is_registered(code):
        return True
    who = visitor(request)
    keys = ((f"atelier:{found.pk}:{who}", PEOPLE_RATE), (f"ateliers:{who}", DAY_RATE))
    counts = [throttle(key, rate) for key, rate in keys for _one in range(people)]
    return all(counts)


def _other_way(found: Workshop) -> str:
    if found.phone:
        return _("Téléphonez au %s.") % found.phone
    return _("Essayez demain, ou demandez sur place.")


# -- a registration, by its code ------------------------------------------------------------------


@never_cache
@opens
@act("workshop.join")
def find(request: HttpRequest) -> HttpResponse:
    """Find a registration again by its code, to read it or to give it back."""
    form = forms.CodeForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        found = None
        if throttle(f"atelier-code:{visitor(request)}", CODE_RATE):
            found = joining.registration_at(form.cleaned_data["code"])
            told = _("Ce code n’est pas connu. Vérifiez ses huit signes.")
        else:
            told, status = _("Trop d’essais : attendez un quart d’heure."), 429
        if found is not None:
            return HttpResponseRedirect(reverse("workshop-joined", args=[found.code]))
        form.add_error("code", told)
    return render(request, "action/joining/find.html", {"form": form}, status=status)


@never_cache
@require_safe
@act("workshop.join")
def joined(request: HttpRequest, code: str) -> HttpResponse:
    """Show a registration: its code, when and where, how to be reminded, how to give it back."""
    return _joined_page(request, registration_shown(code), ReminderForm())


@opens
@act("workshop.join")
def remind(request: HttpRequest, code: str) -> HttpResponse:
    """Keep where to send a reminder."""
    found = registration_shown(code)
    form = ReminderForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _joined_page(request, found, form)
    if not throttle(f"atelier-rappel:{visitor(request)}", REMINDER_RATE):
        form.add_error(None, _("Trop de rappels demandés d’ici aujourd’hui."))
        return _joined_page(request, found, form, status=429)
    try:
        calling.registration_remind(actor=request, code=code, **form.cleaned_data)
    except PortreaError as error:
        form.add_error(None, said(error))
        return _joined_page(request, found, form, status=409)
    messages.success(request, _("C’est noté : un message partira, puis le contact sera effacé."))
    return HttpResponseRedirect(reverse("workshop-joined", args=[code]))


@require_POST
@act("workshop.join")
def leave(request: HttpRequest, code: str) -> HttpResponse:
    """Give places back."""
    try:
        joining.registration_leave(actor=request, code=code)
    except PortreaError as error:
        messages.warning(request, said(error))
    return HttpResponseRedirect(reverse("workshop-joined", args=[code]))


def _joined_page(
    request: HttpRequest, found: Registration, form: ReminderForm, *, status: int = 200
) -> HttpResponse:
    here, known = found.workshop, words()["needs"]
    address = links.absolute(reverse("workshop-joined", args=[found.code]))
    coming = here.starts > timezone.now() and here.is_planned
    kept = found.state in {*SEATED, State.WAITING}
    context = {
        "registration": found,
        "shown": selectors.shown(here),
        "needs": [known[code] for code in found.needs if code in known],
        "waits": found.state == State.WAITING,
        "cancelled": found.state == State.CANCELLED,
        "open": coming and kept,
        "remind": form if coming and kept and calling.reminded(here) else None,
        "qr": "" if is_local(address) else qr_of(address, _("Code à scanner : cette inscription")),
    }
    return render(request, "action/joining/joined.html", context, status=status)


def registration_shown(code: str) -> Registration:
    """Return the registration of a code (404 when there is none)."""
    found = joining.registration_at(code)
    if found is None:
        raise Http404("registration")
    return found


def workshop_shown(key: str) -> Workshop:
    """Return a workshop that its link opens, public or not (404 when there is none)."""
    found = selectors.workshop_of(key)
    if found is None:
        raise Http404(key)
    return found


def said(error: Any) -> str:
    """Return a refusal and how to mend it."""
    return f"{error.message} {error.remedy or ''}".strip()
