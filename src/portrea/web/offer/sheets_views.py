"""The sheets a person keeps: found by name, closed, hidden, shown again, a correction withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portrea.base.errors import DataError
from portrea.web.accounts.permissions import act, reach, require
from portrea.web.offer import queue
from portrea.web.offer.census import census_place
from portrea.web.offer.models import Fix, Place
from portrea.web.offer.services import (
    place_close,
    place_hide,
    place_reopen,
    place_withdraw_fix,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

PAGE = 50
STATES = {
    "close": gettext_lazy("La fiche est montrée « fermé »."),
    "hide": gettext_lazy("La fiche n’est plus montrée."),
    "reopen": gettext_lazy("La fiche est de nouveau montrée."),
}


@never_cache
@require_safe
@act("place.edit")
def sheets(request: HttpRequest) -> HttpResponse:
    """List the sheets within reach, by name; every word asked is in the name or the town."""
    words, territory = request.GET.get("q", "")[:100], request.GET.get("territoire", "")
    rows = _within(request, territory).exclude(status=Place.Status.ABSORBED)
    for word in words.split():
        rows = rows.filter(Q(name__icontains=word) | Q(city__icontains=word))
    page = Paginator(rows.order_by("sort", "pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "words": words,
        "territory": territory,
        "territories": queue.choices_within(request, "place.edit"),
    }
    return render(request, "offer/sheets.html", context)


def _within(request: HttpRequest, territory: str) -> QuerySet[Place]:
    """Return the places someone may edit: those of her territories, or of her structure."""
    places = queue.places_of(queue.narrowed(request, "place.edit", territory))
    mine = [grant.structure for grant in reach(request, "place.edit") if grant.structure]
    return places | Place.objects.filter(pk__in=mine) if mine and not territory else places


@require_POST
@act("place.remove")
def place_state(request: HttpRequest, place_id: str) -> HttpResponse:
    """Close a place for good, hide it or show it again."""
    place = census_place(place_id)
    if place is None:
        raise Http404(place_id)
    require(request, "place.remove", place.territory)
    asked, reason = request.POST.get("etat", ""), request.POST.get("raison", "").strip()[:500]
    if asked not in STATES:
        raise Http404(asked)
    told: dict[str, Any] = {"actor": request, "place_id": place.pk}
    try:
        match asked:
            case "close":
                place_close(on=timezone.localdate(), reason=reason, **told)
            case "hide":
                place_hide(reason=reason, **told)
            case _:
                place_reopen(reason=reason, **told)
        messages.success(request, STATES[asked])
    except DataError as error:
        messages.warning(request, error.message)
    return HttpResponseRedirect(f"/espace/lieux/{place.pk}/")


@require_POST
@act("place.edit")
def fix_withdraw(request: HttpRequest, fix: int) -> HttpResponse:
    """Take a correction back: what the lists tell is shown again."""
    found = Fix.objects.select_related("place").filter(pk=fix).first()
    if found is None:
        raise Http404(fix)
    require(request, "place.edit", found.place.territory, structure=found.place_id)
    try:
        place_withdraw_fix(actor=request, fix_id=fix, reason="correction retirée")
        messages.success(request, _("La correction est retirée."))
    except DataError as error:
        messages.warning(request, error.message)
    return HttpResponseRedirect(f"/espace/lieux/{found.place_id}/historique/")
