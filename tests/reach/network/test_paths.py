"""Fastest times along roads: hand-worked, and against a search written plainly another way."""

from __future__ import annotations

import heapq
import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.reach.network.graph import build_graph
from portrea.reach.network.paths import fastest_seconds
from portrea.reach.network.snap import Snapped, snap
from portrea.vocab.roads import ROAD_BANS, ROAD_LINKS, ROAD_MARKS, ROAD_WAYS, Roads
from roads import CASE, place, point

PAIRS = [(mode, pair) for mode, pairs in CASE["seconds"].items() for pair in pairs]
ENDLESS = 1e9


def standing(graph, *positions):
    longitude, latitude = np.array(positions, dtype=float).T
    return snap(graph, longitude, latitude)


@pytest.mark.parametrize(
    ("mode", "pair"), PAIRS, ids=[f"{m}-{p['from']}-{p['to']}" for m, p in PAIRS]
)
def test_hand_worked_seconds(country, mode, pair):
    graph = country.graph(mode)
    start, end = (standing(graph, point(pair[name])) for name in ("from", "to"))
    found = fastest_seconds(graph, start, end, limit=ENDLESS)
    if pair["seconds"] is None:
        assert found.nnz == 0
    else:
        assert found.toarray().item() == pytest.approx(pair["seconds"], abs=0.05)


@pytest.mark.parametrize("mode", CASE["seconds"])
def test_the_search_is_the_same_from_the_other_end(country, mode):
    """Many to one goes up the roads, many to many down: same seconds."""
    graph = country.graph(mode)
    everywhere = standing(graph, *(point(name) for name in CASE["points"]))
    table = fastest_seconds(graph, everywhere, everywhere, limit=ENDLESS).toarray()
    for column in range(len(CASE["points"])):
        parts = (getattr(everywhere, name)[[column]] for name in Snapped.__slots__)
        one = fastest_seconds(graph, everywhere, Snapped(*parts), limit=ENDLESS).toarray()
        np.testing.assert_allclose(one[:, 0], table[:, column], atol=1e-4)


def test_nothing_beyond_the_limit_and_batches_change_nothing(country, monkeypatch):
    graph = country.graph("walk")
    everywhere = standing(graph, *(point(name) for name in CASE["points"]))
    whole = fastest_seconds(graph, everywhere, everywhere, limit=ENDLESS).toarray()
    monkeypatch.setattr("portrea.reach.network.paths.ROOM", 1)
    short = fastest_seconds(graph, everywhere, everywhere, limit=3000.0).toarray()
    np.testing.assert_allclose(short, np.where(whole <= 3000.0, whole, 0.0), atol=1e-6)


def test_just_behind_on_a_one_way_street_one_comes_round(country):
    """E → B is one way: from 1.5 km before B to 1 km before E is the whole loop."""
    graph = country.graph("car")
    ahead, behind = standing(graph, place(4, -0.5)), standing(graph, place(4, -1.5))
    forth = fastest_seconds(graph, behind, ahead, limit=ENDLESS).toarray().item()
    back = fastest_seconds(graph, ahead, behind, limit=ENDLESS).toarray().item()
    # 1 km at 40. Back: 0.5 km = 45; right turn at B 2.1053; 4 km at 55 = 261.8182; right at C
    # 2.1053; 288; right at F 2.1053; 576; no turn at E (two roads); 0.5 km at 40 = 45.
    assert forth == pytest.approx(90.0, abs=0.05)
    assert back == pytest.approx(45 + 2.1053 * 3 + 261.8182 + 288 + 576 + 45, abs=0.1)


# -- a plain search --------------------------------------------------------------------------------

SIDE = 4
CELL = 2_000  # 10⁻⁷ degrees: about 22 m
CORNERS = [(i, j) for i in range(SIDE) for j in range(SIDE)]


@st.composite
def towns(draw):
    """Draw straight ways on a small grid of points, one-way or not, lights and bans."""
    steps = [(i, j, di, dj) for i, j in CORNERS for di, dj in ((1, 0), (0, 1), (1, 1))]
    steps = [s for s in steps if s[0] + s[2] < SIDE and s[1] + s[3] < SIDE]
    chosen = draw(st.lists(st.sampled_from(steps), min_size=6, max_size=16, unique=True))
    ways = [
        {
            "nodes": [(i, j), (i + di, j + dj)],
            "highway": draw(st.sampled_from(["residential", "tertiary"])),
            "oneway": draw(st.sampled_from([None, None, None, "yes", "-1"])),
        }
        for i, j, di, dj in chosen
    ]
    lights = draw(st.lists(st.sampled_from(CORNERS), max_size=3, unique=True))
    bans = draw(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), max_size=3))
    return ways, lights, bans


def number(corner):
    return 1 + corner[0] * SIDE + corner[1]


