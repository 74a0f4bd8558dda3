"""One line per request: its route and its cost, never its address nor who asked."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from django.utils.functional import LazyObject, empty

from portrea.web.accounts.matrix import matrix
from portrea.web.operation.logs.current import draw, referred
from portrea.web.operation.metrics import counting
from portrea.web.operation.security import events

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

logger = logging.getLogger("portrea.requests")
UNKNOWN = "-"
"""Route of an address that leads nowhere, and of files served before any route."""


class RequestLineMiddleware:
    """Name each request, count it, and write its line.

    The reference is kept in the request, in each line of the journal, in the answer and in the
    tasks that the request asks for: a person who reports an error gives it, and nothing else.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then tell what it cost."""
        began = time.perf_counter()
        with referred(draw()) as name:
            request.request_id = name  # type: ignore[attr-defined]
            response = self.get_response(request)
            response["X-Request-ID"] = name
            self._tell(request, response, time.perf_counter() - began)
        return response

    @staticmethod
    def _tell(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
        route, method = route_of(request), method_of(request)
        counting.request_done(route, method, response.status_code, seconds)
        events.refusal(response.status_code, route, method)
        if not logger.isEnabledFor(logging.INFO):
            return
        fields = {
            "event": "request",
            "method": method,
            "route": route,
            "status": response.status_code,
            "ms": round(1000 * seconds, 1),
            "bytes": None if response.streaming else len(getattr(response, "content", b"")),
            "role": role_of(request),
        }
        logger.info("request", extra={"fields": fields})


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def method_of(request: HttpRequest) -> str:
    """Return the method, « OTHER » when it is none of HTTP's: anybody may invent one."""
    return request.method if request.method in METHODS else "OTHER"


def route_of(request: HttpRequest) -> str:
    """Return the name of the route, else its pattern: words of the code, never of the address."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        return UNKNOWN
    return match.view_name if match.url_name else match.route


def role_of(request: HttpRequest) -> str:
    """Return the highest role known of who asked, without asking the database anything more."""
    user: Any = getattr(request, "user", None)
    unread = isinstance(user, LazyObject) and user._wrapped is empty
    if user is None or unread or not user.is_authenticated:
        return "visiteur"
    if user.is_superuser:
        return "administrateur"
    held = {grant.role for grant in user.__dict__.get("_portrea_grants") or ()}
    return next((role for role in reversed(matrix().roles) if role in held), "compte")
