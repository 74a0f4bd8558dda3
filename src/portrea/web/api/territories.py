"""Where: territories, and the data behind what is told of them."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse  # noqa: TC002 - read by ninja
from ninja import Path, Query, Router

from portrea import __version__
from portrea.territory import Level
from portrea.web.api import schemas
from portrea.web.api.answers import SHORT, answer, computed, key_after, page_content
from portrea.web.api.asked import TerritoriesAsked  # noqa: TC001 - read by ninja
from portrea.web.api.describing import PROBLEMS
from portrea.web.api.problems import ProblemError
from portrea.web.design.templatetags.portrea import territory_url
from portrea.web.offer.search import census_origin
from portrea.web.territories.selectors import reader, territory_find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.territory import Territory

router = Router(tags=["Territoires"])


@router.get(
    "/", response={200: schemas.Home, **PROBLEMS}, summary="L’interface", tags=["Interface"]
)
def home(request: HttpRequest) -> HttpResponse:
    """Version, calcul en service, adresses."""
    names = (
        "territories", "needs", "places", "services", "presences", "orientation", "procedures",
        "sources", "datasets",
    )  # fmt: skip
    links = {name: request.build_absolute_uri(f"/api/v1/{name}") for name in names}
    links["openapi"] = request.build_absolute_uri("/api/v1/openapi.json")
    links["documentation"] = request.build_absolute_uri("/api/")
    content = {
        "name": "Portrea",
        "version": __version__,
        "computation": reader().computation_id,
        "places": census_origin(),
        "links": links,
    }
    return answer(request, content, cache=SHORT)


@router.get(
    "/territories", response={200: schemas.TerritoryPage, **PROBLEMS}, summary="Territoires"
)
def territories(request: HttpRequest, asked: Query[TerritoriesAsked]) -> HttpResponse:
    """Chercher un territoire par son nom, ou lire ceux d’un niveau, par code.

    « q » cherche un nom (les meilleurs d’abord, une seule page) ; « dans » et « niveau »
    listent les communes, EPCI ou IRIS d’un territoire. Sans rien : les régions.
    """
    if asked.words:
        return _named(request, asked)
    inside = single(asked.inside or "france")
    level = asked.level or ("region" if inside.level is Level.FRANCE else "commune")
    codes = codes_inside(reader().computation_id, inside.key, level)
    after = key_after(request, asked.after)
    start = bisect_right(codes, after) if after is not None else 0
    chosen = codes[start : start + asked.size]
    last = chosen[-1] if start + asked.size < len(codes) else None
    items = [territory_told(reader().gazetteer.get(level, code)) for code in chosen]
    content, headers = page_content(request, items, len(codes), last)
    return computed(request, content, headers=headers)


@router.get(
    "/territories/{reference}",
    response={200: schemas.TerritoryDetail, **PROBLEMS},
    summary="Un territoire",
)
def territory(request: HttpRequest, reference: Path[schemas.Reference]) -> HttpResponse:
    """Un territoire par sa référence : « commune:35188 », « epci:243500139 », « france ».

    Un ancien code de commune ou d’arrondissement mène à la commune d’aujourd’hui ; « notes »
    le dit.
    """
    selection = territory_find(reference)
    found = single(reference)
    above = [territory_told(one) for one in reader().gazetteer.parents(found)]
    content = territory_told(found) | {"notes": list(selection.notes), "parents": above}
    return computed(request, content)


@router.get("/sources", response={200: schemas.SourceList, **PROBLEMS}, summary="Sources")
def sources(request: HttpRequest) -> HttpResponse:
    """Les jeux de données du calcul en service : producteur, millésime, licence."""
    names = ("source", "title", "producer", "vintage", "licence", "page", "geography",
             "retrieved", "verified")  # fmt: skip
    items = [
        {"id": one.id} | {name: getattr(one.provenance, name) for name in names}
        for one in reader().datasets()
    ]
    return computed(request, {"computation": reader().computation_id, "items": items})


def single(reference: str) -> Territory:
    """Return one territory; several at once are for the pages."""
    selection = territory_find(reference)
    if not selection.is_single:
        raise ProblemError(
            "parametre", "Un seul territoire à la fois.",
            remedy="Faites une demande par territoire, ou donnez celui qui les contient.",
        )  # fmt: skip
    return selection.territories[0]


@lru_cache(maxsize=32)
def codes_inside(computation: str, key: str, level: str) -> Sequence[str]:  # noqa: ARG001
    """Return the codes of a level inside a territory, sorted, in one computation."""
    found = territory_find(key).territories[0]
    if found.level.value == level:
        return (found.code,)
    return tuple(sorted(one.code for one in reader().gazetteer.children(found, level)))


def territory_told(found: Territory) -> dict[str, Any]:
    """Tell a territory."""
    row = reader().territory(found.level.value, found.code) or {}
    return {
        "reference": found.key,
        "level": found.level.value,
        "code": found.code,
        "name": found.name,
        "label": found.title,
        **{name: getattr(found, name) for name in ("commune", "epci", "departement", "region")},
        **{name: row.get(name) for name in ("area_km2", "longitude", "latitude")},
        "page": territory_url(found.key),
    }


def _named(request: HttpRequest, asked: TerritoriesAsked) -> HttpResponse:
    if asked.inside or asked.after:
        raise ProblemError(
            "parametre", "« q » ne se combine ni avec « dans » ni avec « apres ».",
            remedy="Cherchez par nom, ou listez un niveau.",
        )  # fmt: skip
    levels = [asked.level] if asked.level else None
    words = str(asked.words).strip()
    found = reader().gazetteer.search(words, limit=asked.size, levels=levels) if words else []
    content, headers = page_content(request, [territory_told(t) for t in found], len(found), None)
    return computed(request, content, headers=headers)
