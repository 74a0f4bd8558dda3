"""What every page knows: who publishes it and where the main pages are."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portrea.web.design import compliance
from portrea.web.design.languages import simple, versions

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

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
    """Return the publisher, the version, the two ends of the page and what tells the request."""
    told = versions(request)
    return {
        "site": {
            "version": settings.PORTREA_VERSION,
            "publisher": settings.PORTREA_PUBLISHER,
            "director": settings.PORTREA_PUBLICATION_DIRECTOR,
            "hosting": settings.PORTREA_HOSTING,
            "contact": settings.PORTREA_CONTACT,
        },
        "header": SimpleLazyObject(lambda: _header(get_language(), request.path)),
        "request_id": getattr(request, "request_id", ""),
        "station": getattr(request, "station", None),
        "embeddable": embeddable(request),
        "versions": told,
        "footer": SimpleLazyObject(
            lambda: _footer(get_language(), compliance.state(), plain=bool(told))
        ),
        "simple": SimpleLazyObject(lambda: simple(request)),
    }


def _header(language: str | None, path: str) -> SafeString:
    return _header_at(language, tuple(path.startswith(url) for _id, _label, url in NAVIGATION))


@lru_cache(maxsize=64)
def _header_at(_language: str | None, current: tuple[bool, ...]) -> SafeString:
    """Return the top of pages, made once by language and entry: half of a small page."""
    entries = [
        {"url": url, "label": label, "current": here}
        for (_id, label, url), here in zip(NAVIGATION, current, strict=True)
    ]
    return render_to_string("design/components/header.html", {"navigation": entries})


@lru_cache(maxsize=32)
def _footer(_language: str | None, state: str, *, plain: bool) -> SafeString:
    """Return the foot of pages, made once by language and state of accessibility."""
    label = compliance.LABELS[state]
    told = {"version": settings.PORTREA_VERSION, "plain": plain, "compliance": label}
    return render_to_string("design/components/footer.html", told)


def embeddable(request: HttpRequest) -> dict[str, str] | None:
    """Return where to ask how to show this page on another site; ``None`` for other pages."""
    match = getattr(request, "resolver_match", None)
    if match is None or match.url_name not in EMBEDDABLE or getattr(request, "station", None):
        return None
    root = request.build_absolute_uri("/").rstrip("/")
    return {"root": root, "address": root + request.get_full_path()}
