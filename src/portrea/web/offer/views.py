"""The list of places that help, and the page of one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portrea.web.accounts.permissions import may_somewhere
from portrea.web.offer import filters, place_page, places_map, selectors
from portrea.web.offer.cards import place_card
from portrea.web.offer.place_data import vcard
from portrea.web.offer.widening import wider
from portrea.web.territories.selectors import territory_find, territory_named

if TYPE_CHECKING:
    from django.http import HttpRequest

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
        "page": page,
        "wider": () if page.rows else wider(search, selection, asked, now),
    }
    return fresh(render(request, "offer/place_list.html", context))


@require_safe
def place_map(request: HttpRequest) -> HttpResponse:
    """Send the same places as the list, as marks of a view."""
    asked = filters.asked_of(request.GET)
    selection = territory_find(asked.reference or EVERYWHERE)
    box = places_map.box_of(request.GET.get("cadre", ""))
    search = selectors.place_search(selection, asked, timezone.now())
    told = places_map.view(search, box)
    return fresh(JsonResponse(told, json_dumps_params={"ensure_ascii": False}))


@require_safe
def place_detail(request: HttpRequest, place_id: str) -> HttpResponse:
    """Show everything known of a place; a former identifier leads to the one that answers now."""
    try:
        place = place_page.known(place_id)
    except place_page.NoLongerShown:
        return fresh(render(request, "offer/place_gone.html", status=410))
    address = reverse("place", kwargs={"place_id": place.id})
    if place.id != place_id:
        return redirect(address, permanent=True)
    now = timezone.now()
    shown = place_page.place_view(place, now, request.build_absolute_uri(address))
    agent = not shown.card.closed and may_somewhere(request, "orientation.send")
    context = {"shown": shown, "card": shown.card, "agent": agent}
    return fresh(render(request, "offer/place_detail.html", context))


@require_safe
def place_vcard(request: HttpRequest, place_id: str) -> HttpResponse:
    """Send a place as a card for the address book of a phone."""
    try:
        place = place_page.known(place_id)
    except place_page.NoLongerShown:
        raise Http404(place_id) from None
    address = request.build_absolute_uri(reverse("place", kwargs={"place_id": place.id}))
    card = place_card(place.row, timezone.now())
    return HttpResponse(
        vcard(card, place.record, address),
        content_type="text/vcard; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="lieu.vcf"'},
    )


def fresh(response: HttpResponse) -> HttpResponse:
    """Forbid keeping the page: « open now » is true for a minute."""
    response["Cache-Control"] = "no-cache"
    return response
