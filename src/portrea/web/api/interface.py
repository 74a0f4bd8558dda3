"""The open interface: the parts put together, one shape of errors, nothing that is not declared."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from portrea import __version__
from portrea.base.errors import PortreaError
from portrea.web.api import datasets, describing, needs, orientation, places, proposals, territories
from portrea.web.api.problems import ProblemError, of_status, problem_of, problem_response
from portrea.web.api.refusals import of_validation

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from ninja.operation import Operation

LAST_SEEN = 0x20
"""First sign that is not a control."""
DELETE = 0x7F


class OpenInterface(NinjaAPI):
    """An interface whose description tells the headers and formats that the middleware adds."""

    def get_openapi_schema(self, **options: Any) -> Any:
        """Return the description, OpenAPI 3.1."""
        return describing.completed(super().get_openapi_schema(**options))


def checked(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse what an operation does not declare, before it reads what it does."""
    operation: Operation = run.__self__  # type: ignore[attr-defined]
    declared = frozenset(names_of(operation))

    @wraps(run)
    def refused(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        problem = _undeclared(request, declared) or _unreadable(request, named)
        return problem_response(request, problem) if problem else run(request, *arguments, **named)

    return refused


def names_of(operation: Operation) -> list[str]:
    """Return the parameters that an operation reads in the address."""
    asked = [m for m in operation.models if m.__ninja_param_source__ == "query"]
    return [name for model in asked for name in model.__ninja_flatten_map__]


def _undeclared(request: HttpRequest, declared: frozenset[str]) -> ProblemError | None:
    for name, values in request.GET.lists():
        if name not in declared:
            known = ", ".join(sorted(declared)) or "aucun"
            return ProblemError(
                "parametre", f"Le paramètre « {name[:80]} » n’existe pas ici.",
                remedy=f"Paramètres : {known}.",
                errors=[{"where": [name[:80]], "message": "Inconnu."}],
            )  # fmt: skip
        if len(values) > 1:
            return ProblemError(
                "parametre", f"Le paramètre « {name} » est donné {len(values)} fois.",
                remedy="Gardez une seule valeur.",
            )  # fmt: skip
    return None


def _unreadable(request: HttpRequest, named: dict[str, Any]) -> ProblemError | None:
    """Refuse control signs, which no database keeps, and halves of characters."""
    values = [v for _, values in request.GET.lists() for v in values]
    for value in (*values, *map(str, named.values())):
        if any(_is_control(sign) for sign in value):
            return ProblemError(
                "parametre", "Un caractère qui ne se voit pas est dans l’adresse.",
                remedy="Enlevez-le.",
            )  # fmt: skip
    return None


def _is_control(sign: str) -> bool:
    code = ord(sign)
    return code < LAST_SEEN or code == DELETE or 0xD800 <= code <= 0xDFFF


def build() -> OpenInterface:
    """Return the interface of version 1."""
    api = OpenInterface(
        title="Portrea",
        version="1",
        description=describing.INTRODUCTION,
        docs_url=None,
        openapi_url=None,
        urls_namespace="api",
        openapi_extra={"info": {"license": describing.LICENCE, "x-software": __version__}},
    )
    api.add_decorator(checked, mode="view")
    for part in (territories, needs, places, orientation, datasets, proposals):
        api.add_router("", part.router)
    handlers(api)
    return api


def handlers(api: NinjaAPI) -> None:
    """Tell every error in the same shape."""

    @api.exception_handler(ProblemError)
    def problem(request: HttpRequest, error: ProblemError) -> HttpResponse:
        return problem_response(request, error)

    @api.exception_handler(PortreaError)
    def expected(request: HttpRequest, error: PortreaError) -> HttpResponse:
        return problem_response(request, problem_of(error))

    @api.exception_handler(ValidationError)
    def refused(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return problem_response(request, of_validation(error.errors))

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return problem_response(request, proposals.no_key())

    @api.exception_handler(HttpError)
    def told(request: HttpRequest, error: HttpError) -> HttpResponse:
        body = request.method == "POST" and error.status_code == 400
        detail = "Le corps envoyé n’est pas du JSON lisible." if body else ""
        return problem_response(request, of_status(error.status_code, detail=detail))

    @api.exception_handler(RequestDataTooBig)
    def large(request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
        return problem_response(request, of_status(413))

    @api.exception_handler(Http404)
    def absent(request: HttpRequest, _error: Http404) -> HttpResponse:
        return problem_response(request, of_status(404))

    @api.exception_handler(PermissionDenied)
    def denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        return problem_response(request, of_status(403, detail=str(error)))


interface = build()
