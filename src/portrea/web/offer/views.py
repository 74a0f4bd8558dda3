"""The list of places that help, and the page of one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portrea.web.offer import filters, selectors
from portrea.web.offer.cards import place_card
from portrea.web.territories.selectors import territory_named

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

EVERYWHERE = "france"


@require_safe
def place_list(request: HttpRequest) -> HttpResponse:
    """List places by what is asked; when nothing is, ask for a territory."""
    asked = filters.asked_of(request.GET)
    reference = asked.reference or (EVERYWHERE if asked.words or asked.chosen else "")
    selection, proposals = territory_named(reference) if reference else (None, [])
    if selection is None:
        context = {"asked": asked, "facets": filters.facets_of(asked, {}), "proposals": proposals}
        return fresh(render(request, "offer/place_search.html", context))
    now = timezone.now()
    search = selectors.place_search(selection, asked, now)
    page = selectors.place_page(search, request.GET.get("apres", ""))
    asked = filters.Asked(search.reference, asked.words, asked.chosen)
    counts = search.found.counts
    context = {
        "asked": asked,
        "search": search,
        "query": asked.address(),
        "facets": filters.facets_of(asked, counts),
        "switches": filters.switches_of(asked, counts),
        "removable": filters.removable(asked),
        "cards": [place_card(row, now) for row in page.rows],
        "after": page.after,
    }
    return fresh(render(request, "offer/place_list.html", context))


@require_safe
def place_detail(request: HttpRequest, place_id: str) -> HttpResponse:
    """Show everything known of a place."""
    card = place_card(selectors.place_get(place_id), timezone.now())
    return fresh(render(request, "offer/place_detail.html", {"card": card}))


def fresh(response: HttpResponse) -> HttpResponse:
    """Forbid keeping the page: « open now » is true for a minute."""
    response["Cache-Control"] = "no-cache"
    return response
