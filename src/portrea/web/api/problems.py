"""One shape for every error of the open interface: RFC 9457, with the codes of the command line.

A class of :mod:`portrea.base.errors` gives the same ``exit_code`` here and in a terminal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from pydantic_core import to_json

from portrea.base.errors import (
    DataError,
    ParameterError,
    PortreaError,
    SecrecyError,
    StoreError,
    TerritoryError,
)
from portrea.web.accounts.links import LinkError
from portrea.web.territories.selectors import territory_candidates

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.http import HttpRequest

CONTENT_TYPE = "application/problem+json"
MOST_ERRORS = 50


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of error: its code, its status, its French title and how it is usually mended."""

    code: str
    status: int
    title: str
    remedy: str
    exit_code: int | None = None


KINDS = (
    Kind("parametre", 400, "Demande mal formée",
         "Relisez les paramètres de cette adresse dans la documentation.", 4),
    Kind("cle", 401, "Clé absente ou refusée",
         "Envoyez « Authorization: Bearer VOTRE_CLÉ ». Le référent du territoire donne les clés."),
    Kind("droit", 403, "Droit refusé", "Demandez ce droit au référent du territoire."),
    Kind("secret", 403, "Chiffre protégé par le secret statistique",
         "Demandez un territoire plus grand.", 6),
    Kind("introuvable", 404, "Introuvable", "Vérifiez l’adresse demandée."),
    Kind("territoire", 404, "Territoire introuvable",
         "Cherchez-le par son nom : /api/v1/territories?q=…", 5),
    Kind("methode", 405, "Méthode refusée", "Voyez les méthodes permises dans l’en-tête Allow."),
    Kind("format", 406, "Format refusé", "Acceptez « application/json »."),
    Kind("conflit", 409, "La fiche a changé entre-temps", "Relisez la fiche, puis recommencez."),
    Kind("disparu", 410, "Ce lieu n’est plus montré", "Retirez-le de vos listes."),
    Kind("taille", 413, "Envoi trop gros", "Envoyez moins à la fois."),
    Kind("type", 415, "Type d’envoi refusé",
         "Envoyez du JSON : « Content-Type: application/json »."),
    Kind("validation", 422, "Valeurs refusées", "Corrigez les valeurs listées dans « errors ».", 3),
    Kind("limite", 429, "Trop de demandes",
         "Attendez le nombre de secondes de l’en-tête Retry-After."),
    Kind("interne", 500, "Une erreur est survenue",
         "Réessayez ; si cela continue, donnez le numéro « request » à qui tient le site."),
    Kind("magasin", 503, "Les données ne sont pas prêtes", "Réessayez dans quelques minutes.", 7),
    Kind("plein", 507, "Le disque du site est plein",
         "Renvoyez la même demande plus tard : elle n’est pas faite deux fois."),
)  # fmt: skip
"""In the order of the documentation."""
_KIND = {kind.code: kind for kind in KINDS}
_BY_STATUS = {kind.status: kind for kind in reversed(KINDS)}
_BY_ERROR: dict[type[PortreaError], str] = {
    TerritoryError: "territoire",
    LinkError: "disparu",
    ParameterError: "parametre",
    SecrecyError: "secret",
    StoreError: "magasin",
    DataError: "validation",
}


class ProblemError(Exception):
    """An answer that is not the one asked for; ``headers`` are added to it."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        remedy: str = "",
        errors: Iterable[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = _KIND[code]
        self.detail = detail
        self.remedy = remedy or self.kind.remedy
        self.errors = tuple(errors)[:MOST_ERRORS]
        self.headers = dict(headers or {})


def problem_of(error: PortreaError) -> ProblemError:
    """Return how an expected error of Portrea is told to a program."""
    code = next((code for kind, code in _BY_ERROR.items() if isinstance(error, kind)), "interne")
    told: list[dict[str, Any]] = [
        {"where": [one.field] if one.field else [], "message": str(one)}
        for one in error.diagnostics
    ]
    if isinstance(error, TerritoryError):
        told += [
            {"where": [], "message": f"Peut-être : {found.name}", "reference": found.reference}
            for found in territory_candidates(error)
        ]
    return ProblemError(code, error.message, remedy=error.remedy, errors=told)


def of_status(status: int, *, detail: str = "") -> ProblemError:
    """Return the problem of an HTTP status that no part of the interface explained."""
    kind = _BY_STATUS.get(status, _KIND["parametre" if status < 500 else "interne"])
    return ProblemError(kind.code, detail or f"{kind.title}.")


def problem_response(
    request: HttpRequest, problem: ProblemError, *, status: int | None = None
) -> HttpResponse:
    """Return ``application/problem+json``."""
    kind = problem.kind
    code = status or kind.status
    told = {
        "type": request.build_absolute_uri(f"/api/#erreur-{kind.code}"),
        "title": kind.title,
        "status": code,
        "detail": problem.detail,
        "remedy": problem.remedy,
        "instance": request.get_full_path()[:500],
        "code": kind.code,
        "exit_code": kind.exit_code,
        "request": getattr(request, "request_id", None),
        "errors": [dict(one) for one in problem.errors],
    }
    response = HttpResponse(to_json(told), content_type=CONTENT_TYPE, status=code)
    response["Cache-Control"] = "no-store"
    for name, value in problem.headers.items():
        response[name] = value
    return response
