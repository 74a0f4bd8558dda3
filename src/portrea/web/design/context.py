"""What every page knows: who publishes it and where the main pages are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from portrea.web.design.languages import simple, versions

if TYPE_CHECKING:
    from django.http import HttpRequest

NAVIGATION = (
    ("orientation", _("Trouver de l’aide"), "/orientation/"),
    ("search", _("Territoires"), "/territoires/"),
    ("map", _("Carte"), "/carte/"),
    ("places", _("Lieux"), "/lieux/"),
    ("method", _("Méthode"), "/methode/"),
    ("help", _("Aide"), "/aide/"),
)
EMBEDDABLE = frozenset({"orientation", "orientation-epci", "place"})
"""Names of the pages that other sites discover how to show."""


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the publisher, the version, the navigation and the identifier of the request."""
    return {
        "site": {
            "version": settings.PORTREA_VERSION,
            "publisher": settings.PORTREA_PUBLISHER,
            "director": settings.PORTREA_PUBLICATION_DIRECTOR,
            "hosting": settings.PORTREA_HOSTING,
            "contact": settings.PORTREA_CONTACT,
        },
        "navigation": [
            {"url": url, "label": label, "current": request.path.startswith(url)}
            for _id, label, url in NAVIGATION
        ],
        "request_id": getattr(request, "request_id", ""),
        "station": getattr(request, "station", None),
        "embeddable": embeddable(request),
        "versions": SimpleLazyObject(lambda: versions(request)),
        "simple": SimpleLazyObject(lambda: simple(request)),
    }


def embeddable(request: HttpRequest) -> dict[str, str] | None:
    """Return where to ask how to show this page on another site; ``None`` for other pages."""
    match = getattr(request, "resolver_match", None)
    if match is None or match.url_name not in EMBEDDABLE or getattr(request, "station", None):
        return None
    root = request.build_absolute_uri("/").rstrip("/")
    return {"root": root, "address": root + request.get_full_path()}