def tables(ways, lights, bans):
    """Make the tables of roads that a reader would give."""
    rows = [
        {"way": rank, "highway": way["highway"], "oneway": way["oneway"]}
        for rank, way in enumerate(ways)
    ]
    links = [
        {"row": rank, "node": number((i, j)), "x": i * CELL, "y": 480_000_000 + j * CELL}
        for rank, way in enumerate(ways)
        for i, j in way["nodes"]
    ]
    marks = [{"node": number(corner), "highway": "traffic_signals"} for corner in lights]
    bans = [
        {"from_way": a, "via": number(via), "to_way": b, "only": False}
        for a, b in bans
        for via in (common(ways, a, b),)
        if via
    ]
    frames = [
        declared.conform(
            pl.DataFrame(rows_, infer_schema_length=None) if rows_ else declared.empty()
        )
        for declared, rows_ in (
            (ROAD_WAYS, rows),
            (ROAD_LINKS, links),
            (ROAD_MARKS, marks),
            (ROAD_BANS, bans),
        )
    ]
    return Roads(*frames)


def common(ways, a, b):
    if a == b or max(a, b) >= len(ways):
        return None
    shared = set(ways[a]["nodes"]) & set(ways[b]["nodes"])
    return next(iter(shared), None)


def plain_seconds(ways, lights, bans, start, end):
    """Search from the middle of a way to the middle of another one, written without the room."""
    kmh = {"residential": 25.0, "tertiary": 40.0}
    streets = {}
    for rank, way in enumerate(ways):
        a, b = way["nodes"]
        seconds = 3600 * kilometres(a, b) / kmh[way["highway"]]
        if way["oneway"] != "-1":
            streets[rank, a, b] = seconds
        if way["oneway"] != "yes":
            streets[rank, b, a] = seconds
    roads = {c: sum(c in way["nodes"] for way in ways) for c in CORNERS}
    banned = {(a, common(ways, a, b), b) for a, b in bans if common(ways, a, b)}

    def turns(street):
        rank, a, b = street
        ahead = [s for s in streets if s[1] == b and (rank, b, s[0]) not in banned]
        onward = [s for s in ahead if s[0] != rank]
        for other in onward or [s for s in ahead if s[0] == rank]:
            lost = 2.0 if b in lights else 0.0
            back = other[0] == rank
            if roads[b] > 2 or back:
                lost += angle_cost(a, b, other[2]) + (20.0 if back else 0.0)
            yield other, lost

    best = {}
    heap = [(seconds / 2, street) for street, seconds in streets.items() if street[0] == start]
    while heap:
        time, street = heapq.heappop(heap)
        if street in best:
            continue
        best[street] = time
        for other, lost in turns(street):
            heapq.heappush(heap, (time + lost + streets[other], other))
    arrivals = [time - streets[s] / 2 for s, time in best.items() if s[0] == end]
    return min(arrivals, default=math.inf)


def metres(corner):
    i, j = corner
    metre = math.radians(CELL * 1e-7) * 6_371_008.8
    return complex(i * metre * math.cos(math.radians(48)), j * metre)


def kilometres(a, b):
    return abs(metres(a) - metres(b)) / 1000


def angle_cost(a, b, c):
    """Penalty of the angle, positive to the right, as the parameters say."""
    into, out = metres(b) - metres(a), metres(c) - metres(b)
    right = math.degrees(math.atan2(-(out / into).imag, (out / into).real))
    right = round(right, 1) if right < 179.95 else -180.0

    def s(z):
        return 1 / (1 + math.exp(-z))

    z = 13 * abs(right) / 180
    if right >= 0:
        return 7.5 * s(z / 1.075 - 6.5 * 1.075)
    return 7.5 * s(z * 1.075 - 6.5 / 1.075) + 2 * s(z - 3.25)


@settings(max_examples=30)
@given(towns())
def test_as_a_plain_search(town):
    ways, _, _ = town
    graph = build_graph(tables(*town), "car")
    middles = [tuple(sum(part) / 2 for part in zip(*way["nodes"], strict=True)) for way in ways]
    # Segments are kept in the order of the ways, one each: stand in the middle of each.
    everywhere = Snapped(
        pieces=graph.pieces,
        along=(graph.before + graph.after) / 2.0,
        rest=np.where(graph.pieces >= 0, graph.seconds[graph.pieces], np.nan)
        - (graph.before + graph.after) / 2.0,
        metres=np.zeros(len(middles)),
        position=np.array(middles),
    )
    found = fastest_seconds(graph, everywhere, everywhere, limit=ENDLESS).toarray()
    for a in range(len(ways)):
        for b in range(len(ways)):
            if a != b:
                expected = plain_seconds(*town, a, b)
                seen = found[a, b] or math.inf
                assert seen == pytest.approx(expected, abs=0.1), (a, b)
