"""How far the default travel times are from those of a road network, said in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.base.estimates import integer, percent
from portrea.reach.agreement import Agreement, agreement
from portrea.reach.engines import crow_fly_times
from portrea.reach.nearest import located_places
from portrea.reach.network.graph import UNIT
from portrea.reach.network.times import Network, network_times
from portrea.reach.travel import default_travel
from portrea.steering.zones import zones_of

if TYPE_CHECKING:
    from portrea.reach.network.graph import Graph
    from portrea.steering.reading import Reader

T_MAX = 45.0
"""Longest time by road that is compared, in minutes."""
FARTHER = 4.0
"""How many times farther the model is kept: none of its slow times must be missing."""
ORIGINS, PLACES = 500, 20
"""Points drawn on the roads of a network where no IRIS lies; most IRIS compared elsewhere."""
SEED = 2026


@dataclass(frozen=True, slots=True)
class ModelError:
    """The comparison, what was compared, and how people travel."""

    agreement: Agreement
    network: str
    profile: str
    origins: int
    places: int
    drawn: bool

    @property
    def told(self) -> tuple[str, ...]:
        """French sentences for whoever reads the times."""
        found, label = self.agreement, default_travel().profile(self.profile).label
        what = "points des routes tirés au sort" if self.drawn else "IRIS"
        threshold = default_travel().thresholds[1]
        way = "trop courts" if found.ratio < 1 else "trop longs"
        return (
            f"Modèle à vol d’oiseau comparé au réseau « {self.network} », {label} : "
            f"{integer(found.pairs)} trajets d’au plus {T_MAX:g} min entre {integer(self.origins)} "
            f"{what} et {integer(self.places)} lieux.",
            f"Temps du modèle {percent(abs(1 - found.ratio))} {way} au milieu des trajets ; écart "
            f"de moins de {percent(found.error)} pour la moitié d’entre eux, de moins de "
            f"{percent(found.error_nine_tenths)} pour neuf sur dix.",
            f"Même lieu le plus proche : {percent(found.same_nearest)} des points de départ. Du "
            f"même côté de {threshold:g} minutes : {percent(found.same_side)} des trajets.",
            "Les paramètres du modèle ne sont pas réglés sur ce réseau : ce sont nos suppositions.",
        )


def model_error(
    network: Network,
    *,
    profile: str = "car",
    zones: pl.DataFrame | None = None,
    places: pl.DataFrame | None = None,
) -> ModelError:
    """Compare the default model to the roads of a network.

    Parameters
    ----------
    network
        Roads.
    profile
        Code of a profile whose first way follows the roads.
    zones, places
        Origins and places of the territory, as for ``crow_fly_times``; those off the network are
        left out. Without any on it, points of the roads are drawn (fixed seed), of unknown density.
    """
    graph = network.graph(default_travel().profile(profile).ways[0].mode)
    origins = _within(graph, zones)
    targets = _within(graph, places)
    drawn = origins.is_empty() or targets.is_empty()
    if drawn:
        origins = points_on_roads(graph, ORIGINS, seed=SEED).rename({"id": "code"})
        targets = points_on_roads(graph, PLACES, seed=SEED + 1)
    step = max(1, -(-origins.height // ORIGINS))
    origins = origins.sort("code").gather_every(step)
    unknown = {
        name: pl.lit(None, pl.Float64)
        for name in ("persons", "area_km2")
        if name not in origins.columns
    }
    origins = origins.with_columns(**unknown)
    roads = network_times(network, origins, targets, t_max=T_MAX, profile=profile)
    model = crow_fly_times(origins, targets, t_max=FARTHER * T_MAX, profile=profile)
    found = agreement(model, roads, threshold=default_travel().thresholds[1])
    return ModelError(found, network.name, profile, origins.height, targets.height, drawn)


def model_error_here(reader: Reader, network: Network, *, profile: str = "car") -> ModelError:
    """Compare the default model to a network, for the IRIS and the places of the computation."""
    snapshot = reader.snapshot
    places = located_places(snapshot.territories, snapshot.places.whole().drop("level", "code"))
    places = places.filter(pl.col("located") != "none").unique("id", maintain_order=True)
    return model_error(network, profile=profile, zones=zones_of(reader), places=places)


def points_on_roads(graph: Graph, count: int, *, seed: int) -> pl.DataFrame:
    """Return ``id``, ``longitude``, ``latitude`` of points drawn on the roads of a graph."""
    rng = np.random.default_rng(seed)
    rows = rng.choice(np.flatnonzero(graph.large), count)
    return pl.DataFrame(
        {
            "id": [str(rank) for rank in range(count)],
            "longitude": graph.x[rows, 0] * UNIT,
            "latitude": graph.y[rows, 0] * UNIT,
        }
    )


def _within(graph: Graph, frame: pl.DataFrame | None) -> pl.DataFrame:
    if frame is None:
        return pl.DataFrame()
    west, south, east, north = graph.bounds
    longitude, latitude = pl.col("longitude"), pl.col("latitude")
    return frame.filter(longitude.is_between(west, east) & latitude.is_between(south, north))
