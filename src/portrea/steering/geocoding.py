"""What is asked of the geocoder about places: their address, never their name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.sources.ban import Address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.offer.record import Place


def addresses_of(places: Iterable[Place]) -> list[Address]:
    """Return the addresses to ask for: places without position that tell a street or a town."""
    return [
        Address(
            place.id,
            " ".join(part for part in (place.address, place.postcode, place.city) if part),
            place.postcode,
            place.commune,
        )
        for place in places
        if place.latitude is None and (place.address or place.city)
    ]
