"""Taking the places of a territory away, as files that other tools read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import FileResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portrea.web.accounts.throttling import throttle, visitor
from portrea.web.offer import filters, selectors
from portrea.web.offer.contribution_views import too_many
from portrea.web.offer.files import MOST_PLACES, file_of
from portrea.web.offer.views import EVERYWHERE, fresh
from portrea.web.territories.selectors import territory_find, territory_named

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portrea.territory import Selection
    from portrea.web.offer.selectors import Search

RATE = "60/h"


@dataclass(frozen=True, slots=True)
class Format:
    """A format as it is offered: what it is good for, in a few words."""

    standard: str
    label: str
    use: str


def formats() -> tuple[Format, ...]:
    """Return the formats offered, the commonest first."""
    told = (
        ("xlsx", _("Classeur"), _("Pour Excel ou LibreOffice : lire, trier, imprimer.")),
        ("mednum", _("Schéma national 1.0.2 (CSV)"),
         _("Lieux de médiation numérique : pour la cartographie nationale.")),
        ("mednum-5", _("Schéma national 0.1 (CSV)"),
         _("Le même, pour les cartes et outils de version 5.")),
        ("data-inclusion", _("data·inclusion 1 (JSON)"),
         _("Structures et services, pour les outils de l’insertion.")),
        ("geojson", _("GeoJSON"), _("Pour une carte : uMap, QGIS, Leaflet.")),
        ("geoparquet", _("GeoParquet 1.1"), _("Pour l’analyse de données.")),
        ("csv", _("Capacité des services (CSV)"),
         _("Heures et personnes par semaine, besoin par besoin.")),
    )  # fmt: skip
    return tuple(Format(*one) for one in told)


@require_safe
def place_files(request: HttpRequest) -> HttpResponse:
    """Offer the places of a territory in each format; tell what a chosen one leaves out."""
    asked = filters.asked_of(request.GET)
    selection, proposals = territory_named(asked.reference or EVERYWHERE)
    if selection is None:
        facets = filters.facets_of(asked, {})
        context = {"asked": asked, "facets": facets, "proposals": proposals}
        return fresh(render(request, "offer/place_search.html", context))
    search = _whole(selection)
    standard = request.GET.get("format", "")
    total = search.total
    context = {
        "search": search,
        "formats": formats(),
        "too_many": total > MOST_PLACES,
        "most": MOST_PLACES,
        "standard": standard,
        "chosen": next((one.label for one in formats() if one.standard == standard), ""),
        "made": file_of(selection, standard, places=total) if standard and total else None,
    }
    return fresh(render(request, "offer/place_files.html", context))


@require_safe
def place_file(request: HttpRequest, standard: str) -> HttpResponse | FileResponse:
    """Send the places of a territory in a format."""
    selection = territory_find(request.GET.get("territoire", "") or EVERYWHERE)
    allowed = throttle(f"fichiers:{visitor(request)}", RATE)
    if not allowed:
        return too_many(request, allowed.wait, kept=False)
    made = file_of(selection, standard, places=_whole(selection).total)
    return FileResponse(
        made.path.open("rb"),
        as_attachment=True,
        filename=made.name,
        headers={"X-Lieux": str(made.written), "X-Lieux-Non-Ecrits": str(made.lacking)},
    )


def _whole(selection: Selection) -> Search:
    """Return the open places inside a territory."""
    return selectors.place_inside(selection, filters.Asked(selection.key, "", {}), timezone.now())
