"""The routes that the web component of the national map asks (:mod:`portrea.web.api.national`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from portrea.web.api import national
from portrea.web.api.answers import SHORT, answer
from portrea.web.api.places_data import one_place
from portrea.web.offer.place_page import NoLongerShown, known

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE = 24
PAGE_OF_DEPARTEMENT = 10
LONGEST = 100


@require_safe
def stats(request: HttpRequest) -> HttpResponse:
    """Send both counts at once."""
    told = {
        "regions": national.counted(request.GET, "region"),
        "departements": national.counted(request.GET, "departement"),
    }
    return answer(request, told, cache=SHORT)


@require_safe
def stats_of_level(request: HttpRequest, level: str) -> HttpResponse:
    """Send the territories of a level with the number of their places."""
    return answer(request, national.counted(request.GET, level), cache=SHORT)


@require_safe
def total(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Send the number of places, of France or of a région."""
    count = int(national.search(request.GET, *_region(slug)).found.rows.size)
    return answer(request, {"total": count, "totalLieux": count}, cache=SHORT)


@require_safe
def places(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Send a page of places, of France or of a région."""
    return _listed(request, *_region(slug), usual=PAGE)


@require_safe
def places_of_departement(request: HttpRequest, code: str) -> HttpResponse:
    """Send a page of the places of a département."""
    found = national.by_slug("departement", code)
    if found is None:
        raise Http404(code)
    return _listed(request, "departement", found["code"], usual=PAGE_OF_DEPARTEMENT)


@require_safe
def place(request: HttpRequest, place_id: str) -> HttpResponse:
    """Send one place."""
    try:
        found = known(place_id)
    except NoLongerShown:
        raise Http404(place_id) from None
    return answer(request, national.told_of(one_place(found)))


@require_safe
def chunk(request: HttpRequest) -> HttpResponse:
    """Send the places of a square of the map."""
    found = national.chunk(request.GET)
    status = 200 if found is not None else 400
    return answer(request, found, status=status, cache=SHORT)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Send the places of a name."""
    words = request.GET.get("q", "").strip()[:LONGEST]
    return answer(request, national.named(words) if words else [], cache=SHORT)


@require_safe
def helpers(request: HttpRequest) -> HttpResponse:
    """Send nobody: this site names no helper."""
    return answer(request, [], cache=SHORT)


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Send the names of the lists."""
    return answer(request, {"sources": national.lists()}, cache=SHORT)


@require_safe
def export(request: HttpRequest, slug: str = "", departement: str = "") -> HttpResponse:  # noqa: ARG001
    """Lead to the file of the standard."""
    level, code = "departement" if departement else "region", departement or slug
    found = national.by_slug(level, code) if code else None
    if code and found is None:
        raise Http404(code)
    territory = f"{level}:{found['code']}" if found else "france"
    address = reverse("places-file", kwargs={"standard": "mednum"})
    return HttpResponseRedirect(f"{address}?territoire={territory}")


def _region(slug: str) -> tuple[str, str]:
    if not slug:
        return "", ""
    found = national.by_slug("region", slug)
    if found is None:
        raise Http404(slug)
    return "region", found["code"]


def _listed(request: HttpRequest, level: str, code: str, *, usual: int) -> HttpResponse:
    page = national.whole(request.GET.get("page"), 1, national.FURTHEST)
    limit = national.whole(request.GET.get("limit"), usual, national.MOST)
    found = national.search(request.GET, level, code)
    return answer(request, national.listed(found, page, limit), cache=SHORT)
