"""Who helps: places, their services, when each one is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse  # noqa: TC002 - read by ninja
from django.utils import timezone
from ninja import Path, Query, Router

from portrea.offer.content import from_dict
from portrea.web.api import places_told, schemas
from portrea.web.api.answers import answer, key_after, page_content
from portrea.web.api.asked import PlacesAsked  # noqa: TC001 - read by ninja
from portrea.web.api.describing import PROBLEMS
from portrea.web.api.places_data import Page, one_place, place_page
from portrea.web.api.problems import ProblemError
from portrea.web.offer.cards import wall_of
from portrea.web.offer.place_page import NoLongerShown, known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

router = Router(tags=["Lieux"])


@router.get("/places", response={200: schemas.PlacePage, **PROBLEMS}, summary="Lieux")
def places(request: HttpRequest, asked: Query[PlacesAsked]) -> HttpResponse:
    """Les lieux d’un territoire, filtrés comme sur la page « Lieux », par identifiant.

    D’une page à l’autre, un lieu ajouté, changé ou retiré n’en cache ni n’en répète aucun autre.
    """
    page = place_page(asked, key_after(request, asked.after), asked.size)
    items = [places_told.place_told(row, tier) for row, tier in page.rows]
    return _listed(request, page, items)


@router.get(
    "/places/{path:place_id}",
    response={200: schemas.PlaceDetail, 301: None, 410: schemas.Problem, **PROBLEMS},
    summary="Un lieu",
)
def place(request: HttpRequest, place_id: Path[schemas.Identifier]) -> HttpResponse:
    """Tout ce que le site montre d’un lieu : services, présences, fermetures, origine des champs.

    Un identifiant remplacé (lieux réunis) répond 301 vers le bon ; un lieu retiré répond 410.
    """
    try:
        found = known(place_id)
    except NoLongerShown:
        raise ProblemError("disparu", "Le référent du territoire ne montre plus ce lieu.") from None
    if found.id != place_id:
        address = request.build_absolute_uri(f"/api/v1/places/{found.id}")
        return answer(request, None, status=301, headers={"Location": address})
    row = one_place(found)
    now = wall_of(row["commune"] or "", timezone.now())
    content = places_told.detail_told(row, found, now)
    return answer(request, content, modified=row.get("changed"))


@router.get("/services", response={200: schemas.ServicePage, **PROBLEMS}, summary="Services")
def services(request: HttpRequest, asked: Query[PlacesAsked]) -> HttpResponse:
    """Les services des lieux trouvés, lieu par lieu. « taille » et « total » comptent les lieux."""
    page = place_page(asked, key_after(request, asked.after), asked.size)
    items = [
        places_told.service_told(service) | _where(row)
        for row, _tier in page.rows
        for service in row["record"].get("services", ())
    ]
    return _listed(request, page, items)


@router.get("/presences", response={200: schemas.PresencePage, **PROBLEMS}, summary="Présences")
def presences(request: HttpRequest, asked: Query[PlacesAsked]) -> HttpResponse:
    """Quand chaque service est là : permanences, tournées, rythmes, prochaine ouverture.

    « taille » et « total » comptent les lieux ; un lieu sans présence dite n’en donne aucune.
    """
    page = place_page(asked, key_after(request, asked.after), asked.size)
    items = [one for row, _tier in page.rows for one in _presences(row)]
    return _listed(request, page, items)


def _presences(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    content = row["record"]
    if not any(service.get("presences") for service in content.get("services", ())):
        return
    record, wall = from_dict(content), wall_of(row["commune"] or "", timezone.now())
    for service in places_told.services_told(content, record, wall):
        for presence in service["presences"]:
            yield presence | {
                "place": row["pk"],
                "place_name": content["name"],
                "service": service["key"],
                "block": service["block"],
            }


def _where(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"place": row["pk"], "place_name": row["record"]["name"], "commune": row["commune"]}


def _listed(request: HttpRequest, page: Page, items: list[dict[str, Any]]) -> HttpResponse:
    content, headers = page_content(request, items, page.total, page.after)
    return answer(request, content, modified=page.changed, headers=headers)
