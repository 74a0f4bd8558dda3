"""Where an address is: its commune from what is written, its point from the national address base.

The base is asked once, on demand, and may not answer: the commune is then where one sets off from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.errors import PortreaError, TerritoryError
from portrea.offer.orientation.address import split_address
from portrea.sources.ban import Address, geocode
from portrea.territory.naming import normalise
from portrea.web.accounts.throttling import throttle, visitor
from portrea.web.journeys.selectors import communes_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from portrea.web.journeys.selectors import Commune

RATE = "30/h"
MOST_WORDS = 6
POSTCODE = 5


@dataclass(frozen=True, slots=True)
class Located:
    """The communes perhaps meant, and the point (longitude, latitude) when the base tells it."""

    communes: tuple[Commune, ...]
    point: tuple[float, float] | None = None


def located(request: HttpRequest, text: str) -> Located | None:
    """Return where an address is; ``None`` when the text is no address, or tells no commune."""
    cut = split_address(text)
    if cut is None:
        return None
    street, town = cut
    communes = _communes(town) if town else _at_the_end(street)
    if len(communes) != 1:
        return Located(communes) if communes else None
    if not throttle(f"adresse:{visitor(request)}", RATE):
        return Located(communes)
    return Located(communes, _point(street, communes[0].code))


def _communes(town: str) -> tuple[Commune, ...]:
    """Return the communes of « 35160 Montfort-sur-Meu », of a postcode or of a name."""
    name = normalise(town[POSTCODE:]) if town[:POSTCODE].isdecimal() else ""
    try:
        found = communes_for(town[:POSTCODE] if name else town)
    except TerritoryError:
        return ()
    named = [one for one in found if normalise(one.name) == name]
    return tuple(named) or found


def _at_the_end(line: str) -> tuple[Commune, ...]:
    """Return the commune whose whole name ends an address, the longest first."""
    words = line.split()
    for first in range(max(1, len(words) - MOST_WORDS), len(words)):
        tail = " ".join(words[first:])
        try:
            found = communes_for(tail)
        except TerritoryError:
            continue
        same = tuple(one for one in found if normalise(one.name) == normalise(tail))
        if same:
            return same
    return ()


def _point(street: str, commune: str) -> tuple[float, float] | None:
    asked: Sequence[Address] = [Address("ici", street, commune=commune)]
    try:
        found = geocode(asked, waited_for=True)
    except PortreaError:
        return None
    sure = next((one for one in found if one.sure), None)
    return (sure.longitude, sure.latitude) if sure else None
