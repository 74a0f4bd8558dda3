"""What every answer goes through: security headers, a bound on bodies, errors said plainly."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db.utils import InterfaceError, OperationalError
from django.shortcuts import render

from portrea.base.bodies import announced
from portrea.base.errors import (
    DataError,
    ParameterError,
    PortreaError,
    SecrecyError,
    StoreError,
    TerritoryError,
    no_room,
)
from portrea.web.accounts.links import LinkError
from portrea.web.operation.logs.requests import route_of
from portrea.web.territories.selectors import territory_candidates

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)


class AwayError(PortreaError):
    """The database does not answer: nobody's fault here, and it often passes."""


class FullError(PortreaError):
    """Nothing more can be written on a disk of the site: what is read is not touched."""


STATUSES: dict[type[PortreaError], tuple[int, str]] = {
    TerritoryError: (404, "Territoire introuvable"),
    LinkError: (410, "Ce lien ne marche plus"),
    ParameterError: (400, "Demande mal formée"),
    SecrecyError: (403, "Chiffre protégé par le secret statistique"),
    StoreError: (503, "Les données ne sont pas prêtes"),
    FullError: (507, "Le disque du site est plein"),
    AwayError: (503, "Le site ne répond pas pour le moment"),
    DataError: (500, "Une donnée ne peut pas être lue"),
}


def away() -> AwayError:
    """Return what to tell a person while the database does not answer."""
    return AwayError(
        "Le site ne joint pas sa base de données. Ce que vous veniez d’envoyer n’est pas gardé.",
        remedy="Réessayez dans une minute : revenez à la page précédente, vos réponses y sont.",
    )


def full() -> FullError:
    """Return what to tell a person when her work cannot be written."""
    return FullError(
        "Le disque du site est plein : ce que vous veniez d’envoyer n’est pas gardé.",
        remedy="Revenez à la page précédente, vos réponses y sont, et prévenez qui tient le site.",
    )


class BodySizeMiddleware:
    """Refuse a body larger than any page receives, before a byte of it is read or written."""

    MOST = 21_000_000
    """Bytes: a list of 20 MB and the fields beside it."""
    SURVEY = "Revenez à la page précédente, vos réponses y sont ; joignez de plus petits fichiers."
    OWN_WORDS = "/openrosa/"
    """Addresses that refuse a heavy body by themselves, unread too, as their programs expect."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 413 by what the request announces; what announces nothing is read as empty."""
        own = request.path_info.startswith(self.OWN_WORDS)
        if own or announced(request.META) <= self.MOST:
            return self.get_response(request)
        error = ParameterError(
            f"Ce fichier est trop gros : {self.MOST // 1_000_000} Mo au plus par cette page.",
            remedy=self.SURVEY
            if request.path.startswith("/enquetes/")
            else "Importez-le en ligne de commande : portrea offer import FICHIER.",
        )
        context = {"title": "Fichier trop gros", "error": error, "suggestions": []}
        return render(request, "design/error.html", context, status=413)


class SecurityHeadersMiddleware:
    """Refuse every browser capability the site does not use."""

    POLICY = "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()"

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers Django has no setting for."""
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", self.POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class PortreaErrorMiddleware:
    """Turn an expected error into a French page that says what to do, never a bare 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Render :class:`PortreaError`; leave bugs to the 500 page."""
        if isinstance(error, OSError | OperationalError) and no_room(error):
            logger.error("No room is left on a disk", exc_info=error)
            error = full()
        elif isinstance(error, OperationalError | InterfaceError):
            logger.error("The database does not answer", exc_info=error)
            error = away()
        if not isinstance(error, PortreaError):
            return None
        status, title = next(
            (answer for kind, answer in STATUSES.items() if isinstance(error, kind)),
            (500, "Une erreur est survenue"),
        )
        told = {"event": "refused", "status": status, "route": route_of(request)}
        told["name"] = type(error).__name__
        if error.inside:
            told["inside"] = error.inside
        logger.warning("refused", extra={"fields": told})
        candidates = territory_candidates(error) if isinstance(error, TerritoryError) else []
        context = {"title": title, "error": error, "suggestions": candidates}
        return render(request, "design/error.html", context, status=status)
