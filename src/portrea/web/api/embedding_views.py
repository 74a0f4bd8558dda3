"""« Mettre Portrea sur votre site », the component that pages load, and oEmbed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portrea.base.errors import ParameterError
from portrea.vocab.languages import LANGUAGES
from portrea.web.api import embedding
from portrea.web.territories.selectors import territory_named

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.territory import Territory

LEVELS = ("commune", "epci")


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """Give what to paste for a commune or an intercommunality."""
    asked = request.GET.get("territoire", "").strip()[:120]
    language = embedding.language_of(request.GET.get("langue", ""))
    selection, proposals = territory_named(asked) if asked else (None, [])
    territory = selection.territories[0] if selection and selection.is_single else None
    refused = territory is not None and territory.level.value not in LEVELS
    if refused:
        territory = None
    root = request.build_absolute_uri("/").rstrip("/")
    kept = [one for one in proposals if one.reference.partition(":")[0] in LEVELS]
    context = {
        "asked": asked,
        "language": language,
        "languages": LANGUAGES.items(),
        "territory": territory,
        "proposals": kept,
        "refused": refused or (bool(asked) and territory is None and not kept),
        "told": embedding.snippets(root, territory, language),
        "feeds": _feeds(request, territory),
        "root": root,
    }
    return render(request, "api/embedding.html", context, status=404 if context["refused"] else 200)


def _feeds(request: HttpRequest, territory: Territory | None) -> dict[str, str]:
    if territory is None:
        return {}
    told = (territory.level.value, territory.code)
    names = {"page": "permanences", "ics": "permanences-ics", "atom": "permanences-atom"}
    return {
        kind: request.build_absolute_uri(reverse(name, args=told)) for kind, name in names.items()
    }


@require_safe
def component(request: HttpRequest) -> HttpResponse:
    """Send the script of the component to any site."""
    content, tag = embedding.component()
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(content, content_type="text/javascript; charset=utf-8")
    response["ETag"] = tag
    response["Cache-Control"] = "public, max-age=86400"
    return _for_all(response)


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Answer oEmbed 1.0, in JSON only (its specification asks 501 of other formats)."""
    if request.GET.get("format", "json") != "json":
        return _refused(501, "Seul le format JSON est servi.", "Demandez format=json.")
    address = request.GET.get("url", "")
    if not address:
        return _refused(400, "Il manque l’adresse de la page.", "Ajoutez url=… à la demande.")
    root = request.build_absolute_uri("/").rstrip("/")
    hosts = (request.get_host().lower(), urlsplit(settings.PORTREA_URL).netloc.lower())
    try:
        told: dict[str, Any] = embedding.oembed(
            address,
            root,
            hosts,
            wide=embedding.at_most(request.GET.get("maxwidth"), embedding.WIDTH),
            high=embedding.at_most(request.GET.get("maxheight"), embedding.HEIGHT),
        )
    except ParameterError as error:
        return _refused(400, error.message, error.remedy or "")
    except embedding.NotEmbeddedError:
        return _refused(
            404,
            "Cette page ne se montre pas sur un autre site.",
            "Demandez la page d’orientation ou celle d’un lieu.",
        )
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "public, max-age=3600"
    return _for_all(response)


def _refused(status: int, message: str, remedy: str) -> HttpResponse:
    told = {"status": status, "title": message, "detail": remedy}
    options = {"ensure_ascii": False}
    kind = "application/problem+json"
    return _for_all(JsonResponse(told, status=status, json_dumps_params=options, content_type=kind))


def _for_all(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
