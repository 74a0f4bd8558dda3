"""Which engine of times serves a territory best, and how it is told."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.reach.engines import CROW_FLY
from portrea.reach.network.times import snapped
from portrea.reach.travel import default_travel
from portrea.sources.store import Store
from portrea.steering.networks import find_network, networks
from portrea.steering.reading import Reader
from portrea.steering.times import TABLES, near
from portrea.steering.zones import zones_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.steering.networks import NetworkCard

COVERED = 0.95
"""Part of the zones of a territory, and of those around, that a network must serve."""
AROUND_KM = 30.0
"""How far from a territory live people who share its places."""


def best_engine(reader: Reader, communes: Sequence[str], profile: str) -> str:
    """Return the road network that serves a territory, nothing when the default model does.

    Parameters
    ----------
    reader
        The computation in force; its store has the networks.
    communes
        Communes of the territory.
    profile
        How people travel: all its ways must be on the roads, public transport is not.

    Notes
    -----
    A network that left out those around would make help look less shared than it is.
    """
    modes = tuple(way.mode for way in default_travel().profile(profile).ways)
    cards = tuple(card for card in networks(reader.store) if set(modes) <= set(card.modes))
    if not cards:
        return ""
    home, computation = str(reader.store.home), reader.computation_id
    return _best(home, computation, cards, tuple(communes), modes[0])


@lru_cache(maxsize=256)
def _best(
    home: str,
    _computation: str,
    cards: tuple[NetworkCard, ...],
    communes: tuple[str, ...],
    mode: str,
) -> str:
    reader = Reader(Store(Path(home)))
    zones = zones_of(reader)
    mine = zones.filter(pl.col("commune").is_in(list(communes)))
    around = zones.filter(near(zones, mine, AROUND_KM))
    found = [(_served(reader.store, card, (mine, around), mode), card.name) for card in cards]
    share, name = max(found)
    return name if share >= COVERED else ""


def _served(
    store: Store, card: NetworkCard, asked: tuple[pl.DataFrame, pl.DataFrame], mode: str
) -> float:
    """Return the part of the zones that a network serves, the least of both groups."""
    west, south, east, north = card.bounds
    inside = pl.col("longitude").is_between(west, east)
    inside &= pl.col("latitude").is_between(south, north)
    held = [zones.filter(inside).height / max(zones.height, 1) for zones in asked]
    if min(held) < COVERED:  # the roads need not be read
        return min(held)
    graph = find_network(store, card.id).graph(mode)
    return min(float(np.mean(snapped(graph, zones).on_road)) for zones in asked)


def engine_told(name: str) -> str:
    """Say in French what measures times."""
    if name in ("", CROW_FLY):
        return "d’après la distance à vol d’oiseau"
    if Path(name).suffix.lower() in TABLES:
        return f"lus dans votre table « {Path(name).name} »"
    roads = f"par les routes du réseau « {name.rpartition(':')[2]} »"
    return f"{roads} (© les contributeurs d’OpenStreetMap)"
