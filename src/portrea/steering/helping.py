"""Which places a reader measures access with."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from portrea.offer.calendar import say_date
from portrea.steering.offering import Offer

if TYPE_CHECKING:
    from portrea.steering.reading import Reader


def offer_of(reader: Reader) -> Offer:
    """Return the places that access is measured with: those given, else the computation's."""
    if reader.given_offer is not None:
        return reader.given_offer
    day = reader.computed_on
    told = f"du {say_date(date.fromisoformat(day), year=True)}" if day else "en service"
    places = reader.snapshot.places.whole().drop("level", "code")
    return Offer(places, told=f"offre du calcul {told}")
