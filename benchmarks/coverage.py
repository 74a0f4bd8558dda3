"""How often do 95 % and 80 % intervals hold the truth, when the truth is known because simulated?

A country of 12 régions, 60 EPCI, 240 communes and 1,440 IRIS is estimated once; then truths are
drawn cell by cell by another generator: as declared, and in ways that the declared model denies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.special import expit, logit

from benchmarks import Measure
from portrea.needs.estimation import estimate
from portrea.needs.fragility import halves
from portrea.needs.model import prepare
from portrea.needs.parameters import load_parameters
from portrea.needs.structure import cell_persons
from portrea.vocab.tables import CROSSTAB, TERRITORIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from portrea.needs.model import Model

LEVELS = ("iris", "epci", "region")
NESTED = ("region", "epci", "commune", "iris")
TRUTHS = 300
BANDS = ("0_14", "15_29", "30_44", "45_59", "60_74", "75_plus")
COUNTS = ("no_diploma", "bepc", "capbep", "bac", "sup2", "sup34", "sup5")
AGES = np.array([0.18, 0.17, 0.19, 0.2, 0.17, 0.09])
DIPLOMAS = np.array([0.2, 0.06, 0.25, 0.17, 0.12, 0.11, 0.09])


def _normal(rng: np.random.Generator, size: int) -> np.ndarray:
    return rng.normal(size=(size, TRUTHS))


def _heavy(rng: np.random.Generator, size: int) -> np.ndarray:
    """Student with 3 degrees of freedom, brought back to a variance of 1."""
    return rng.standard_t(3, size=(size, TRUTHS)) / np.sqrt(3)


def _spatial(rng: np.random.Generator, size: int) -> np.ndarray:
    """Neighbours alike (AR(1), ρ = 0.7 along the list of areas), variance 1."""
    steps = rng.normal(size=(size, TRUTHS))
    for row in range(1, size):
        steps[row] = 0.7 * steps[row - 1] + np.sqrt(1 - 0.7**2) * steps[row]
    return steps


@dataclass(frozen=True)
class Truth:
    """A way to draw area effects: their law, and the variance against the declared one."""

    title: str
    law: Callable[[np.random.Generator, int], np.ndarray]
    variance: float = 1.0


WORLDS = {
    "declared": Truth("vérité conforme au modèle déclaré", _normal),
    "spatial": Truth("effets voisins corrélés (ρ = 0,7)", _spatial),
    "heavy": Truth("effets à queue lourde (Student, 3 degrés)", _heavy),
    "double": Truth("variances deux fois plus grandes que déclarées", _normal, 2.0),
    "half": Truth("variances deux fois plus petites que déclarées", _normal, 0.5),
}


def country(seed: int = 11) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return territories and observations of the simulated country."""
    rng = np.random.default_rng(seed)
    places: list[dict[str, str | None]] = []
    figures: list[tuple[str, str, float]] = []
    for region in range(12):
        upper = {"region": f"{region + 10}", "departement": f"{region + 10}"}
        for level, code in upper.items():
            places.append({"level": level, "code": code, **upper})
        for e in range(5):
            epci = {**upper, "epci": f"2000{region:02d}{e:03d}"}
            places.append({"level": "epci", "code": epci["epci"], **epci})
            for c in range(4):
                commune = {**epci, "commune": f"{region + 10}{e}{c}0"}
                places.append({"level": "commune", "code": commune["commune"], **commune})
                for i in range(8 if c < 2 else 4):
                    code = f"{commune['commune']}{i:04d}"
                    places.append({"level": "iris", "code": code, **commune, "kind": "H"})
                    figures += _figures(rng, code)
    return TERRITORIES.conform(_named(places)), _observations(figures)


def _figures(rng: np.random.Generator, code: str) -> list[tuple[str, str, float]]:
    persons = rng.integers(1200, 3000) * rng.dirichlet(60 * AGES)
    free = 0.9 * persons[1:].sum()
    counts = free * rng.dirichlet(40 * DIPLOMAS)
    pairs = [(f"persons_{b}", v) for b, v in zip(BANDS, persons, strict=True)]
    pairs += [(f"non_schooled_{d}", v) for d, v in zip(COUNTS, counts, strict=True)]
    pairs.append(("non_schooled_15_plus", free))
    return [(code, variable, float(value)) for variable, value in pairs]


