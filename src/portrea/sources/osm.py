"""Read the roads of an OpenStreetMap extract (``.osm.pbf``, ``.osm``), with pyosmium.

Roads of OpenStreetMap are under the Open Database Licence (ODbL 1.0): who shows times computed from
them writes « © les contributeurs d’OpenStreetMap ».
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

import polars as pl

from portrea.base.errors import DataError
from portrea.base.progress import silent
from portrea.vocab.roads import (
    NODE_TAGS,
    ROAD_BANS,
    ROAD_LINKS,
    ROAD_MARKS,
    ROAD_WAYS,
    WAY_TAGS,
    Roads,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from portrea.base.progress import Progress

LICENCE = "ODbL 1.0"
CREDIT = "© les contributeurs d’OpenStreetMap"
SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.bz2", ".osm.gz")
NOWHERE = 2**31 - 1
"""Coordinate that osmium gives a point whose position is not in the file."""
STEP = 50_000
DATES = ("osmosis_replication_timestamp", "timestamp")
REMEDY = (
    "Téléchargez de nouveau l’extrait de votre région (fichier « .osm.pbf »), vérifiez sa taille, "
    "puis recommencez."
)


def read_roads(path: Path, *, progress: Progress = silent) -> Roads:
    """Return the roads, paths and ferries of an OpenStreetMap file.

    Parameters
    ----------
    path
        ``.osm.pbf`` (or ``.osm``, ``.osm.gz``, ``.osm.bz2``).
    progress
        Told the number of roads read; the share done is not known in advance.

    Raises
    ------
    DataError
        The file is absent, of another kind, damaged, cut short or holds no road.
    """
    if not path.is_file():
        raise DataError(
            f"Le fichier « {path} » n’existe pas.", remedy="Vérifiez le chemin de l’extrait."
        )
    if not path.name.lower().endswith(SUFFIXES):
        raise DataError(
            f"« {path.name} » n’est pas un extrait OpenStreetMap : son nom devrait finir par "
            "« .osm.pbf ».",
            remedy=REMEDY,
        )
    try:
        reading = _read(path, progress)
        vintage = _vintage(path)
    except (RuntimeError, ValueError) as error:  # all that pyosmium raises on a bad file
        raise DataError(
            f"« {path.name} » est abîmé ou n’est pas un extrait OpenStreetMap : la lecture "
            f"s’arrête ({_first_line(error)}).",
            remedy=REMEDY,
        ) from error
    roads = reading.roads(vintage)
    if roads.links.is_empty():
        raise DataError(
            f"« {path.name} » est lisible, mais ne contient aucune route.",
            remedy="Choisissez un extrait complet : certains ne gardent que les bâtiments ou les "
            "limites administratives.",
        )
    return roads


class _Reading:
    """Columns that grow while the file is read."""

    def __init__(self) -> None:
        self.ways: list[tuple[Any, ...]] = []
        self.marks: list[tuple[Any, ...]] = []
        self.bans: list[tuple[Any, ...]] = []
        self.row, self.node = array("I"), array("q")
        self.x, self.y = array("q"), array("q")

    def add_way(self, way: Any) -> None:
        get = way.tags.get
        row = len(self.ways)
        self.ways.append((way.id, *(get(name) for name in WAY_TAGS)))
        for node in way.nodes:
            self.row.append(row)
            self.node.append(node.ref)
            self.x.append(node.x)
            self.y.append(node.y)

    def add_mark(self, node: Any) -> None:
        get = node.tags.get
        if get("barrier") or get("highway") == "traffic_signals":
            self.marks.append((node.id, *(get(name) for name in NODE_TAGS)))

    def add_ban(self, relation: Any) -> None:
        get = relation.tags.get
        kind = get("restriction") or ""
        members = [(m.role, m.type, m.ref) for m in relation.members]
        via = [ref for role, kind_, ref in members if role == "via" and kind_ == "n"]
        starts = [ref for role, kind_, ref in members if role == "from" and kind_ == "w"]
        ends = [ref for role, kind_, ref in members if role == "to" and kind_ == "w"]
        if len(via) != 1 or not kind.startswith(("no_", "only_")):
            return
        only = kind.startswith("only_")
        self.bans += [(s, via[0], e, only, get("except")) for s in starts for e in ends]

    def roads(self, vintage: str | None) -> Roads:
        links = pl.DataFrame(
            {name: pl.Series(getattr(self, name)) for name in ("row", "node", "x", "y")}
        ).filter(pl.col("x") != NOWHERE)
        return Roads(
            ways=_frame(ROAD_WAYS.schema, self.ways),
            links=links.cast(ROAD_LINKS.schema),  # type: ignore[arg-type]
            marks=_frame(ROAD_MARKS.schema, self.marks),
            bans=_frame(ROAD_BANS.schema, self.bans),
            vintage=vintage,
        )


def _frame(schema: dict[str, Any], rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row")


def _read(path: Path, progress: Progress) -> _Reading:
    reading = _Reading()
    for thing in _wanted(path):
        if thing.is_way():
            reading.add_way(thing)
            if len(reading.ways) % STEP == 0:
                progress(0.0, f"{len(reading.ways)} voies lues")
        elif thing.is_node():
            reading.add_mark(thing)
        else:
            reading.add_ban(thing)
    return reading


def _wanted(path: Path) -> Iterator[Any]:
    """Yield roads and ferries with the position of their points, marked points, restrictions."""
    import osmium
    from osmium import filter as keep
    from osmium import osm

    filters = (
        (keep.KeyFilter("highway", "barrier"), osm.NODE),
        (keep.KeyFilter("highway", "route"), osm.WAY),
        (keep.TagFilter(("type", "restriction")), osm.RELATION),
    )
    processor = osmium.FileProcessor(path).with_locations()
    for one, kind in filters:
        one.enable_for(kind)
        processor = processor.with_filter(one)
    return iter(processor)


def _vintage(path: Path) -> str | None:
    import osmium

    header = osmium.FileProcessor(path).header
    found = (header.get(name) for name in DATES)
    return next((value for value in found if value), None)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", maxsplit=1)[0] or type(error).__name__
