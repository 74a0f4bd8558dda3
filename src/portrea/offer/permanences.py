"""Permanences to come: presences held now and then, itinerant ones, each at its own dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from portrea.offer.calendar import openings, timing_of, timing_of_presence
from portrea.offer.record import PresenceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from datetime import date

    from portrea.offer.calendar import Opening, Timing
    from portrea.offer.record import Place, Presence, Service

KINDS = frozenset({PresenceKind.PERMANENCE, PresenceKind.ITINERANT, PresenceKind.MARAUDE})
"""Presences that are there now and then; the others follow the hours of their place."""
ITINERANT = "Itinérant"


@dataclass(frozen=True, slots=True)
class Permanence:
    """One presence held now and then, and what people need to go there."""

    place: str
    key: str
    name: str
    title: str
    commune: str
    address: str
    phone: str
    by_appointment: bool
    timing: Timing
    hours_text: str


def is_permanence(presence: Presence) -> bool:
    """Whether a presence is held now and then, in words or by its dates."""
    spaced = presence.every_weeks is not None and presence.every_weeks > 1
    return presence.kind in KINDS or bool(presence.dates) or spaced


def permanences_of(place: Place) -> Iterator[Permanence]:
    """Yield the permanences of a place; an itinerant place is one by its own hours."""
    for service in place.services:
        for rank, presence in enumerate(service.presences):
            if is_permanence(presence):
                yield _of_presence(place, service, presence, rank)
    if ITINERANT in place.itinerant and not any(s.presences for s in place.services):
        yield Permanence(
            place=place.id,
            key="lieu",
            name=place.name,
            title="",
            commune=place.commune or "",
            address=_address(place, None),
            phone=place.phone or "",
            by_appointment=False,
            timing=timing_of(place),
            hours_text=place.hours_text or "",
        )


def _of_presence(place: Place, service: Service, presence: Presence, rank: int) -> Permanence:
    return Permanence(
        place=place.id,
        key=f"{service.key}.{rank}",
        name=place.name,
        title=service.name or service.block.label,
        commune=presence.commune or place.commune or "",
        address=_address(place, presence),
        phone=service.phone or place.phone or "",
        by_appointment=bool(presence.by_appointment),
        timing=timing_of_presence(place, presence),
        hours_text=presence.hours_text or "",
    )


def _address(place: Place, presence: Presence | None) -> str:
    if presence is not None and (presence.address or presence.commune):
        return ", ".join(filter(None, (presence.host, presence.address)))
    town = " ".join(filter(None, (place.postcode, place.city)))
    host = presence.host if presence is not None else None
    return ", ".join(filter(None, (host, place.address, town)))


def held_in(places: Iterable[Place], communes: Collection[str]) -> tuple[Permanence, ...]:
    """Return the permanences held in some communes, wherever their place is."""
    return tuple(
        one for place in places for one in permanences_of(place) if one.commune in communes
    )


def coming(
    permanences: Iterable[Permanence], *, today: Callable[[str], date], days: int
) -> tuple[list[tuple[Opening, Permanence]], list[Permanence]]:
    """Return the openings to come in order, and the permanences whose dates nobody can tell.

    Parameters
    ----------
    permanences
        Those of a territory.
    today
        Day it is in a commune, by its clocks.
    days
        How many days ahead, today counted.
    """
    found: list[tuple[Opening, Permanence]] = []
    unknown = []
    for one in permanences:
        first = today(one.commune)
        told = openings(one.timing, start=first, end=first + timedelta(days=days - 1))
        if told is None:
            unknown.append(one)
        found += [(opening, one) for opening in told or ()]
    found.sort(key=lambda pair: (pair[0].day, pair[0].start or 0, pair[1].name, pair[1].key))
    return found, unknown