def _named(places: list[dict[str, str | None]]) -> pl.DataFrame:
    frame = pl.DataFrame(places, infer_schema_length=None)
    return frame.with_columns(name=pl.col("level") + " " + pl.col("code"))


def _observations(figures: list[tuple[str, str, float]]) -> pl.DataFrame:
    frame = pl.DataFrame(figures, schema=["code", "variable", "value"], orient="row")
    said = {"level": "iris", "status": "ok", "dataset": "essai", "vintage": "2021",
            "source": "essai"}  # fmt: skip
    return frame.with_columns(**{name: pl.lit(value) for name, value in said.items()})


def truths(model: Model, truth: Truth, *, seed: int) -> np.ndarray:
    """Draw A1 of every IRIS, in persons (atoms × truths), cell by cell."""
    rng = np.random.default_rng(seed)
    reference, size = model.reference, model.atoms.height
    theta = reference.theta.ravel()
    loadings = reference.loadings.reshape(theta.size, -1)
    card = model.parameters.cards["uncertainty"]["area_effects"]["sd"]
    grown = halves(model.working, model.older)
    effects = np.zeros((size, TRUTHS))
    added = np.zeros((size, TRUTHS))
    for level in NESTED:
        index = np.arange(size) if level == "iris" else model.owner(level)[0]
        number = int(index.max()) + 1
        effects += np.sqrt(truth.variance) * card[level] * truth.law(rng, number)[index]
        structure = model.sd_a1.get(level, np.zeros(size)) / grown
        added += structure[:, None] * rng.normal(size=(number, TRUTHS))[index]
    spread = sum(v**2 for v in card.values()) + (loadings**2).sum(1)
    centre = logit(theta) - 0.5 * spread * (1 - 2 * theta)
    national = loadings @ rng.normal(size=(loadings.shape[1], TRUTHS))
    persons = cell_persons(model.structure, reference)
    alone = model.structure.alone
    cells = np.stack([persons * (1 - alone), persons * alone], axis=-1).reshape(size, -1)
    total = model.population("a1")[:, None]
    drawn = np.empty((size, TRUTHS))
    for row in range(size):
        drawn[row] = cells[row] @ expit(centre[:, None] + national + effects[row])
    share = drawn / total
    return total * expit(logit(share) + added)


def coverages(names: list[str], *, draws: int = 1000) -> dict[tuple[str, str, int], float]:
    """Return the part of true counts inside the interval, by world, level and nominal percent."""
    territories, observations = country()
    parameters = load_parameters()
    options = {"levels": LEVELS, "measures": ["a1"], "draws": draws, "parameters": parameters}
    frame = estimate(territories, observations, CROSSTAB.empty(), **options)
    model = prepare(
        territories, observations, CROSSTAB.empty(),
        selection=None, parameters=parameters, with_b=False,
    )  # fmt: skip
    found = {}
    for rank, name in enumerate(names):
        drawn = truths(model, WORLDS[name], seed=500 + rank)
        for level in LEVELS:
            index, codes = model.owner(level)
            sums = np.zeros((len(codes), TRUTHS))
            np.add.at(sums, index, drawn)
            rows = pl.DataFrame({"code": codes}).join(
                frame.filter(pl.col("level") == level), on="code", maintain_order="left"
            )
            for percent, suffix in ((95, ""), (80, "80")):
                low = rows[f"n_low{suffix}"].to_numpy()[:, None]
                high = rows[f"n_high{suffix}"].to_numpy()[:, None]
                found[name, level, percent] = float(((sums >= low) & (sums <= high)).mean())
    return found


def run() -> list[Measure]:
    """Measure the coverage of every world."""
    found = coverages(list(WORLDS))
    return [
        Measure(
            f"coverage-{name}-{level}",
            f"Couverture à l’échelle {level} : {truth.title}",
            100 * found[name, level, 95],
            unit="%",
            note=f"intervalles à 95 % ; ceux à 80 % : {100 * found[name, level, 80]:.0f} %",
        )
        for name, truth in WORLDS.items()
        for level in LEVELS
    ]
