"""The description of the interface, for programs and for people."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portrea.web.api import explaining
from portrea.web.api.answers import answer
from portrea.web.api.interface import interface
from portrea.web.territories.caching import published

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse


@cache
def description() -> dict[str, Any]:
    """Return the OpenAPI description, made once by process."""
    return dict(interface.get_openapi_schema())


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Send the OpenAPI 3.1 description."""
    return answer(request, description())


@require_safe
@published
def documentation(request: HttpRequest) -> HttpResponse:
    """Show the interface to people: addresses, parameters, fields, errors."""
    shown = explaining.shown(description(), request.build_absolute_uri("/api/v1"))
    context = {"shown": shown, "rate": settings.PORTREA_API_RATE}
    return render(request, "api/documentation.html", context)
