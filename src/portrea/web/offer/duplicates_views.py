"""The queue of duplicates: both sheets side by side, why they look like one, three answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import DataError, PortreaError
from portrea.offer.content import paths_of, value_at
from portrea.web.accounts.permissions import act, may, require
from portrea.web.offer import queue
from portrea.web.offer.duplicates import duplicates_of, pair_of
from portrea.web.offer.models import Merge, Place
from portrea.web.offer.services.merges import place_merge, place_split
from portrea.web.offer.services.pairs import pair_answer
from portrea.web.offer.wording import label_of, say

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

HOME = "/espace/doublons/"


@never_cache
@require_safe
@act("board.read")
def duplicates(request: HttpRequest) -> HttpResponse:
    """List the pairs to judge, and the merges made by hand or by rule lately."""
    territory = request.GET.get("territoire", "")
    places = queue.places_of(queue.narrowed(request, "board.read", territory))
    merges = Merge.objects.filter(undone=None, kept__in=places).select_related("kept", "absorbed")
    shown = list(merges.order_by("-pk")[:20])
    context = {
        "found": duplicates_of(request, territory),
        "territory": territory,
        "territories": queue.choices_within(request, "board.read"),
        "merges": shown,
        "parts": [one.pk for one in shown if may(request, "place.merge", one.kept.territory)],
    }
    return render(request, "offer/duplicates.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("board.read")
def pair(request: HttpRequest, left: str, right: str) -> HttpResponse:
    """Show two sheets side by side, and answer."""
    places = [Place.objects.filter(pk=key).first() for key in (left, right)]
    one, other = places
    if one is None or other is None or one == other:
        raise Http404(f"{left} {right}")
    for place in (one, other):
        require(request, "board.read", place.territory)
    error = ""
    if Place.Status.ABSORBED in (one.status, other.status):
        error = _("Entre-temps, quelqu’un a réuni l’un de ces lieux à un autre.")
    elif request.method == "POST":
        try:
            return _answer(request, one, other)
        except PortreaError as refused:
            error = refused.message
    told, rows = pair_of(one, other), _rows(one, other)
    context = {
        "pair": told,
        "percent": min(99, round(100 * told.probability)),
        "differing": [row for row in rows if row["differ"]],
        "same": [row for row in rows if not row["differ"]],
        "error": error,
        "decidable": not error
        and all(may(request, "place.merge", place.territory) for place in (one, other)),
    }
    return render(request, "offer/pair.html", context, status=409 if error else 200)


def _answer(request: HttpRequest, one: Place, other: Place) -> HttpResponse:
    verdict = request.POST.get("avis", "")
    if verdict in (f"keep:{one.pk}", f"keep:{other.pk}"):
        kept, absorbed = (one, other) if verdict.endswith(one.pk) else (other, one)
        told = pair_of(one, other)
        place_merge(
            actor=request,
            kept=kept.pk,
            absorbed=absorbed.pk,
            evidence={"probability": round(told.probability, 3), "why": list(told.why)},
        )
        messages.success(request, _("Les deux fiches n’en font plus qu’une. Cela se défait."))
    else:
        pair_answer(actor=request, left=one.pk, right=other.pk, verdict=verdict)
        messages.success(request, _("C’est noté."))
    return HttpResponseRedirect(HOME)


@require_POST
@act("place.merge")
def merge_undo(request: HttpRequest, key: int) -> HttpResponse:
    """Part two places that were joined."""
    try:
        place_split(actor=request, merge_id=key)
    except DataError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("Les deux fiches sont de nouveau séparées."))
    return HttpResponseRedirect(HOME)


def _rows(one: Place, other: Place) -> list[dict[str, Any]]:
    """Return both values of every field told by one of them; those that differ are marked."""
    paths = dict.fromkeys((*paths_of(one.record), *paths_of(other.record)))
    rows = []
    for path in paths:
        told = [value_at(place.record, path) for place in (one, other)]
        lines = [say(path, value) for value in told]
        differ = told[0] != told[1]
        rows.append(
            {"label": label_of(path), "left": lines[0], "right": lines[1], "differ": differ}
        )
    return rows
