"""The small country drawn by hand (``cases/reach/network.yaml``), as an OpenStreetMap file."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import yaml

CASE: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "cases/reach/network.yaml").read_text("utf-8")
)
KM_PER_DEGREE = math.radians(1.0) * 6371.0088


def place(x: float, y: float) -> tuple[float, float]:
    """Return longitude and latitude of a point given in km from the origin of the case."""
    latitude = CASE["origin"]["latitude"] + y / KM_PER_DEGREE
    scale = KM_PER_DEGREE * math.cos(math.radians(latitude))
    return CASE["origin"]["longitude"] + x / scale, latitude


def point(name: str) -> tuple[float, float]:
    """Return longitude and latitude of a named point of the case."""
    return place(*CASE["points"][name])


def write_country(path: Path) -> Path:
    """Write the country as an OpenStreetMap file, of the kind that its name says."""
    import osmium
    from osmium.osm.mutable import Node, Relation, Way

    nodes, ways = _nodes(), _ways()
    number = {name: rank for rank, name in enumerate(nodes, 1)}
    roads = {tuple(way["nodes"]): rank for rank, way in enumerate(ways, 1)}
    with osmium.SimpleWriter(str(path)) as writer:
        for name, (x, y) in nodes.items():
            tags = {"highway": "traffic_signals"} if name in CASE["lights"] else {}
            writer.add_node(Node(id=number[name], location=place(x, y), tags=tags, version=1))
        for rank, way in enumerate(ways, 1):
            refs = [number[name] for name in way["nodes"]]
            writer.add_way(Way(id=rank, nodes=refs, tags=way["tags"], version=1))
        for rank, ban in enumerate(CASE["no_left_turn"], 1):
            members = [
                ("w", roads[tuple(ban["from"])], "from"),
                ("n", number[ban["via"]], "via"),
                ("w", roads[tuple(ban["to"])], "to"),
            ]
            tags = {"type": "restriction", "restriction": "no_left_turn"}
            writer.add_relation(Relation(id=rank, members=members, tags=tags, version=1))
    return path


def _nodes() -> dict[str, tuple[float, float]]:
    nodes = {name: tuple(xy) for name, xy in CASE["nodes"].items()}
    count, step = CASE["bourg"]["streets"], CASE["bourg"]["step"]
    east, north = nodes[CASE["bourg"]["corner"]]
    for i in range(count):
        for j in range(count):
            if i or j:
                nodes[_corner(i, j)] = (east - step * i, north - step * j)
    return nodes


def _corner(i: int, j: int) -> str:
    return f"bourg-{i}-{j}" if i or j else CASE["bourg"]["corner"]


def _ways() -> list[dict[str, Any]]:
    count = CASE["bourg"]["streets"]
    lines = [[_corner(i, j) for i in range(count)] for j in range(count)]
    lines += [[_corner(i, j) for j in range(count)] for i in range(count)]
    streets = [{"nodes": line, "tags": {"highway": "residential"}} for line in lines]
    return [*CASE["ways"], *streets]
