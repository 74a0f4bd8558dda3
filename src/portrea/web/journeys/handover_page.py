"""What pages of handovers show, every word ready: to the agent, to the partner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.translation import gettext as _

from portrea.base.errors import PortreaError
from portrea.offer.orientation import unmet
from portrea.offer.orientation.asked import FLAGS, NONE, Asked, Way
from portrea.offer.orientation.handover import State, questions, reasons
from portrea.offer.orientation.procedures import procedures
from portrea.offer.record import Block
from portrea.vocab.languages import capital
from portrea.web.accounts.scope import find
from portrea.web.journeys.handover_forms import CONSTRAINTS, SPEAKS, constraint_label
from portrea.web.journeys.selectors import departure_label, orient
from portrea.web.journeys.services.partner_links import address_of, last_day, place_of
from portrea.web.journeys.services.senders import handovers_of
from portrea.web.journeys.slip_sharing import LOCAL, qr_of
from portrea.web.offer.cards import phone_text
from portrea.web.offer.services.campaigns import contact_of

if TYPE_CHECKING:
    from datetime import date

    from portrea.web.journeys.models import Handover
    from portrea.web.offer.models import Place

GONE = "gone"
MINUTES_A_DAY = 1440


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the exchange."""

    partner: bool
    label: str
    words: str
    on: str


@dataclass(frozen=True, slots=True)
class Card:
    """A handover, every word ready; ``moved`` names the place that absorbed the one it went to."""

    row: Handover
    place: Place | None
    moved: bool
    closed: bool
    need: str
    procedure: str
    constraints: tuple[str, ...]
    commune: str
    last: date
    reason: str
    exchange: tuple[Said, ...]
    writes: bool
    sender: str
    phone: str
    person_phone: str
    state: State


def card_of(row: Handover) -> Card:
    """Return a handover as pages show it."""
    place = place_of(row)
    return Card(
        row=row,
        place=place,
        moved=place is not None and place.pk != row.place_id,
        closed=place is not None and place.status == place.Status.CLOSED,
        need=Block(row.need).label,
        procedure=procedures()[row.procedure].label if row.procedure in procedures() else "",
        constraints=tuple(map(constraint_label, row.constraints)),
        commune=find(("commune", row.commune)).name if row.commune else "",
        last=last_day(row),
        reason=_reason(row),
        exchange=tuple(map(_said, row.exchange)),
        writes=bool(place and contact_of(place)),
        sender=capital(row.sender_name),
        phone=phone_text(place.phone) if place and place.phone else "",
        person_phone=phone_text(row.contact),
        state=row.status,
    )


def _reason(row: Handover) -> str:
    if row.reason == GONE:
        return _("Le lieu n’est plus dans le recensement")
    found = reasons().get(row.reason)
    return found.label if found else ""


def _said(told: dict[str, str]) -> Said:
    question = questions().get(told["code"])
    label = question.label if question and not question.words else ""
    return Said(told["who"] == "partner", label, told["words"], told["on"])


def link_of(row: Handover) -> dict[str, Any]:
    """Return the partner’s address, its code to scan, whether a phone can open it."""
    address = address_of(row)
    local = urlsplit(address).hostname in LOCAL
    return {"address": address, "qr": qr_of(address), "local": local}


def tabs(who: Any, state: str) -> list[dict[str, Any]]:
    """Return the states of someone’s handovers, each with how many."""
    told: dict[str, int] = {}
    for one in handovers_of(who).order_by().values_list("state", flat=True):
        told[one] = told.get(one, 0) + 1
    home = reverse("handovers")
    found = [("", _("Toutes"), sum(told.values()))]
    found += [(str(one), one.label, told[one]) for one in State if told.get(one)]
    return [
        {"url": f"{home}?etat={key}" if key else home, "label": label, "count": count,
         "current": key == state}
        for key, label, count in found
    ]  # fmt: skip


def elsewhere(row: Handover) -> str:
    """Return the address of the answer for the same situation, to look for another place."""
    told: dict[str, Any] = {name: "oui" for name in row.constraints if name in FLAGS}
    if "pied" in row.constraints:
        told["trajet"] = str(Way.FOOT)
    language = [one for one in row.constraints if one.startswith(SPEAKS)]
    told |= {"langue": language[0].removeprefix(SPEAKS)} if language else {}
    told |= {"commune": row.commune, "besoin": row.need, "vu": "oui"}
    told["demarche"] = row.procedure or NONE
    return f"{reverse('orientation')}?{Asked.of(told).query()}"


# -- the situation asked --------------------------------------------------------------------------


def commune_told(asked: Asked) -> str:
    """Return where the person is from as the form writes it; empty when unknown."""
    if asked.commune is None and asked.point is None:
        return ""
    try:
        return _departure(asked)
    except PortreaError:
        return ""


def _departure(asked: Asked) -> str:
    """Return « Iffendic (35133) » : the commune only, whatever the position."""
    label = departure_label(asked).rpartition(" (")[0]
    return f"{label} ({commune_of(asked)})"


def commune_of(asked: Asked) -> str:
    """Return the code of the commune a person sets off from."""
    return orient(asked, stop=0).departure.commune


def unmet_reason(asked: Asked) -> str:
    """Return why the answer to a situation does not suit by itself, empty when it does."""
    if asked.need is None or (asked.commune is None and asked.point is None):
        return ""
    try:
        found = orient(asked)
    except PortreaError:
        return ""
    near = [one.ranked for one in found.choices if one.ranked.near]
    constrained = sum(found.left_out.get(name, 0) for name in (*CONSTRAINTS, "langue"))
    return unmet.reason_of(
        total=found.total,
        near=found.near,
        days=[None if one.opens is None else one.opens // MINUTES_A_DAY for one in near],
        left_out={"contraintes": constrained},
    )
