"""The slip that a person leaves with: a page to print, a calendar, a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portrea.base.errors import ParameterError
from portrea.offer.orientation.slip import calendar_of
from portrea.web.design.languages import words
from portrea.web.journeys import forms, slip_files
from portrea.web.journeys.slip_page import FORMATS, others, slip_page
from portrea.web.journeys.slip_selectors import leaving
from portrea.web.journeys.slip_sharing import path_of
from portrea.web.offer.cards import place_card
from portrea.web.offer.place_page import Known, NoLongerShown, known

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.web.journeys.forms import Read


@require_safe
def slip(request: HttpRequest, place_id: str) -> HttpResponse:
    """Show the slip of a place; a former identifier leads to the one that answers now."""
    read, paper = forms.read(request.GET), _paper(request)
    place = _place(request, place_id, read)
    if isinstance(place, HttpResponse):
        return place
    if place.id != place_id:
        query = read.query(read.asked, format=paper)
        return redirect(path_of("slip", place.id, query), permanent=True)
    told = leaving(place, read.asked, timezone.now(), words())
    context = {"page": slip_page(told, paper, read.manner), "slip": told.slip}
    return _unkept(render(request, "journeys/slip/slip.html", context))


@require_safe
def slip_calendar(request: HttpRequest, place_id: str) -> HttpResponse:
    """Send the next openings for the calendar of a phone."""
    read = forms.read(request.GET)
    place = _place(request, place_id, read)
    if isinstance(place, HttpResponse):
        return place
    if place.id != place_id:
        return redirect(path_of("slip-calendar", place.id, read.asked.query()), permanent=True)
    now = timezone.now()
    told = leaving(place, read.asked, now, words())
    if not told.slip.coming:
        return _nothing(request, _("On ne connaît pas les prochaines ouvertures."), read, place)
    return _unkept(_sent(calendar_of(told.slip, zone=told.zone, stamp=now), "text/calendar", "ics"))


@require_safe
def slip_file(request: HttpRequest, place_id: str) -> HttpResponse:
    """Send the slip as a file to print."""
    read, paper = forms.read(request.GET), _paper(request)
    place = _place(request, place_id, read)
    if isinstance(place, HttpResponse):
        return place
    if place.id != place_id:
        query = read.query(read.asked, format=paper)
        return redirect(path_of("slip-pdf", place.id, query), permanent=True)
    now = timezone.now()
    content = slip_files.slip_file(leaving(place, read.asked, now), paper, now)
    return _unkept(_sent(content, "application/pdf", "pdf"))


def _paper(request: HttpRequest) -> str:
    told = request.GET.get("format", "") or "a4"
    if told not in FORMATS:
        raise ParameterError(
            f"Format de papier inconnu : « {told[:20]} ».", remedy="Formats : a4, a6."
        )
    return told


def _place(request: HttpRequest, place_id: str, read: Read) -> Known | HttpResponse:
    """Return a place, or the page that says why there is no slip of it."""
    try:
        place = known(place_id)
    except NoLongerShown:
        return _nothing(request, _("Ce lieu a été retiré."), read, status=410)
    except Http404:
        return _nothing(request, _("Ce lieu n’est pas dans nos listes."), read)
    closed = place_card(place.row, timezone.now()).closed
    return _nothing(request, closed, read, place, status=410) if closed else place


def _nothing(
    request: HttpRequest,
    reason: str,
    read: Read,
    place: Known | None = None,
    *,
    status: int = 404,
) -> HttpResponse:
    context = {
        "reason": reason,
        "name": place.record.name if place else "",
        "place_id": place.id if place else "",
        "others": others(read.query(read.asked)),
    }
    return _unkept(render(request, "journeys/slip/none.html", context, status=status))


def _sent(content: bytes, kind: str, ending: str) -> HttpResponse:
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return HttpResponse(
        content,
        content_type=f"{kind}{charset}",
        headers={"Content-Disposition": f'attachment; filename="fiche-lieu.{ending}"'},
    )


def _unkept(response: HttpResponse) -> HttpResponse:
    """Forbid keeping what tells a person's situation and is true for a minute."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
