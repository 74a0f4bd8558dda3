"""Rounds: enter stops, see the calendar, print the road sheet, take the files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portrea.base.errors import PortreaError, StoreError
from portrea.web.reach import tour_selectors as selectors
from portrea.web.reach.tour_asked import TourAsked
from portrea.web.territories.selectors import Crumb

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.web.reach.tour_selectors import TourPage


@require_safe
def tour(request: HttpRequest) -> HttpResponse:
    """Show the form, and the round when stops are given; call off what is ticked."""
    asked = TourAsked.read(request.GET)
    if not asked.start:
        asked = replace(asked, start=_next_monday(timezone.localdate()).isoformat())
        if asked.stops:
            return HttpResponseRedirect(f"{reverse('tour')}?{asked.query()}")
    if asked.territory and not asked.stops:
        asked = replace(asked, stops=selectors.lines_of(asked.territory))
        return _form(request, asked, unknown=not asked.stops)
    if not asked.stops:
        return _form(request, asked)
    ticked = request.GET.getlist("annuler")
    try:
        if ticked:
            return HttpResponseRedirect(_called_off(request, asked, ticked))
        page = selectors.page_of(asked)
    except StoreError:
        raise
    except PortreaError as error:
        return _form(request, asked, error=error, status=400)
    more = {"page": page, "nothing": "refaire" in request.GET}
    return render(request, "reach/tour.html", _context(asked) | _links(asked, page) | more)


@require_safe
def tour_sheet(request: HttpRequest) -> HttpResponse:
    """Show the road sheet alone, to print."""
    asked = TourAsked.read(request.GET)
    try:
        page = selectors.page_of(asked)
    except StoreError:
        raise
    except PortreaError as error:
        return _form(request, asked, error=error, status=400)
    return render(request, "reach/tour_sheet.html", _context(asked) | {"page": page})


@require_safe
def tour_file(request: HttpRequest, form: str) -> HttpResponse:
    """Send the calendar (ICS), the visits (CSV), the whole answer (JSON) or its drawing."""
    if form not in selectors.FORMS:
        raise Http404(form)
    asked = TourAsked.read(request.GET)
    try:
        content = selectors.file_of(asked, form, timezone.now())
    except StoreError:
        raise
    except PortreaError as error:
        return _form(request, asked, error=error, status=400)
    response = HttpResponse(content, content_type=selectors.FORMS[form])
    response["Content-Disposition"] = f'attachment; filename="tournee.{form}"'
    return response


def _called_off(request: HttpRequest, asked: TourAsked, ticked: list[str]) -> str:
    """Return the address of the round without what is ticked."""
    made_up = request.GET.get("rattraper", "") != "non"
    first = asked.announced or selectors.announced_of(asked)
    now = asked.cancelling(first, ticked, today=timezone.localdate(), made_up=made_up)
    return f"{reverse('tour')}?{now.query()}#change"


def _links(asked: TourAsked, page: TourPage) -> dict[str, object]:
    """Return the addresses that go back, and the one that keeps the calendar as announced."""
    kept = replace(asked, announced=page.announced)
    return {
        "kept": kept.query(),
        "undone": replace(kept, cancelled=kept.cancelled[:-1]).query() if kept.cancelled else "",
        "fields": kept.fields(),
    }


def _form(
    request: HttpRequest,
    asked: TourAsked,
    *,
    error: PortreaError | None = None,
    unknown: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = _context(asked) | {"error": error, "unknown": unknown}
    return render(request, "reach/tour.html", context, status=status)


def _context(asked: TourAsked) -> dict[str, object]:
    crumbs = [Crumb(_("Accès"), reverse("access-home")), Crumb(_("Tournées"))]
    return {
        "asked": asked,
        "query": asked.query(),
        "trail": crumbs,
        "roads": selectors.road_names(),
        "page": None,
        "error": None,
        "unknown": False,
    }


def _next_monday(today: date) -> date:
    return today + timedelta(days=7 - today.weekday())
