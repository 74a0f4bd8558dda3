"""For everybody: who comes outside or at home near a place; what a computer served for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portrea.base.errors import DataError, PortreaError
from portrea.territory import Level
from portrea.web.accounts.permissions import act
from portrea.web.accounts.scope import find, name_of
from portrea.web.accounts.throttling import throttle
from portrea.web.action.models import SelfService
from portrea.web.action.outreach import forms, selectors
from portrea.web.action.outreach.calendar import presences_file
from portrea.web.action.services.outreach import use_count
from portrea.web.territories.selectors import territory_search

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.web.accounts.scope import Key

LEVELS = (Level.COMMUNE, Level.EPCI, Level.DEPARTEMENT)
RATE = "60/h"
"""Answers of one computer: one a minute is more than people do."""


@require_safe
def nearby(request: HttpRequest) -> HttpResponse:
    """Ask where; show the communes and territories of that name."""
    asked = request.GET.get("q", "")[:80].strip()
    found = []
    if asked:
        try:
            wanted = tuple(f"{level.value}:" for level in LEVELS)
            found = [one for one in territory_search(asked) if one.reference.startswith(wanted)]
        except PortreaError:
            found = []
    places = [(one, *one.reference.split(":", 1)) for one in found]
    return render(request, "action/outreach/nearby.html", {"asked": asked, "places": places})


@require_safe
def around(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Show who comes outside and at home in a territory."""
    key = _key(level, code)
    context = {
        "level": level,
        "code": code,
        "name": name_of(key),
        "presences": selectors.public_presences(key),
        "homes": selectors.public_homes(key),
    }
    return render(request, "action/outreach/around.html", context)


@require_safe
def around_dates(_request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Send the next dates as a calendar file."""
    content = presences_file(_key(level, code))
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="aller-vers-{code}.ics"'
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("selfservice.tell")
def station(request: HttpRequest, key: str) -> HttpResponse:
    """Ask in two taps what a computer served for; thank; be ready for the next person."""
    found = get_object_or_404(SelfService, key=key, retired=None)
    form = forms.UseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if throttle(f"poste:{found.key}", RATE):
            try:
                use_count(actor=request, key=key, **form.cleaned_data)
            except DataError as error:
                raise Http404(error.message) from None
        return HttpResponseRedirect(f"{reverse('outreach-station', kwargs={'key': key})}?merci=1")
    thanked = request.method != "POST" and "merci" in request.GET
    context = {"computer": found, "form": form, "thanked": thanked, "title": _("Avant de partir")}
    return render(request, "action/outreach/station.html", context)


def _key(level: str, code: str) -> Key:
    if level not in {one.value for one in LEVELS}:
        raise Http404(level)
    try:
        found = find((level, code))
    except (PortreaError, ValueError):
        raise Http404(code) from None
    return found.level.value, found.code
