"""Places, agents and orientations of the tests of handovers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portrea.web.journeys.services.handovers import Person, Told, handover_send
from portrea.web.journeys.services.partner_links import path_of
from portrea.web.journeys.services.senders import senders_of
from portrea.web.offer.models import Place
from web.offer.census import applied, record

if TYPE_CHECKING:
    from portrea.web.accounts.models import User
    from portrea.web.journeys.models import Handover

PERSON = Person("Awa", "+33612345678", "Elle est d’accord.")
SECRETS = ("Awa", "612345678", "06 12 34 56 78")


def census() -> dict[str, Place]:
    """Three partners: with an e-mail, without, and of another commune."""
    applied(
        record("1", name="CCAS d’Iffendic", emails=["ccas@iffendic.fr"], phone="+33299090017"),
        record("2", name="Médiathèque", emails=["jeanne.martin@gmail.com"]),
        record("3", name="CCAS de Rennes", commune="35238", city="Rennes", emails=["ccas@r.fr"]),
    )
    return {place.name: place for place in Place.objects.all()}


def sent(user: User, place: Place, **more: Any) -> Handover:
    """An orientation sent by an agent."""
    told = {"need": "aide", "procedure": "rsa", "days": 7, "nonce": f"n{Place.objects.count()}"}
    told |= {"commune": "35133", "words": "Ne lit pas le français", "person": PERSON} | more
    sender = senders_of(user)[0]
    return handover_send(actor=user, place_id=place.pk, sender=sender, told=Told(**told))


def page_of(row: Handover) -> str:
    """Path of the partner’s page."""
    return path_of(row)
