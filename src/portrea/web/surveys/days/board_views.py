"""The screen of the room: open to the team, and to those who have the code of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portrea.web.accounts.permissions import act, may
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.throttling import throttle, visitor
from portrea.web.surveys.codes import is_local, qr_of
from portrea.web.surveys.days.board_selectors import board_of
from portrea.web.surveys.days.forms import PinForm
from portrea.web.surveys.days.room_addresses import joining, serves, wifi_code
from portrea.web.surveys.days.selectors import day_of
from portrea.web.surveys.days.views import opens

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.web.surveys.models import Day

EVERY = 10
"""Seconds between two readings of the board."""
OPENED = "day_boards"
"""Name, in the session, of the days whose code was given."""
RATE = "10/15min"


@never_cache
@opens
@act("survey.answer")
def board(request: HttpRequest, key: str) -> HttpResponse:
    """Show the board, or ask for the code of the room."""
    day = _day(key)
    if _opened(request, day):
        following = request.GET.get("suivre") != "0"
        context = _context(day) | {"board": board_of(day), "following": following}
        answer = render(request, "surveys/days/board.html", context)
        if following:
            answer["Refresh"] = str(EVERY)
        return answer
    form = PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not throttle(f"tableau:{key}:{visitor(request)}", RATE):
            form.add_error("pin", _("Trop d’essais : attendez un quart d’heure."))
        elif constant_time_compare(form.cleaned_data["pin"], day.pin):
            request.session[OPENED] = [*request.session.get(OPENED, []), day.key]
            return HttpResponseRedirect(reverse("day-board", kwargs={"key": key}))
        else:
            form.add_error("pin", _("Ce n’est pas le code de la salle : demandez-le à la personne "
                                    "qui tient l’ordinateur."))  # fmt: skip
    status = 403 if form.errors else 200
    return render(request, "surveys/days/pin.html", {"day": day, "form": form}, status=status)


@never_cache
@require_safe
def room_door(request: HttpRequest, key: str) -> HttpResponse:
    """Show the address of the room in large type, its code to scan, and that of the Wi-Fi."""
    day = _day(key)
    ssid, password = _wifi()
    context = _context(day) | {
        "ssid": ssid,
        "password": password,
        "wifi": qr_of(wifi_code(ssid, password)) if ssid else "",
    }
    return render(request, "surveys/days/door.html", context)


def _context(day: Day) -> dict[str, object]:
    address = joining(day)
    return {
        "day": day,
        "where": name_of(day.territory),
        "address": address,
        "qr": qr_of(address),
        "local": is_local(address),
        "room": serves(day),
    }


def _opened(request: HttpRequest, day: Day) -> bool:
    if day.key in request.session.get(OPENED, []):
        return True
    return bool(request.user.is_authenticated and may(request, "day.run", day.territory))


def _wifi() -> tuple[str, str]:
    told: tuple[str, str] = getattr(settings, "PORTREA_COLLECT_WIFI", ("", ""))
    return told


def _day(key: str) -> Day:
    found = day_of(key)
    if found is None:
        raise Http404(key)
    return found
