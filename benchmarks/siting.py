"""Placement of places: proven optima at département size, proven gaps at region size.

Points are the IRIS of the embedded territories nearest to the middle of Bretagne, persons their
population, candidates the town halls of their most populated communes, times the default model.
Floors: spopt on the same instance in the same run (``PORTREA_SPOPT``, see ``peers/location.py``).
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks import Measure, clock
from benchmarks.peers.location import spopt_answer
from benchmarks.reach import _territories

if TYPE_CHECKING:
    from portrea.reach.siting import Plan, Problem

MIDDLE = (-2.0, 48.1)
THRESHOLD = 20.0
SAME = 1e-6


def run() -> list[Measure]:
    """Measure each model at the sizes of the request."""
    from portrea.reach.siting import maximal_cover, p_median

    iris = _iris()
    departement = problem_of(iris, 1500, 200, 90)
    region = problem_of(iris, 10_000, 10_000, 45)
    return [
        _measured("siting-mclp", "MCLP 1 500 × 200, p = 6, optimum prouvé", 0.1,
                  lambda: maximal_cover(departement, openings=6, threshold=THRESHOLD), gap=0),
        _measured("siting-mclp-15", "MCLP 1 500 × 200, p = 15, optimum prouvé", 0.1,
                  lambda: maximal_cover(departement, openings=15, threshold=THRESHOLD), gap=0),
        _measured("siting-median", "p-médiane 1 500 × 200, p = 15", 8.0,
                  lambda: p_median(departement, openings=15), gap=0),
        _measured("siting-median-40", "p-médiane 1 500 × 200, p = 40", 8.0,
                  lambda: p_median(departement, openings=40), gap=0),
        _measured("siting-region", "MCLP 10 000 points, p = 200, écart prouvé", 3.0,
                  lambda: maximal_cover(region, openings=200, threshold=THRESHOLD), gap=0.025),
        _measured("siting-region-median", "p-médiane 10 000 points, p = 200, écart prouvé", 8.0,
                  lambda: p_median(region, openings=200), gap=0.025),
        _what_if(departement),
        *_peers(iris),
    ]  # fmt: skip


def _measured(key: str, title: str, limit: float, solve, *, gap: float) -> Measure:
    """Time a plan; one whose proven gap is too wide is refused as if it were endless."""
    with clock() as first:
        plan = solve()
    with clock() as again:
        solve()
    note = f"écart prouvé {plan.gap:.3%}, {first.cpu:.2f} s de calcul au premier appel"
    kept = plan.gap <= gap + 1e-8
    return Measure(key, title, again.seconds if kept else float("inf"), limit=limit, note=note)


def _what_if(problem: Problem) -> Measure:
    from dataclasses import replace

    from portrea.reach.siting import what_if

    rng = np.random.default_rng(2026)
    noise = rng.normal(1, 0.2, (len(problem.codes), 1000)).clip(0)
    drawn = replace(problem, draws=(problem.persons[:, None] * noise).astype(np.float32))
    existing, other = drawn.places[:20].tolist(), drawn.places[150]
    what_if(drawn, existing=existing, add=[other])
    with clock() as asked:
        for _ in range(20):
            what_if(drawn, existing=existing, add=[other], remove=existing[:1])
    return Measure(
        "siting-what-if",
        "« Et si ? » : 1 500 points, 1 000 tirages, un lieu ouvre et un ferme",
        asked.seconds / 20,
        limit=0.05,
    )


def _peers(iris: pl.DataFrame) -> list[Measure]:
    """Compare with spopt on what it solves: same instance, same objective, else refused."""
    from portrea.reach.siting import maximal_cover, p_median

    cases = (
        (
            "mclp",
            1500,
            200,
            6,
            20.0,
            lambda p, k: maximal_cover(p, openings=k, threshold=THRESHOLD),
        ),
        ("p_median", 400, 60, 5, 5.0, lambda p, k: p_median(p, openings=k)),
    )
    rows = []
    for model, points, places, openings, faster, solve in cases:
        problem = problem_of(iris, points, places, 600)
        peer = _peer(problem, model, openings)
        if peer is None:
            continue
        solve(problem, openings)
        with clock() as ours:
            plan = solve(problem, openings)
        _same(plan, peer["objective"])
        rows.append(
            Measure(
                f"siting-spopt-{model}",
                f"{model} {points} × {places}, part du temps de spopt",
                ours.seconds / peer["seconds"],
                unit="×",
                limit=1 / faster,
                note=f"{ours.seconds:.3f} s contre {peer['seconds']:.2f} s, même objectif",
            )
        )
    return rows


def _peer(problem: Problem, model: str, openings: int) -> dict[str, float] | None:
    minutes = problem.minutes.toarray().astype(float)
    minutes[minutes == 0] = problem.limit
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "instance.npz"
        np.savez(
            path,
            minutes=minutes,
            persons=problem.persons,
            openings=openings,
            threshold=THRESHOLD,
        )
        return spopt_answer(path, model)


def _same(plan: Plan, objective: float) -> None:
    if abs(plan.objective - objective) > SAME * abs(objective):
        message = f"{plan.model} : {plan.objective} au lieu de {objective}"
        raise AssertionError(message)


def _iris() -> pl.DataFrame:
    territories, weights = _territories()
    communes = territories.filter(pl.col("level") == "commune").select(
        "commune", c_lon="longitude", c_lat="latitude", c_area="area_km2"
    )
    iris = territories.filter(pl.col("level") == "iris").join(
        weights.select("code", persons="weight"), on="code"
    )
    whole = iris.group_by("commune").agg(c_persons=pl.col("persons").sum())
    lon, lat = pl.coalesce("longitude", "c_lon"), pl.coalesce("latitude", "c_lat")
    return (
        iris.join(communes, on="commune")
        .join(whole, on="commune")
        .with_columns(longitude=lon, latitude=lat)
        .filter(lon.is_not_null() & lat.is_not_null() & (pl.col("persons") > 0))
        .with_columns(
            away=((pl.col("longitude") - MIDDLE[0]) * 0.67) ** 2
            + (pl.col("latitude") - MIDDLE[1]) ** 2
        )
        .sort("away", "code")
    )


def problem_of(iris: pl.DataFrame, points: int, places: int, t_max: float) -> Problem:
    """Return the nearest points, and the town halls of their most populated communes."""
    from portrea.reach.demand import Demand
    from portrea.reach.engines import crow_fly_times
    from portrea.reach.siting import build_problem

    chosen = iris.head(points)
    origins = chosen.select(
        "code", "longitude", "latitude", "persons",
        area_km2=pl.coalesce("area_km2", "c_area"),
        class_persons="c_persons", class_area_km2="c_area",
    )  # fmt: skip
    towns = chosen.sort("c_persons", "commune", descending=[True, False]).unique(
        "commune", keep="first", maintain_order=True
    )
    halls = towns.head(places).select(
        pl.col("commune").alias("id"),
        pl.coalesce("c_lon", "longitude").alias("longitude"),
        pl.coalesce("c_lat", "latitude").alias("latitude"),
    )
    times = crow_fly_times(origins, halls, t_max=t_max)
    persons = chosen["persons"].to_numpy().astype(float)
    return build_problem(times, Demand(chosen["code"].to_numpy().astype(str), persons))
