"""A place that helps, its services and when they are there: the one shape every list is read into.

A record is content only: who said each field, when, and how reliable it is stand beside it
(:mod:`portrea.offer.layers`). ``None`` or an empty tuple is « not told », never « no ».
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


class Block(StrEnum):
    """The five kinds of help of the Breton census; the first four are the published situations."""

    INFORMATION = "information"
    AIDE = "aide"
    EQUIPEMENT = "equipement"
    FORMATION = "formation"
    DEPANNAGE = "depannage"

    @property
    def label(self) -> str:
        """Everyday French words, as shown to a resident."""
        return _BLOCK_LABELS[self]


_BLOCK_LABELS = {
    Block.INFORMATION: "Être informé et orienté",
    Block.AIDE: "Être aidé pour une démarche",
    Block.EQUIPEMENT: "Accéder à un équipement ou au réseau",
    Block.FORMATION: "Apprendre à se servir du numérique",
    Block.DEPANNAGE: "Se dépanner, s’équiper",
}


class PresenceKind(StrEnum):
    """How a service is there."""

    FIXE = "fixe"
    PERMANENCE = "permanence"
    ITINERANT = "itinerant"
    DOMICILE = "domicile"
    MARAUDE = "maraude"
    DISTANCE = "distance"


class Saturation(StrEnum):
    """Whether new people can be received soon, as the place says it."""

    FAIBLE = "faible"
    MODEREE = "moderee"
    FORTE = "forte"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Days, both included, when a place or a presence is closed."""

    start: date
    end: date
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """When and where a service is there.

    ``hours`` is OSM ``opening_hours``, and speaks for machines only once ``hours_confirmed`` by a
    person or told by the producer in that form; ``hours_text`` is what was published. Fortnightly
    and other spaced presences say ``every_weeks`` and ``first`` (any day of a week when it is
    there); single days are ``dates``. A presence held elsewhere than at the place has its own
    position.
    """

    kind: PresenceKind = PresenceKind.FIXE
    hours: str | None = None
    hours_text: str | None = None
    hours_confirmed: bool = False
    every_weeks: int | None = None
    first: date | None = None
    until: date | None = None
    dates: tuple[date, ...] = ()
    closures: tuple[Closure, ...] = ()
    by_appointment: bool | None = None
    host: str | None = None
    address: str | None = None
    commune: str | None = None
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What a service can do in a week; ``declared`` is false when the figure is an estimate.

    Hours are hours of presence of helpers; ``share_procedures`` is the share of them given to
    online procedures, in [0, 1].
    """

    hours_week: float | None = None
    persons_week: float | None = None
    share_procedures: float | None = None
    saturation: Saturation | None = None
    declared: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """Who helps, as a role, never as a named person."""

    role: str
    count: float | None = None
    status: str | None = None
    habilitation: str | None = None
    training: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One kind of help given at a place. ``key`` tells two services of one block apart."""

    block: Block
    key: str
    name: str | None = None
    description: str | None = None
    offers: tuple[str, ...] = ()
    """Services of the mednum standard 1.0.2 that this one covers."""
    procedures: tuple[str, ...] = ()
    support_modes: tuple[str, ...] = ()
    access_modes: tuple[str, ...] = ()
    publics: tuple[str, ...] = ()
    special_care: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    cost: tuple[str, ...] = ()
    cost_text: str | None = None
    provider: str | None = None
    """Who provides it, when it is not the place itself."""
    phone: str | None = None
    email: str | None = None
    capacity: Capacity | None = None
    helpers: tuple[Helper, ...] = ()
    presences: tuple[Presence, ...] = ()
    update_months: int | None = None
    confirmed: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place that helps.

    ``id`` is ``source--local`` in a list, and Portrea's own in the census. ``position`` tells how
    the point was found: ``declared``, ``address``, ``street``, ``commune`` or ``None``.
    """

    id: str
    name: str
    kind: str | None = None
    siret: str | None = None
    parent: str | None = None
    commune: str | None = None
    city: str | None = None
    postcode: str | None = None
    address: str | None = None
    address_more: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    position: str | None = None
    phone: str | None = None
    emails: tuple[str, ...] = ()
    websites: tuple[str, ...] = ()
    appointment_url: str | None = None
    accessibility_url: str | None = None
    accessibility: str | None = None
    summary: str | None = None
    detail: str | None = None
    hours: str | None = None
    hours_text: str | None = None
    hours_confirmed: bool = False
    closures: tuple[Closure, ...] = ()
    itinerant: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    trainings: tuple[str, ...] = ()
    other_labels: tuple[str, ...] = ()
    services: tuple[Service, ...] = ()
    updated: date | None = None
    source: str | None = None
