"""The datasets to download: the same versions as the page and the DCAT feed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse  # noqa: TC002 - read by ninja
from ninja import Router

from portrea.steering.catalogue.dcat import FORMS
from portrea.web.api import schemas_datasets as schemas
from portrea.web.api.answers import answer
from portrea.web.api.describing import PROBLEMS
from portrea.web.steering.catalogue import selectors

if TYPE_CHECKING:
    from portrea.steering.catalogue.dcat import Site
    from portrea.steering.catalogue.editions import Edition

router = Router(tags=["Données ouvertes"])
COLUMN = ("name", "label", "kind", "unit", "meaning", "secrecy")
CARD = ("title", "description", "quality", "version", "rows", "producer", "coverage")


@router.get(
    "/datasets",
    response={200: schemas.OpenDatasetList, **PROBLEMS},
    summary="Jeux de données ouverts",
)
def datasets(request: HttpRequest) -> HttpResponse:
    """Chaque table à télécharger : sa version en vigueur, ses fichiers, son dictionnaire."""
    site = selectors.site_told()
    return answer(request, {"items": [_told(site, one) for one in selectors.newest()]})


def _told(site: Site, edition: Edition) -> dict[str, Any]:
    return {
        "id": edition.slug,
        **{name: edition.card[name] for name in CARD},
        "issued": edition.day,
        "licence": edition.licence.title,
        "page": site.page(edition),
        "files": [
            {"form": one.form, "media": FORMS[one.form].media, "url": site.file(edition, one),
             "size": one.size, "sha256": one.sha256}
            for one in edition.files.values()
        ],
        "columns": [{name: getattr(one, name) for name in COLUMN} for one in edition.variables],
    }  # fmt: skip
