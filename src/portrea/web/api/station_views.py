"""Two pages of a self-service station: « are you still there », and the end of a visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portrea.web.api.stations import ANSWER

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portrea.web.api.stations import Station


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Ask, in a browser without scripts, whether somebody is still there."""
    station = _kiosk(request)
    told = request.GET.get("suite", "")
    inside = told.startswith(f"{station.prefix}/") and "\\" not in told
    following = told if inside else station.start
    context = {"station": station, "following": following, "seconds": ANSWER}
    return render(request, "api/station/wait.html", context)


@require_safe
def ended(request: HttpRequest) -> HttpResponse:
    """Wipe what the last reader left on this site, then show the first page."""
    station = _kiosk(request)
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        request.session.flush()
    response = HttpResponseRedirect(station.start)
    for name in request.COOKIES:
        response.delete_cookie(name)
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


def _kiosk(request: HttpRequest) -> Station:
    station: Station | None = getattr(request, "station", None)
    if station is None or not station.is_kiosk:
        raise Http404(request.path)
    return station
