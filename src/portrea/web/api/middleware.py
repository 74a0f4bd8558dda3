"""What every answer of the open interface goes through: limit, formats, other sites, errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse

from portrea.base.bodies import announced
from portrea.web.api.limits import spend
from portrea.web.api.problems import CONTENT_TYPE, ProblemError, of_status, problem_response

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

PREFIXES = ("/api/v1/", "/api/cartographie/", "/api/coop/")
METHODS = "GET, HEAD, POST, OPTIONS"
READ_BY_OTHERS = "ETag, Last-Modified, Link, Location, RateLimit, RateLimit-Policy, Retry-After"
MOST_ADDRESS = 4_000
MOST_BODY = 100_000
"""Bytes: a whole sheet is some five thousand."""
FILES = ("/exporter",)
"""Ends of the addresses that send something else than JSON."""


class ApiMiddleware:
    """Answer programs: JSON only, whatever refuses the request, readable from any site."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Leave the pages alone; serve the addresses of the interface."""
        if not request.path_info.startswith(PREFIXES):
            return self.get_response(request)
        if request.method == "OPTIONS":
            return _open_to_all(_preflight())
        left = spend(request)
        problem = _refused(request) if left.allowed else _too_many(left.wait)
        if problem is not None:
            response = problem_response(request, problem)
        else:
            response = self._answered(request)
        for name, value in left.headers().items():
            response.setdefault(name, value)
        return _open_to_all(response)

    def _answered(self, request: HttpRequest) -> HttpResponse:
        method = request.method
        if method == "HEAD":
            request.method = "GET"  # the server that sends the answer leaves its body out
        try:
            response = self.get_response(request)
        finally:
            request.method = method
        told = response.get("Content-Type", "")
        if response.status_code < 400 or told.startswith(CONTENT_TYPE):
            return response
        kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
        problem = of_status(response.status_code)
        problem.headers.update(kept)
        return problem_response(request, problem, status=response.status_code)


def _refused(request: HttpRequest) -> ProblemError | None:
    """Return why a request is refused before anything reads it."""
    address = request.get_full_path()
    if len(address) > MOST_ADDRESS:
        return ProblemError(
            "parametre", f"L’adresse fait plus de {MOST_ADDRESS} caractères.",
            remedy="Demandez moins à la fois.",
        )  # fmt: skip
    if announced(request.META) > MOST_BODY:
        return ProblemError("taille", f"Un envoi fait {MOST_BODY // 1000} ko au plus.")
    wants_json = request.accepts("application/json") or request.accepts(CONTENT_TYPE)
    if not wants_json and not request.path_info.endswith(FILES):
        return ProblemError("format", "Cette adresse ne répond qu’en JSON.")
    if request.method == "POST" and request.content_type != "application/json":
        return ProblemError("type", "Ce qui est envoyé doit être du JSON.")
    return None


def _too_many(wait: int) -> ProblemError:
    return ProblemError("limite", f"Trop de demandes. Attendez {wait} secondes.")


def _preflight() -> HttpResponse:
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Methods"] = METHODS
    response["Access-Control-Allow-Headers"] = "Accept, Authorization, Content-Type, If-None-Match"
    response["Access-Control-Max-Age"] = "86400"
    response["Allow"] = METHODS
    return response


def _open_to_all(response: HttpResponse) -> HttpResponse:
    """Let pages of any site read the answer: it holds nothing of the person who asks."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = READ_BY_OTHERS
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
