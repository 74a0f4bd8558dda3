"""The health check and the pages of faults."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portrea.base.errors import StoreError
from portrea.web.accounts.permissions import RefusedError
from portrea.web.territories import selectors

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger(__name__)

BARE = (
    '<!doctype html><html lang="fr"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<title>Panne – Portrea</title></head><body><main><h1>Une panne est survenue</h1>"
    "<p>Ce n’est pas votre faute. Réessayez dans un moment ; si la panne dure, transmettez la "
    "référence ci-dessous à la structure qui tient ce site.</p>"
    "<p>Référence de cette demande\u00a0: %s</p></main></body></html>"
)
"""What is said when nothing else works: no database, no template, no style."""
FORGED = gettext_lazy(
    "Ce formulaire est resté ouvert trop longtemps, ou les cookies sont refusés. "
    "Revenez à la page précédente, rechargez-la, puis recommencez."
)


@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """Tell a watcher whether the data and the database answer: 200, else 503."""
    state = {"version": settings.PORTREA_VERSION, "calcul": None, "base": "ok"}
    try:
        state["calcul"] = selectors.reader().computation_id
    except StoreError as error:
        state["magasin"] = error.message
    try:
        connection.ensure_connection()
    except DatabaseError:
        state["base"] = "injoignable"
    healthy = state["calcul"] is not None and state["base"] == "ok"
    return JsonResponse(state, status=200 if healthy else 503)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Page of a malformed request."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Page of a refused access; the matrix says why in French."""
    reason = str(exception) if isinstance(exception, RefusedError) else ""
    return render(request, "403.html", {"reason": reason}, status=403)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Page of a form sent without its mark: left open too long, or sent by another site."""
    return render(request, "403.html", {"reason": FORGED}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Page of an unknown address."""
    return render(request, "404.html", status=404)


def failure(request: HttpRequest) -> HttpResponse:
    """Page of a bug, which shows even when the database or the templates are what fails."""
    try:
        return render(request, "500.html", status=500)
    except Exception:
        logger.exception("The page of faults fails")
        return HttpResponse(BARE % getattr(request, "request_id", "-"), status=500)
