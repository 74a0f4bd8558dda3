"""The link that a partner receives: found by its token, good until the orientation ends."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from portrea.offer.orientation.handover import State
from portrea.web.accounts import links
from portrea.web.accounts.permissions import Actor
from portrea.web.journeys.models import Handover
from portrea.web.offer.census import SHOWN, census_place

if TYPE_CHECKING:
    from datetime import date

    from portrea.web.offer.models import Place

_ASK = "Appelez la structure qui vous l’a envoyée : elle peut en faire une autre."


def token_of(row: Handover) -> str:
    """Return the token of a handover: only this site’s secret key can write it."""
    return links.token("handover", str(row.pk))


def path_of(row: Handover) -> str:
    """Return the path of the partner’s page."""
    return f"/orientation-recue/{token_of(row)}/"


def address_of(row: Handover) -> str:
    """Return the public address of the partner’s page."""
    return links.absolute(path_of(row))


def handover_of(token: str) -> Handover:
    """Return the handover that a token names, when it can still be read.

    Raises
    ------
    LinkError
        Unknown or forged, expired, without follow-up, or its place is no longer in the census.
    """
    row = Handover.objects.select_related("place").filter(digest=links.digest_of(token)).first()
    if row is None:
        raise links.LinkError(
            "Ce lien n’est pas valable : il a été coupé ou mal recopié, ou l’orientation est"
            " effacée.",
            remedy="Recopiez l’adresse entière, ou appelez la structure qui vous l’a envoyée.",
        )
    _refuse_ended(row)
    return row


def _refuse_ended(row: Handover) -> None:
    state = row.status
    if state is State.DROPPED:
        raise links.LinkError(
            "Cette orientation est sans suite : la structure qui l’a envoyée l’a annulée.",
            remedy="Vous n’avez rien à faire.",
        )
    if state is State.EXPIRED or (state.open and row.expires <= timezone.now()):
        raise links.LinkError(
            "Cette orientation a expiré : elle attendait une réponse jusqu’au"
            f" {last_day(row):%d/%m/%Y}.",
            remedy=_ASK,
        )
    if state.open and place_of(row) is None:
        raise links.LinkError(
            f"« {row.place_name} » n’est plus dans le recensement : l’orientation n’a plus de"
            " destinataire.",
            remedy="La structure qui l’a envoyée en est prévenue.",
        )


def place_of(row: Handover) -> Place | None:
    """Return the place as it is now, the one that absorbed it, or ``None`` when it was removed."""
    if row.place_id is None:
        return None
    found = census_place(row.place_id)
    return found if found is not None and found.status in SHOWN else None


def last_day(row: Handover) -> date:
    """Return the last day on which it can be answered."""
    return timezone.localdate(row.expires - timedelta(seconds=1))


def bearer_of(row: Handover) -> Actor:
    """Return who answers: the partner, by the link."""
    place = place_of(row)
    where = place.territory if place else row.territory
    return Actor.link(f"orientation n° {row.pk}", where, structure=place.pk if place else "")
