"""Priority areas of a territory: the list, the causes beside it, the map, the file."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portrea.steering.measures import words
from portrea.web.reach import priority_choices as choices
from portrea.web.reach import priority_selectors as selectors
from portrea.web.reach.priority_asked import PriorityAsked
from portrea.web.territories.living import living
from portrea.web.territories.selectors import Crumb, territory_find, trail

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
@living
def priorities(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Show which areas of a territory lack help most, and what cannot be said of them."""
    asked = PriorityAsked.read(f"{level}:{code}", request.GET)
    page = selectors.page_of(asked)
    context = {
        "page": page,
        "asked": asked,
        "settings": choices.settings(asked),
        "orders": choices.orders(asked),
        "assumed": choices.assumptions(asked, page),
        "measure": words(page.measure),
        "hidden": parse_qsl(asked.query()),
        "address": request.path,
        "file": f"{request.path.removesuffix('/')}.csv?{asked.query()}",
        "trail": _trail(asked),
    }
    return render(request, "reach/priorities.html", context)


@require_safe
@living
def priorities_file(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Send the whole list as CSV, with the causes."""
    asked = PriorityAsked.read(f"{level}:{code}", request.GET)
    name = f"portrea-priorites-{level}-{code}.csv"
    return HttpResponse(
        selectors.file_of(asked),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _trail(asked: PriorityAsked) -> list[Crumb]:
    selection = territory_find(asked.reference)
    *above, last = trail(selection)
    url = f"/territoires/{selection.key.replace(':', '/')}/" if selection.is_single else ""
    return [*above, Crumb(last.label, url or last.url), Crumb("Zones prioritaires")]
