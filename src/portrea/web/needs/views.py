"""The map of a measure, and its values for the map's script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portrea.steering.measures import words
from portrea.web.needs import selectors
from portrea.web.territories.caching import published

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.web.needs.selectors import MeasureMap


@require_safe
@published
def measure_map(request: HttpRequest) -> HttpResponse:
    """Show a measure: list first, then the drawing, then the live map on request."""
    shown = _asked(request, request.GET.get("mesure", selectors.MEASURES[0]))
    rows, after = selectors.page_of(shown.rows, request.GET.get("apres", ""))
    context = {
        "shown": shown,
        "rows": rows,
        "after": after,
        "still": selectors.still_map(shown),
        "choices": selectors.choices(shown),
        "departements": selectors.departements(shown),
        "words": words(shown.measure),
    }
    return render(request, "needs/map.html", context)


@require_safe
@published
def values(request: HttpRequest, measure: str) -> JsonResponse:
    """Send the values of the map, apart from its tiles."""
    shown = _asked(request, measure)
    return JsonResponse(selectors.values(shown), json_dumps_params={"ensure_ascii": False})


@require_safe
@published
def table(request: HttpRequest) -> HttpResponse:
    """Send the table of the map as CSV."""
    shown = _asked(request, request.GET.get("mesure", selectors.MEASURES[0]))
    name = f"portrea-{shown.measure}-{shown.level}-{shown.reference.replace(':', '-')}.csv"
    return HttpResponse(
        selectors.table_csv(shown),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _asked(request: HttpRequest, measure: str) -> MeasureMap:
    level, reference = request.GET.get("niveau", ""), request.GET.get("territoire", "").strip()
    return selectors.measure_map(measure, level, reference)
