"""Times along the roads: the engines ``network`` (our own graph) and ``osrm``.

:func:`network_times` gives the same :class:`~portrea.reach.times.Times` as the other engines. The
same points stand on the same roads with both engines; only the search differs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from portrea.base.errors import DataError, ParameterError
from portrea.reach.engines import ORIGIN, ORIGIN_CLASS, PLACE
from portrea.reach.network.paths import fastest_seconds
from portrea.reach.network.rules import mode_rules, network_parameters
from portrea.reach.network.snap import Snapped, snap
from portrea.reach.times import Times, version_of
from portrea.reach.travel import default_travel, inner_km, pace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from portrea.reach.network.graph import Graph
    from portrea.reach.travel import Pace, Travel

NETWORK, OSRM = "network", "osrm"
ENGINES = (NETWORK, OSRM)
EDITION = "1"
"""Changes with the method, so that times kept on disk are measured again."""


class SecondsTable(Protocol):
    """Another engine: seconds from points to points (longitude, latitude), NaN without a road."""

    def __call__(
        self, starts: NDArray[np.float64], ends: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return a dense table, starts × ends."""
        ...


@dataclass(frozen=True)
class Network:
    """The roads of one extract, ready for use.

    Attributes
    ----------
    id
        Digest of the extract and of the rules: same digest, same times.
    name
        What the user calls it.
    graphs
        Graph of each mode; may load them when asked.
    tables
        Other engine of each mode, where it is prepared.
    """

    id: str
    name: str
    graphs: Mapping[str, Graph]
    tables: Mapping[str, SecondsTable] = field(default_factory=dict)

    def graph(self, mode: str) -> Graph:
        """Return the graph of a mode, or say that the network was prepared without it."""
        mode_rules(mode)
        if mode not in self.graphs:
            raise ParameterError(
                f"Le réseau « {self.name} » n’est pas préparé pour le mode « {mode} ».",
                remedy=f"Ajoutez-le : « portrea reach network add FICHIER --mode {mode} ».",
            )
        return self.graphs[mode]


def network_times(
    network: Network,
    origins: pl.DataFrame,
    places: pl.DataFrame,
    *,
    t_max: float,
    profile: str = "car",
    engine: str = NETWORK,
    travel: Travel | None = None,
) -> Times:
    """Return the times along the roads between origins and places within ``t_max``.

    Parameters
    ----------
    network
        Roads of an extract.
    origins
        ``code``, ``longitude``, ``latitude``, ``persons``, ``area_km2`` (see ``crow_fly_times``).
    places
        ``id``, ``longitude``, ``latitude``.
    t_max
        Longest time kept, in minutes.
    profile
        Code of ``profiles.yaml``. Those who walk or cycle take the roads of their mode at their
        own speed; public transport is not on the roads: without a car, one walks.
    engine
        ``network`` (our graph) or ``osrm``.
    travel
        Parameters; the shipped ones by default.

    Raises
    ------
    DataError
        The roads are not those of these points (another country).
    ParameterError
        The profile, the mode or the engine does not exist here.

    Notes
    -----
    A time is never shorter than the one imposed inside the zone of departure by the default model
    (``travel.inner_km``): the point of a zone is not where everybody lives.
    """
    travel = travel or default_travel()
    _check_engine(engine)
    moving = _moving(origins, profile, travel)
    found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = []
    for way, per_km in zip(travel.profile(profile).ways, moving.per_km, strict=True):
        if way.mode in network_parameters()["modes"]:
            factor = _factor(way.mode, per_km, travel)
            limit = 60.0 * (t_max - way.wait)
            seconds = _seconds(
                network,
                origins,
                places,
                mode=way.mode,
                engine=engine,
                limit=limit / float(np.min(factor, initial=np.inf)),
            ).tocoo()
            minutes = way.wait + seconds.data * factor[seconds.row] / 60.0
            found.append((seconds.row, seconds.col, minutes))
    if not found:
        raise ParameterError(
            f"Le profil « {profile} » n’emprunte pas les routes.",
            remedy="Choisissez car, walk, walk_slow, bicycle ou no_car.",
        )
    row, column, minutes = _fastest(found, (origins.height, places.height))
    floor = moving.minutes(np.nan_to_num(inner_km(_floats(origins, "area_km2"))))
    return Times.of_pairs(
        (origins["code"].to_list(), places["id"].to_list()),
        (row, column, np.maximum(minutes, floor[row])),
        t_max=float(t_max),
        engine=engine,
        profile=profile,
        version=network_version(
            network, origins, places, t_max=t_max, profile=profile, engine=engine
        ),
    )


def network_version(
    network: Network,
    origins: pl.DataFrame,
    places: pl.DataFrame,
    *,
    t_max: float,
    profile: str = "car",
    engine: str = NETWORK,
) -> str:
    """Return the version :func:`network_times` would have, without measuring anything."""
    travel = default_travel()
    parameters = {
        "network": network.id,
        "rules": network_parameters()["version"],
        "t_max": float(t_max),
        "profile": profile,
        "detour": travel.detour,
        "ways": [(way.mode, way.wait, way.speeds) for way in travel.profile(profile).ways],
    }
    known = [name for name in (*ORIGIN, *ORIGIN_CLASS) if name in origins.columns]
    points = [origins.select(known), places.select(PLACE)]
    return version_of(f"{engine} {EDITION}", parameters, points)


