"""The list of places that help, and the page of one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portrea.vocab.situations import Situation
from portrea.web.offer import selectors
from portrea.web.offer.cards import place_card
from portrea.web.territories.selectors import territory_named

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def place_list(request: HttpRequest) -> HttpResponse:
    """List places for a territory and a situation; without territory, ask for one."""
    reference = request.GET.get("territoire", "").strip()
    situation = request.GET.get("situation", "").strip()
    selectors.check_situation(situation)
    selection, proposals = territory_named(reference) if reference else (None, [])
    context = {"situations": list(Situation), "reference": reference, "situation": situation}
    if selection is None:
        return _fresh(
            render(request, "offer/place_search.html", {**context, "proposals": proposals})
        )
    found = selectors.place_list(selection, situation, request.GET.get("apres", ""))
    now = timezone.now()
    cards = [place_card(row, now) for row in found.rows]
    return _fresh(
        render(request, "offer/place_list.html", {**context, "found": found, "cards": cards})
    )


@require_safe
def place_detail(request: HttpRequest, place_id: str) -> HttpResponse:
    """Show everything known of a place."""
    card = place_card(selectors.place_get(place_id), timezone.now())
    return _fresh(render(request, "offer/place_detail.html", {"card": card}))


def _fresh(response: HttpResponse) -> HttpResponse:
    """Forbid keeping the page: « open now » is true for a minute."""
    response["Cache-Control"] = "no-cache"
    return response
