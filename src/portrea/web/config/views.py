"""The health check and the pages of faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portrea.base.errors import StoreError
from portrea.web.territories import selectors

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


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


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Page of a refused access."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Page of an unknown address."""
    return render(request, "404.html", status=404)


def failure(request: HttpRequest) -> HttpResponse:
    """Page of a bug."""
    return render(request, "500.html", status=500)
