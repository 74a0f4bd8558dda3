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


@require_safe
def tour(request: HttpRequest) -> HttpResponse:
    """Show the form, and the round when stops are given."""
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
    try:
        page = selectors.page_of(asked)
    except StoreError:
        raise
    except PortreaError as error:
        return _form(request, asked, error=error, status=400)
    return render(request, "reach/tour.html", _context(asked) | {"page": page})


@require_safe
def tour_sheet(request: HttpRequest) -> HttpResponse:
    """Show the road sheet alone, to print."""
    asked = TourAsked.read(request.GET)
    page = selectors.page_of(asked)
    return render(request, "reach/tour_sheet.html", _context(asked) | {"page": page})


@require_safe
def tour_file(request: HttpRequest, form: str) -> HttpResponse:
    """Send the calendar (ICS), the visits (CSV), the whole answer (JSON) or its drawing."""
    if form not in selectors.FORMS:
        raise Http404(form)
    content = selectors.file_of(TourAsked.read(request.GET), form, timezone.now())
    response = HttpResponse(content, content_type=selectors.FORMS[form])
    response["Content-Disposition"] = f'attachment; filename="tournee.{form}"'
    return response


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
        "page": None,
        "error": None,
        "unknown": False,
    }


def _next_monday(today: date) -> date:
    return today + timedelta(days=7 - today.weekday())
