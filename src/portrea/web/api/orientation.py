"""The right door: the answer to a situation, and the procedures it may name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse  # noqa: TC002 - read by ninja
from django.urls import reverse
from ninja import Query, Router

from portrea.offer.orientation.asked import Asked
from portrea.offer.orientation.procedures import procedures as all_procedures
from portrea.web.api import schemas_orientation as schemas
from portrea.web.api.answers import NEVER, SHORT, answer
from portrea.web.api.asked import OrientationAsked, ProceduresAsked  # noqa: TC001
from portrea.web.api.describing import PROBLEMS
from portrea.web.api.problems import ProblemError
from portrea.web.journeys import selectors

if TYPE_CHECKING:
    from portrea.offer.orientation.procedures import Procedure
    from portrea.web.journeys.selectors import Choice, Orientation

router = Router(tags=["Orientation"])
ASKED_OF_PAGE = {"taille", "debut"}


@router.get("/orientation", response={200: schemas.Orientation, **PROBLEMS}, summary="Le bon lieu")
def orientation(request: HttpRequest, asked: Query[OrientationAsked]) -> HttpResponse:
    """Les lieux qui répondent à une situation, du meilleur au moins bon, et pourquoi.

    Il faut « commune », ou « lon » et « lat » (arrondies à une centaine de mètres, jamais gardées).
    Quand rien n’est à portée, « near » est faux et « calls » et « phones » disent qui appeler.
    """
    told = asked.model_dump(by_alias=True, exclude_none=True, mode="json")
    situation = Asked.of({k: str(v) for k, v in told.items() if k not in ASKED_OF_PAGE})
    if situation.commune is None and situation.point is None:
        raise ProblemError(
            "parametre", "D’où part la personne ?",
            remedy="Donnez « commune » (code officiel), ou « lon » et « lat ».",
        )  # fmt: skip
    found = selectors.orient(situation, start=asked.start, stop=asked.start + asked.size)
    return answer(request, _told(found), cache=NEVER)


@router.get("/procedures", response={200: schemas.ProcedureList, **PROBLEMS}, summary="Démarches")
def procedures(request: HttpRequest, asked: Query[ProceduresAsked]) -> HttpResponse:
    """Les démarches en mots de tous les jours ; « q » cherche malgré les fautes."""
    known = all_procedures()
    words = (asked.words or "").strip()
    if words:
        codes = [one.procedure.code for one in selectors.suggest_procedures(words)]
        items = [known[code] for code in dict.fromkeys(codes) if code in known]
    else:
        items = list(known.values())
    return answer(request, {"items": [_procedure(one) for one in items]}, cache=SHORT)


def _told(found: Orientation) -> dict[str, Any]:
    return {
        "as_of": found.as_of,
        "departure": {
            "label": found.departure.label,
            "commune": found.departure.commune,
            "exact": found.departure.exact,
        },
        "near": found.near,
        "total": found.total,
        "choices": [_choice(choice) for choice in found.choices],
        "calls": [{"name": name, "phone": phone} for name, phone in found.calls],
        "phones": [
            {name: getattr(phone, name) for name in ("number", "whose", "verified", "source")}
            for phone in found.phones
        ],
        "left_out": dict(found.left_out),
        "page": f"{reverse('orientation')}?{found.asked.query()}",
    }


def _choice(choice: Choice) -> dict[str, Any]:
    place = choice.place
    town = " ".join(filter(None, (place.postcode, place.city)))
    return {
        "rank": choice.rank,
        "place": choice.id,
        "name": place.name,
        "address": ", ".join(filter(None, (place.address, town))) or None,
        "commune": place.commune,
        "phone": choice.phone or None,
        "why": choice.why,
        "opening": choice.opening,
        "travel": choice.travel,
        "km": round(choice.km, 2),
        "minutes": round(choice.minutes, 1),
        "score": round(choice.ranked.total, 1),
        "to_confirm": list(choice.ranked.asks),
        "page": choice.url,
    }


def _procedure(one: Procedure) -> dict[str, Any]:
    return {
        "code": one.code,
        "label": one.label,
        "need": str(one.need),
        "phrases": list(one.phrases),
        "organizations": [
            {"code": o.code, "name": o.name, "phone": o.phone, "phone_verified": o.verified}
            for o in one.organizations
        ],
        "deadline": one.deadline.text if one.deadline else None,
        "deadline_source": one.deadline.source if one.deadline else None,
        "note": one.note,
    }
