"""The map of all communes: time, size and memory, against simplifying the same outlines alone."""

from __future__ import annotations

import tempfile
from pathlib import Path

import shapely

from benchmarks import Measure, clock, peak_gib
from portrea.sources.loading import load_embedded
from portrea.sources.store import Store
from portrea.territory import complete_territories
from portrea.territory.geometry import read_shapes
from portrea.territory.tiles import build_tiles, settings

TOLERANCE_DEGREES = 0.0007
"""About the tolerance of zoom 9 or 10, in degrees: the floor's own setting."""


def run() -> list[Measure]:
    """Build the tiles of the embedded communes once, and the floor in the same run."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        load_embedded(store)
        contours = store.gather("contours")
        communes = complete_territories(store.gather("territories")).filter(level="commune")
        before = peak_gib()
        with clock() as floor:
            _simplify_alone(contours)
        with clock() as build:
            report = build_tiles(
                contours,
                Path(folder) / "communes-bench.pmtiles",
                parents=communes.select("code", "epci", "departement"),
            )
    note = (
        f"{report.codes} communes, {report.tiles} tuiles"
        f" ; processeur : {build.cpu:.0f} s (plancher {floor.cpu:.0f} s : simplification seule)"
    )
    return [
        Measure(
            "tiles.seconds",
            "Fond de carte de toutes les communes, construit une fois",
            build.seconds,
            limit=120,
            floor=floor.seconds,
            note=note,
        ),
        Measure("tiles.size", "Fond de carte : taille", report.size / 1e6, unit="Mo", limit=25),
        Measure(
            "tiles.largest",
            "Fond de carte : plus grosse tuile",
            report.largest / 1e3,
            unit="ko",
            limit=500,
        ),
        Measure(
            "tiles.memory",
            "Fond de carte : mémoire au plus haut",
            peak_gib(),
            unit="Gio",
            note=f"{before:.2f} Gio après lecture des contours",
        ),
    ]


def _simplify_alone(contours) -> None:
    """Do what no tile builder can avoid: simplify the coverage once per zoom."""
    polygons = read_shapes(contours, "commune").polygons
    for _ in range(settings().min_zoom, settings().max_zoom + 1):
        polygons = shapely.coverage_simplify(polygons, TOLERANCE_DEGREES)
