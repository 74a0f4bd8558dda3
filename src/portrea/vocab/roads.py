"""Roads as OpenStreetMap draws them: what ``sources`` reads and ``reach.network`` receives."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from portrea.base.tables import Column, Table

WAY_TAGS = (
    "highway",
    "route",
    "junction",
    "oneway",
    "oneway:bicycle",
    "oneway:foot",
    "maxspeed",
    "maxspeed:forward",
    "maxspeed:backward",
    "access",
    "vehicle",
    "motor_vehicle",
    "motorcar",
    "bicycle",
    "foot",
    "cycleway",
    "cycleway:left",
    "cycleway:right",
    "sidewalk",
    "surface",
    "tracktype",
    "smoothness",
    "service",
    "area",
    "construction",
    "motorroad",
    "impassable",
    "duration",
)
"""Tags of a way that a rule of travel reads (``reach/params/network.yaml``)."""

NODE_TAGS = (
    "highway",
    "barrier",
    "access",
    "vehicle",
    "motor_vehicle",
    "motorcar",
    "bicycle",
    "foot",
)
"""Tags of a point of a road that a rule of travel reads: lights and obstacles."""


def _tags(names: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(Column(name, pl.String, f"étiquette {name}", nullable=True) for name in names)


ROAD_WAYS = Table(
    "road_ways",
    (Column("way", pl.Int64, "identifiant OpenStreetMap de la voie"), *_tags(WAY_TAGS)),
    key=("way",),
)
ROAD_LINKS = Table(
    "road_links",
    (
        Column("row", pl.UInt32, "rang de la voie dans road_ways"),
        Column("node", pl.Int64, "identifiant OpenStreetMap du point"),
        Column("x", pl.Int32, "longitude", unit="10⁻⁷ degré"),
        Column("y", pl.Int32, "latitude", unit="10⁻⁷ degré"),
    ),
)
"""The points of each way, in order; those whose position the file does not give are absent."""
ROAD_MARKS = Table(
    "road_marks",
    (Column("node", pl.Int64, "identifiant OpenStreetMap du point"), *_tags(NODE_TAGS)),
    key=("node",),
)
ROAD_BANS = Table(
    "road_bans",
    (
        Column("from_way", pl.Int64, "voie de départ"),
        Column("via", pl.Int64, "point où l’on tourne"),
        Column("to_way", pl.Int64, "voie d’arrivée"),
        Column("only", pl.Boolean, "vrai : seul ce mouvement est permis ; faux : il est interdit"),
        Column("exempt", pl.String, "véhicules exemptés, séparés par des ;", nullable=True),
    ),
)
"""Turn restrictions through one point; those through a way are not read."""


@dataclass(frozen=True, slots=True)
class Roads:
    """The roads of one extract, and what is known of it."""

    ways: pl.DataFrame
    links: pl.DataFrame
    marks: pl.DataFrame
    bans: pl.DataFrame
    vintage: str | None = None
    """Date of the data written in the file, ISO 8601; ``None`` when it is not."""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the roads, in degrees."""
        x, y = self.links["x"], self.links["y"]
        west, south, east, north = (float(v) / 1e7 for v in (x.min(), y.min(), x.max(), y.max()))  # type: ignore[arg-type]
        return west, south, east, north
