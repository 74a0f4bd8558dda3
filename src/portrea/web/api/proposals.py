"""Write: propose a place or a correction with a key; the référent decides, as of all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Path, Router
from ninja.security import HttpBearer

from portrea.base.errors import DataError, TerritoryError
from portrea.web.accounts.scope import contains, name_of
from portrea.web.accounts.throttling import throttle
from portrea.web.api import schemas, schemas_orientation
from portrea.web.api.answers import NEVER, answer
from portrea.web.api.asked import ProposalSent  # noqa: TC001 - read by ninja
from portrea.web.api.describing import PROBLEMS
from portrea.web.api.keys import allowed, bearer, key_of_secret
from portrea.web.api.models import ApiKey, KeyProposal
from portrea.web.api.problems import ProblemError
from portrea.web.offer.census import SHOWN, census_place
from portrea.web.offer.models import Place, Proposal
from portrea.web.offer.services.proposals import proposal_submit
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from portrea.web.accounts.scope import Key

router = Router(tags=["Propositions"])
ACT = "place.propose"
RATE = "1000/h"
REFUSED = {401: schemas.Problem, 403: schemas.Problem, 409: schemas.Problem, 410: schemas.Problem}


class Cle(HttpBearer):
    """Une clé donnée par le référent du territoire."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:  # noqa: ARG002
        """Return the key of a secret, ``None`` when it is unknown, revoked or ended."""
        return key_of_secret(token[:200])


def no_key() -> ProblemError:
    """Return why a request without a good key is refused."""
    return ProblemError(
        "cle", "La clé manque, est inconnue, révoquée ou expirée.",
        headers={"WWW-Authenticate": 'Bearer realm="Portrea"'},
    )  # fmt: skip


@router.post(
    "/proposals",
    auth=Cle(),
    response={
        201: schemas_orientation.ProposalState,
        200: schemas_orientation.ProposalState,
        **REFUSED,
        **PROBLEMS,
    },
    summary="Proposer",
)
def propose(request: HttpRequest, sent: ProposalSent) -> HttpResponse:
    """Proposer un lieu, une correction, une fermeture, un doublon ou une remarque.

    La proposition attend le référent du territoire ; rien n’est publié avant. La même, envoyée deux
    fois en dix minutes, n’en fait qu’une (200 au lieu de 201). La clé ne propose que dans son
    territoire.
    """
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    _spend(key)
    place = _place(sent)
    where = place.territory if place else _commune(sent)
    _require(key, where)
    with transaction.atomic():
        found = proposal_submit(
            actor=bearer(key),
            kind=sent.kind,
            title=place.name if place else str(sent.content.get("name") or ""),
            territory=where,
            content=sent.content,
            place=place,
            other=sent.other,
            words=sent.words,
            origin=Proposal.Origin.API,
        )
        _row, new = KeyProposal.objects.get_or_create(proposal=found, defaults={"key": key})
    address = request.build_absolute_uri(f"/api/v1/proposals/{found.pk}")
    status = 201 if new else 200
    return answer(request, _told(found), status=status, cache=NEVER, headers={"Location": address})


@router.get(
    "/proposals/{number}",
    auth=Cle(),
    response={200: schemas_orientation.ProposalState, 401: schemas.Problem, **PROBLEMS},
    summary="Suivre une proposition",
)
def proposal(request: HttpRequest, number: Path[schemas.Number]) -> HttpResponse:
    """Ce qu’une proposition est devenue ; seule la clé qui l’a envoyée peut le demander."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    found = Proposal.objects.filter(pk=number, by_key__key=key).first()
    if found is None:
        raise Http404(number)
    return answer(request, _told(found), cache=NEVER)


def _spend(key: ApiKey) -> None:
    count = throttle(f"api-cle:{key.pk}", RATE)
    if not count:
        raise ProblemError(
            "limite", f"Cette clé a trop proposé. Attendez {count.wait} secondes.",
            headers={"Retry-After": str(count.wait)},
        )  # fmt: skip


def _place(sent: ProposalSent) -> Place | None:
    """Return the place that is proposed upon, as its sender saw it."""
    if not sent.place:
        if sent.kind != "new":
            raise DataError("De quel lieu s’agit-il ?", remedy="Donnez « place », son identifiant.")
        return None
    if sent.kind == "new":
        raise DataError("Un nouveau lieu n’a pas d’identifiant.", remedy="Enlevez « place ».")
    place = census_place(sent.place)
    if place is None:
        raise ProblemError("introuvable", "Ce lieu n’existe pas dans le recensement.")
    if place.status not in SHOWN:
        raise ProblemError("disparu", "Le référent du territoire ne montre plus ce lieu.")
    if sent.place_version is not None and sent.place_version != place.version:
        raise ProblemError(
            "conflit", f"La fiche a changé : elle en est à la version {place.version}.",
            remedy=f"Relisez /api/v1/places/{place.pk}, puis proposez sur ce qu’elle dit.",
        )  # fmt: skip
    return place


def _commune(sent: ProposalSent) -> Key:
    """Return where a new place is; it needs a name and a commune."""
    name, code = sent.content.get("name"), sent.content.get("commune")
    if not isinstance(name, str) or not name.strip() or not isinstance(code, str):
        raise DataError(
            "Un nouveau lieu a un nom et une commune.",
            remedy="Donnez « name » et « commune » (code officiel) dans « content ».",
        )
    try:
        return "commune", reader().gazetteer.get("commune", code).code
    except TerritoryError as error:
        raise DataError(error.message, remedy=error.remedy) from error


def _require(key: ApiKey, where: Any) -> None:
    if not allowed(key, ACT):
        raise ProblemError("droit", "Cette clé ne permet pas de proposer.")
    if not contains(key.territory, where):
        raise ProblemError(
            "droit", f"Cette clé vaut pour {name_of(key.territory)}, pas pour {name_of(where)}."
        )


def _told(found: Proposal) -> dict[str, Any]:
    names = ("kind", "state", "title", "content", "words", "created", "decided", "reason", "note")
    return {name: getattr(found, name) for name in names} | {
        "id": found.pk,
        "place": found.place_id,
        "territory": found.territory,
    }
