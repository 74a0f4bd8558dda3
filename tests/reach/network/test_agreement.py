"""Our graph and OSRM say the same thing, on real roads: the gap is stated, and watched."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from portrea.reach.network.graph import build_graph
from portrea.reach.network.paths import fastest_seconds
from portrea.reach.network.rules import mode_rules
from portrea.reach.network.snap import snap
from portrea.sources.osm import read_roads
from portrea.sources.osrm import OsrmTable, osrm_missing, prepare_osrm

STATED = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/reach/network_agreement.yaml").read_text("utf-8")
)
UNIT = 1e-7
CASES = [
    (extract, mode, limits)
    for extract, modes in STATED["extracts"].items()
    for mode, limits in modes.items()
]


def on_the_roads(graph, count, rng):
    """Draw points along the roads of a graph."""
    segment, share = rng.choice(graph.x.shape[0], count), rng.random(count)
    ends = np.stack((graph.x, graph.y))[:, segment] * UNIT
    longitude, latitude = ends[..., 0] + share * (ends[..., 1] - ends[..., 0])
    return snap(graph, longitude, latitude)


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize(("name", "mode", "limits"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES])
def test_the_engines_agree(shared_data, tmp_path, name, mode, limits):
    if sys.version_info < (3, 12):
        assert osrm_missing(), "nothing to compare with: said to whoever asks for it"
        return
    extract = shared_data / f"routing/{name}.osm.pbf"
    graph = build_graph(read_roads(extract), mode)
    prepare_osrm(extract, tmp_path, mode_rules(mode)["osrm"])
    rng = np.random.default_rng(STATED["draw"]["seed"])
    starts, ends = (on_the_roads(graph, STATED["draw"]["points"], rng) for _ in range(2))
    limit = 60.0 * STATED["draw"]["limit_minutes"]
    ours = fastest_seconds(graph, starts, ends, limit=10 * limit).toarray()
    ours[ours == 0] = np.nan
    theirs = OsrmTable(tmp_path)(starts.position, ends.position)
    both = np.isfinite(ours) & (theirs <= limit)
    gap, time = np.abs(ours - theirs)[both] / 60, theirs[both] / 60
    found = {
        "median": np.median(gap),
        "p95": np.quantile(gap, 0.95),
        "ratio": abs(np.median((ours[both] / 60)[time > 1] / time[time > 1]) - 1),
        "far": ((gap > 1) & (gap > 0.1 * time)).mean(),
        "one_only": ((theirs <= limit) & ~np.isfinite(ours)).mean()
        + (~np.isfinite(theirs) & (ours <= limit)).mean(),
    }
    assert both.mean() > 0.1, "enough pairs to speak of"
    assert {key: value for key, value in found.items() if value > limits[key]} == {}
