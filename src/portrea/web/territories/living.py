"""The places of the site as they are now, told by the room that keeps them to those that measure.

This floor lies below the rooms and does not know their tables; the room of places registers its
answer once, from its ``AppConfig.ready``.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings

from portrea.sources.store import Store
from portrea.steering.reading import Reader
from portrea.web.territories.caching import published

if TYPE_CHECKING:
    from collections.abc import Callable

    from portrea.steering.offering import Offer

    Lookup = Callable[[], "Offer | None"]
    States = Callable[[], str]

_lookups: list[tuple[Lookup, States]] = []


def register(lookup: Lookup, state: States) -> None:
    """Name what gives the places of the site, and what tells their state without reading them."""
    _lookups[:] = [(lookup, state)]


def living_reader() -> Reader:
    """Return the reader of the computation in force, with the places of the site as they are now.

    Without any census, the places are those of the computation.
    """
    offer = _lookups[0][0]() if _lookups else None
    return Reader(Store(settings.PORTREA_HOME), offer)


def offer_state(**_arguments: Any) -> str:
    """Name the state of the places of the site: what a page that tells them depends on."""
    return _lookups[0][1]() if _lookups else ""


living = partial(published, also=offer_state)
"""For a page that measures with the places of the site: not sent again while neither changes."""
