"""The scenarios of C by area: a row for each profile and gap, and Fréchet’s bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from portrea.base.tables import Column, Table
from portrea.needs.crossing import NAMES, frechet, joint_share, log_odds
from portrea.vocab.tables import LEVELS, OVERLAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from portrea.needs.aggregation import Areas
    from portrea.needs.model import Model
    from portrea.needs.parameters import Parameters

    Floats = NDArray[np.float64]

BOUNDS = ("frechet:low", "frechet:high")
SCENARIOS = Table(
    "scenarios",
    (
        Column(
            "level", pl.String, "niveau géographique", allowed=(*LEVELS, *OVERLAYS, "selection")
        ),
        Column("code", pl.String, "code officiel de la zone"),
        Column("name", pl.String, "nom de la zone"),
        Column("measure", pl.String, "mesure croisée (c : A1 et B)", allowed=("c", "c_a2")),
        Column("scenario", pl.String, "« profil:δ », ou borne", allowed=(*NAMES, *BOUNDS)),
        Column("n", pl.Float64, "personnes de 15 à 64 ans", nullable=True, low=0),
        Column("share", pl.Float64, "n / 15-64 ans", unit="part", nullable=True, low=0, high=1),
    ),
    key=("level", "code", "measure", "scenario"),
)
_UNIQUE = Table(SCENARIOS.name, SCENARIOS.columns)
"""The declared table without its key: one row per area and scenario is made so."""
MARGINS = ("a", "b")


def crossing_scenarios(model: Model, areas: Sequence[Areas]) -> pl.DataFrame:
    """Return C of each area under every scenario, with Fréchet’s bounds (:data:`SCENARIOS`).

    An area where B is unknown for more than the declared gap has null numbers.
    """
    if model.exposure is None:
        return SCENARIOS.empty()
    values = _persons(model)
    frames = [_scenario_rows(area, model, values) for area in areas if area.codes]
    return _UNIQUE.conform(pl.concat(frames)) if frames else SCENARIOS.empty()


def _persons(model: Model) -> dict[str, Floats]:
    """Return C by scenario, A and B, in persons by atom (0 where B is unknown).

    Every scenario keeps the association found in the cells, and A as it is shown: where the rates
    were shifted to a published total, A is the shifted one.
    """
    crossing, first = model.crossing, model.working.share
    shares: dict[str, Any] = {
        name: joint_share(first, crossing.second, log_odds(crossing.first, crossing.second, both))
        for name, both in crossing.both.items()
    } | dict(zip(MARGINS, (first, crossing.second), strict=True))
    people = np.where(model.known("c"), model.population("c"), 0.0)
    return {name: share * people for name, share in shares.items()}


def _scenario_rows(area: Areas, model: Model, values: Mapping[str, Floats]) -> pl.DataFrame:
    known = model.known("c")
    population = area.total(model.population("c"))
    covered = area.total(np.where(known, model.population("c"), 0.0))
    gap = model.parameters.number("uncertainty", "quality", "largest_gap")
    usable = (covered > 0) & (population - covered <= gap * population)
    scale = np.divide(population, covered, out=np.full_like(covered, np.nan), where=usable)
    safe = np.where(usable, population, 1.0)
    totals = {name: area.total(value) * scale for name, value in values.items()}
    bounds: Any = frechet(*(totals.pop(name) / safe for name in MARGINS))
    totals |= {name: bound * safe for name, bound in zip(BOUNDS, bounds, strict=True)}
    n = np.concatenate(list(totals.values()))
    times, size = len(totals), len(area.codes)
    return pl.DataFrame(
        {
            "level": pl.repeat(area.level, times * size, eager=True),
            "code": pl.concat([area.code_column] * times),
            "name": pl.concat([area.name_column] * times),
            "measure": pl.repeat("c", times * size, eager=True),
            "scenario": pl.Series(list(totals)).gather(np.repeat(np.arange(times), size)),
            "n": pl.Series(n, nan_to_null=True),
            "share": pl.Series(np.minimum(n / np.tile(safe, times), 1.0), nan_to_null=True),
        }
    )


def scenario_words(scenario: str, parameters: Parameters) -> str:
    """Return a scenario in French words, for tables and pages."""
    name, side = scenario.split(":")
    if name == "frechet":
        return "minimum possible" if side == "low" else "maximum possible"
    profile = {
        "published": "B selon l’âge et le diplôme, d’après les taux nationaux",
        "uniform": "B aussi fréquente à tout âge et pour tout diplôme",
        "young": "B plus fréquente chez les jeunes",
        "low_diploma": "B plus fréquente chez les moins diplômés",
    }[name]
    gap = f"{parameters.number('exposure', 'delta', side):g}".replace(".", ",")
    return f"{profile} ; δ = {gap}"
