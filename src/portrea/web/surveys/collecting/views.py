"""The page that phones keep open, what it receives and what it sends: no cookie, no account."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db import OperationalError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from portrea.base.bodies import announced
from portrea.base.errors import DataError
from portrea.web.accounts.permissions import act
from portrea.web.accounts.throttling import throttle, visitor
from portrea.web.surveys.collecting.selectors import collecting
from portrea.web.surveys.services.batches import ANSWER, batch_take

if TYPE_CHECKING:
    from django.http import HttpRequest

MOST_BODY = 2_000_000
"""Bytes of one sending: fifty long answers."""
RATE = "6000/10min"
"""Sendings of one address: two hundred phones of a room are one address."""
SHELL = (
    *("design/js/collect.js", "design/portrea.css", "design/surveys.css", "design/icon.svg"),
    "design/fonts/titres-700.woff2",
)
"""What the page is made of, kept on the phone by the service worker."""


@require_safe
def page(request: HttpRequest, key: str) -> HttpResponse:
    """Show the page that collects; it holds the whole forms, so that it may stay open alone."""
    told = collecting(key)
    online = next((one["to"] for one in told["forms"] if one["kind"] == ANSWER), "")
    context = {"told": told, "first": online}
    return _fresh(render(request, "surveys/collecting/page.html", context))


@require_safe
def forms(_request: HttpRequest, key: str) -> HttpResponse:
    """Return the forms of today."""
    return _fresh(JsonResponse(collecting(key)))


@csrf_exempt  # no session nor cookie to abuse: the key of the address is the permission
@require_POST
@act("survey.answer")
def receive(request: HttpRequest, key: str) -> HttpResponse:
    """Receive what a phone kept; no cookie is read, the key of the address is enough."""
    sent = _sent(request)
    if isinstance(sent, HttpResponse):
        return sent
    try:
        count = throttle(f"collecte:{visitor(request)}", RATE)
        if not count:
            return _wait(count.wait)
        received = batch_take(actor=request, key=key, sent=sent)
    except DataError as error:
        return _refusal(400, error.message, error.remedy or "")
    except OperationalError as error:
        return _not_written(error)
    return _fresh(JsonResponse({"received": [asdict(one) for one in received]}))


def _sent(request: HttpRequest) -> list[Any] | HttpResponse:
    """Return what a phone sends, or why it cannot be read."""
    if announced(request.META) > MOST_BODY:
        return _refusal(413, _("Cet envoi est trop gros."), _("Envoyez moins de réponses."))
    try:
        told = json.loads(request.body)
    except (ValueError, RecursionError):
        return _refusal(400, _("Cet envoi n’est pas du JSON : il a été coupé en route."))
    sent = told.get("answers") if isinstance(told, dict) else None
    if not isinstance(sent, list):
        return _refusal(400, _("Cet envoi ne contient pas de liste « answers »."))
    return sent


def _not_written(error: OperationalError) -> HttpResponse:
    """Say that nothing was kept: the phone keeps its answers and tries again."""
    if "full" in str(error) or "No space" in str(error):
        return _refusal(507, _("Le disque de l’ordinateur qui reçoit les réponses est plein."))
    answer = _refusal(503, _("Beaucoup de téléphones envoient en même temps : cela va repartir."))
    answer["Retry-After"] = "2"
    return answer


def _wait(seconds: int) -> HttpResponse:
    answer = _refusal(429, _("Trop d’envois viennent de cette connexion : ils reprendront seuls."))
    answer["Retry-After"] = str(seconds)
    return answer


def _refusal(status: int, error: str, remedy: str = "") -> HttpResponse:
    return _fresh(JsonResponse({"error": error, "remedy": remedy}, status=status))


def _fresh(answer: HttpResponse) -> HttpResponse:
    patch_cache_control(answer, no_cache=True, private=True)
    return answer


# -- installed from the https site ----------------------------------------------------------------


@require_safe
def manifest(_request: HttpRequest, key: str) -> HttpResponse:
    """Tell a phone how to install the page beside its applications."""
    title = collecting(key)["title"]
    address = reverse("surveys-collect", args=[key])
    icon = {"src": static("design/icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    told = {
        "id": address,
        "name": title,
        "short_name": title[:12].strip(),
        "lang": "fr",
        "start_url": address,
        "scope": "/collecte/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b4856",
        "icons": [icon],
    }
    return JsonResponse(told, content_type="application/manifest+json")


@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    """Return the script that serves the page without a network; new when any of its files is."""
    shell = json.dumps([static(path) for path in SHELL])
    script = f"const SHELL = {shell};\nimportScripts({static('design/js/collect-worker.js')!r});\n"
    return _fresh(HttpResponse(script, content_type="text/javascript; charset=utf-8"))