def snapped(graph: Graph, frame: pl.DataFrame) -> Snapped:
    """Return where the points of a table stand on the roads."""
    return snap(graph, _floats(frame, "longitude"), _floats(frame, "latitude"))


def _check_engine(engine: str) -> None:
    if engine not in ENGINES:
        raise ParameterError(
            f"Le moteur « {engine} » n’existe pas.", remedy=f"Moteurs : {', '.join(ENGINES)}."
        )


def _moving(origins: pl.DataFrame, profile: str, travel: Travel) -> Pace:
    names = (name if name in origins.columns else name[6:] for name in ORIGIN_CLASS)
    return pace(*(_floats(origins, name) for name in names), profile=profile, travel=travel)


def _factor(mode: str, per_km: NDArray[np.float64], travel: Travel) -> NDArray[np.float64]:
    """Return what multiplies the time of the network, by origin: infinite without this way.

    By car, the network has its own speeds. On foot or by bicycle, the profile's speed replaces
    that of the network, which goes at the same speed almost everywhere.
    """
    if mode == "car":
        return np.where(np.isfinite(per_km), 1.0, np.inf)
    reference = float(mode_rules(mode)["default_speed"])
    factor: NDArray[np.float64] = reference * per_km / (60.0 * travel.detour)
    return factor


def _seconds(
    network: Network,
    origins: pl.DataFrame,
    places: pl.DataFrame,
    *,
    mode: str,
    engine: str,
    limit: float,
) -> csr_array:
    """Return the seconds of one mode, with the engine asked for."""
    graph = network.graph(mode)
    starts, ends = snapped(graph, origins), snapped(graph, places)
    _check_covered(network, graph, (origins, starts, "points de départ"))
    _check_covered(network, graph, (places, ends, "lieux"))
    if engine == NETWORK:
        return fastest_seconds(graph, starts, ends, limit=limit)
    if mode not in network.tables:
        raise ParameterError(
            f"Le réseau « {network.name} » n’est pas préparé pour OSRM (mode « {mode} »).",
            remedy=f"Ajoutez-le avec OSRM : « portrea reach network add FICHIER --mode {mode} "
            "--osrm » (Python 3.12 ou plus récent, pip install portrea[osrm]).",
        )
    return _other_engine(network.tables[mode], starts, ends, limit)


def _other_engine(table: SecondsTable, starts: Snapped, ends: Snapped, limit: float) -> csr_array:
    shape = (starts.metres.size, ends.metres.size)
    here, there = np.flatnonzero(starts.on_road), np.flatnonzero(ends.on_road)
    if not (here.size and there.size):
        return csr_array(shape)
    seconds = table(starts.position[here], ends.position[there])
    row, column = np.nonzero(seconds <= limit)  # NaN: no road
    value = np.maximum(seconds[row, column], 1e-6)
    return csr_array((value, (here[row], there[column])), shape=shape)


def _check_covered(
    network: Network, graph: Graph, asked: tuple[pl.DataFrame, Snapped, str]
) -> None:
    """Refuse roads that pass near none of the points."""
    frame, points, what = asked
    known = np.isfinite(points.metres).any() or frame.is_empty()
    if known or frame["longitude"].null_count() == frame.height:
        return
    raise DataError(
        f"Le réseau « {network.name} » ne passe près d’aucun des {frame.height} {what} : il couvre "
        f"{_extent(*graph.bounds)} ; les {what} sont {_extent(*_bounds(frame))}.",
        remedy="Ajoutez l’extrait OpenStreetMap de votre région : « portrea reach network add "
        "FICHIER.osm.pbf » ; « portrea reach network list » dit lesquels sont là.",
    )


def _bounds(frame: pl.DataFrame) -> tuple[float, float, float, float]:
    x, y = _floats(frame, "longitude"), _floats(frame, "latitude")
    edges = np.nanmin(x), np.nanmin(y), np.nanmax(x), np.nanmax(y)
    west, south, east, north = (float(value) for value in edges)
    return west, south, east, north


def _extent(west: float, south: float, east: float, north: float) -> str:
    def degrees(value: float) -> str:
        return f"{value:.2f}".replace(".", ",").replace("-", "−")

    return (
        f"de {degrees(west)}° à {degrees(east)}° de longitude et de {degrees(south)}° à "
        f"{degrees(north)}° de latitude"
    )


def _fastest(
    found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]],
    shape: tuple[int, int],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Keep the fastest way of each pair."""
    if len(found) == 1:
        return found[0]
    row, column, minutes = (np.concatenate(part) for part in zip(*found, strict=True))
    pair = row.astype(np.int64) * shape[1] + column
    order = np.lexsort((minutes, pair))
    first = np.append(True, np.diff(pair[order]) > 0)[: order.size]
    kept = order[first]
    return row[kept], column[kept], minutes[kept]


def _floats(frame: pl.DataFrame, name: str) -> NDArray[np.float64]:
    return frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
