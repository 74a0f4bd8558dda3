"""Home, search of a territory, « près de moi », map tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portrea.base.errors import ParameterError, TerritoryError
from portrea.web.design.templatetags.portrea import territory_url
from portrea.web.territories import selectors
from portrea.web.territories.caching import published
from portrea.web.territories.ranges import range_response

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@published
def home(request: HttpRequest) -> HttpResponse:
    """Say what the site is and let the reader name a territory."""
    return render(request, "territories/home.html", {"examples": selectors.territory_examples()})


@require_safe
@published
def search(request: HttpRequest) -> HttpResponse:
    """List the territories whose name looks like ``q``; a code leads straight to its page."""
    query = request.GET.get("q", "").strip()
    if any(character.isdigit() for character in query) or ":" in query:
        try:
            selection = selectors.territory_find(query)
        except TerritoryError:
            selection = None
        if selection is not None:
            return HttpResponseRedirect(territory_url(selection.key))
    results = selectors.territory_search(query)
    context = {"query": query, "results": results, "examples": selectors.territory_examples()}
    return render(request, "territories/search.html", context)


@require_safe
def near(request: HttpRequest) -> HttpResponse:
    """Lead to the commune nearest to a position given in the address; nothing is kept."""
    try:
        latitude, longitude = float(request.GET["lat"]), float(request.GET["lon"])
    except (KeyError, ValueError) as error:
        raise ParameterError(
            "La position n’a pas été comprise.",
            remedy="Cherchez plutôt votre commune par son nom.",
        ) from error
    territory = selectors.territory_nearest(latitude, longitude)
    response = HttpResponseRedirect(territory_url(territory.key))
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def tiles(request: HttpRequest) -> HttpResponse:
    """Serve part of the tile file (HTTP Range)."""
    path = selectors.tiles_path()
    if path is None:
        raise Http404("no tile file")
    return range_response(request, path)
