"""C = A1 ∩ B in persons of 15-64: both margins kept, cell by cell, under displayed scenarios.

π = P(B | age, diploma) is published nowhere for an area: four profiles say how it varies, and each
area's own total of B is kept exactly. δ is the gap of logit between A1 among the exposed and among
the others of the same cell. Neither is known: every result is a scenario, between Fréchet's bounds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from portrea.base.tables import Column, Table
from portrea.needs.grid import ADULT_AGES, DIPLOMAS, WORKING, age_span
from portrea.vocab.tables import LEVELS, OVERLAYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from portrea.needs.aggregation import Areas
    from portrea.needs.model import Model
    from portrea.needs.parameters import Parameters

    Array = NDArray[np.floating[Any]]
    Floats = NDArray[np.float64]

PROFILES = ("published", "uniform", "young", "low_diploma")
"""How B varies by age and diploma; the first is the central one."""
SIDES = ("low", "central", "high")
"""Values of δ in ``exposure.yaml``."""
BOUNDS = ("frechet:low", "frechet:high")
NAMES = tuple(f"{profile}:{side}" for profile in PROFILES for side in SIDES)
"""Scenarios of C, « profile:δ »."""
CENTRAL = "published:central"
ROWS = 1024
"""Areas crossed at once: 1024 × 56 cells × 8 bytes = 0.5 MB per array."""
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


def joint_share(first: Array, second: Array, delta: Array | float) -> Array:
    """Return P(A and B) from both shares and the log odds-ratio ``delta`` (Plackett, 1965).

    ``p11 = 2 ω a b / (S + √(S² − 4 ω (ω − 1) a b))``, ``S = 1 + (a + b)(ω − 1)``, ``ω = e^δ``: the
    root inside the Fréchet bounds, written so that it never cancels; ``δ = 0`` is independence. It
    is the closed form of splitting θ into θ^B and θ^¬B with a logit gap δ, A’s margin unchanged.
    """
    odds = np.exp(np.asarray(delta, dtype=first.dtype))
    total = 1.0 + (first + second) * (odds - 1.0)
    inside = np.maximum(total * total - 4.0 * odds * (odds - 1.0) * first * second, 0.0)
    share: Array = 2.0 * odds * first * second / (total + np.sqrt(inside))
    return share


def frechet(first: Array, second: Array) -> tuple[Array, Array]:
    """Return the least and the greatest possible P(A and B) given both shares."""
    low: Array = np.maximum(first + second - 1.0, 0.0)
    high: Array = np.minimum(first, second)
    return low, high


def log_odds(first: Floats, second: Floats, both: Floats) -> Floats:
    """Return the log odds-ratio that gives P(A and B) from the shares of A and of B.

    ``log p11 (1 − a − b + p11) / ((a − p11)(b − p11))``; 0 where a share is 0 or 1, for any value
    gives the same P.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = both * (1 - first - second + both) / ((first - both) * (second - both))
        found = np.log(ratio)
    inside = (np.minimum(first, second) > 1e-12) & (np.maximum(first, second) < 1 - 1e-12)
    return np.where(inside & np.isfinite(found), found, 0.0)


def exposure_rates(persons: Floats, relative: Floats, exposed: Floats) -> Floats:
    """Return π, areas × cells: proportional to ``relative``, at most 1, summing to ``exposed``.

    ``π_c = min(1, s ρ_c)`` with the ``s`` of each area such that ``Σ N_c π_c = B``.
    """
    rates = _scaled(persons * relative, exposed)[:, None] * relative
    full = np.zeros(persons.shape, dtype=bool)
    for _ in range(persons.shape[1]):
        over = (rates > 1) & ~full
        rows = np.flatnonzero((over & (persons > 0)).any(1))
        if not rows.size:
            break
        full[rows] |= over[rows]
        left = exposed[rows] - (persons[rows] * full[rows]).sum(1)
        free = np.where(full[rows], 0.0, persons[rows] * relative)
        scale = _scaled(free, np.maximum(left, 0.0))[:, None] * relative
        rates[rows] = np.where(full[rows], 1.0, scale)
    return np.minimum(rates, 1.0)


def _scaled(weights: Floats, total: Floats) -> Floats:
    sums = weights.sum(1)
    return np.divide(total, sums, out=np.zeros_like(total), where=sums > 0)


def crossed(persons: Floats, theta: Floats, rates: Floats, delta: float) -> Floats:
    """Return ``Σ_c N_c · P(A and B | c)`` by area, in persons."""
    joint = theta * rates if delta == 0 else joint_share(theta, rates, delta)
    total: Floats = (persons * joint).sum(1)
    return total


def relative_rates(parameters: Parameters, joint: Floats) -> dict[str, Floats]:
    """Return how often each cell under 65 is exposed, compared with the others, by profile.

    ``joint``: national persons by adult age and diploma. The profile « published » multiplies
    job-seekers per inhabitant of each age by the relative unemployment of each diploma.
    """
    card = parameters.cards["exposure"]["profiles"]
    ages = joint[:WORKING].sum(1)
    diploma = np.array([float(card["diploma"][d]["value"]) for d in DIPLOMAS])
    counts = {band: float(x["value"]) for band, x in card["age_of_jobseekers"].items()}
    inhabitants = {band: float(ages @ _inside(band)) for band in counts}
    age = _by_cell({band: n / inhabitants[band] for band, n in counts.items()})
    young = _by_cell({band: float(x["value"]) for band, x in card["age_of_unemployed"].items()})
    flat = np.ones((WORKING, len(DIPLOMAS)))
    found = {
        "published": age[:, None] * diploma,
        "uniform": flat,
        "young": young[:, None] * flat,
        "low_diploma": diploma * flat,
    }
    return {name: found[name].ravel() for name in PROFILES}


def _inside(band: str) -> Floats:
    """Return the part of each cell under 65 that a band of ages covers."""
    low, high = age_span(band)
    spans = [age_span(cell) for cell in ADULT_AGES[:WORKING]]
    return np.array([max(min(b, high) - max(a, low) + 1, 0) / (b - a + 1) for a, b in spans])


def _by_cell(rates: Mapping[str, float]) -> Floats:
    cells = np.array([_inside(band) for band in rates])
    found: Floats = np.array(list(rates.values())) @ cells / cells.sum(0)
    return found


def association(model: Model, exposed: Floats, *, delta: float | None = None) -> dict[str, Floats]:
    """Return the log odds-ratio of each atom that reproduces the crossing by cells.

    ``exposed``: persons of B by atom, central. ``joint_share(A share, B share, odds)`` then gives
    C without the cells. Keys: ``central`` (profile « published », central δ, or ``delta`` when a
    survey was fitted), ``low`` and ``high`` (the least and the greatest of all the scenarios).

    Notes
    -----
    The area's own odds-ratio is not δ: where the exposed have fewer diplomas they are also more
    often in A1, which adds to δ (Simpson).
    """
    found = {name: np.zeros(len(exposed)) for name in SIDES}
    found["low"][:], found["high"][:] = np.inf, -np.inf
    for name, rows, both, share, part in _crossings(model, exposed, delta=delta):
        odds = log_odds(share, part, both)
        if name == CENTRAL:
            found["central"][rows] = odds
        found["low"][rows] = np.minimum(found["low"][rows], odds)
        found["high"][rows] = np.maximum(found["high"][rows], odds)
    return found


def _crossings(
    model: Model, exposed: Floats, *, delta: float | None
) -> Iterator[tuple[str, slice, Floats, Floats, Floats]]:
    """Yield scenario, rows, and the shares of C, A and B among the 15-64 of these atoms."""
    profiles = relative_rates(model.parameters, model.reference.joint)
    gaps = {side: model.parameters.number("exposure", "delta", side) for side in SIDES}
    gaps["central"] = gaps["central"] if delta is None else delta
    for start in range(0, len(exposed), ROWS):
        rows = slice(start, min(start + ROWS, len(exposed)))
        persons, theta = _cells(model, rows)
        total = persons.sum(1)
        safe = np.where(total > 0, total, 1.0)
        limited = np.minimum(exposed[rows], total)
        share = (persons * theta).sum(1) / safe
        for profile, relative in profiles.items():
            rates = exposure_rates(persons, relative, limited)
            for side, gap in gaps.items():
                both = crossed(persons, theta, rates, gap) / safe
                yield f"{profile}:{side}", rows, both, share, limited / safe


def _cells(model: Model, rows: slice) -> tuple[Floats, Floats]:
    """Return persons and rates of A1 by cell under 65 (atoms × 56).

    Where no diploma is known, ages are split by the national diplomas of each age.
    """
    structure, reference = model.structure, model.reference
    adults = np.nan_to_num(structure.adults[rows])
    joint = structure.joint[rows] * adults.sum(1)[:, None, None]
    national = reference.joint / reference.joint.sum(1, keepdims=True)
    joint = np.where(np.isnan(joint), adults[:, :, None] * national, joint)[:, :WORKING]
    theta = np.broadcast_to(_rates(model, rows), (len(joint), *joint.shape[1:]))
    return joint.reshape(len(joint), -1), theta.reshape(len(joint), -1)


def _rates(model: Model, rows: slice) -> Floats:
    theta = model.reference.theta[:WORKING]
    if theta.ndim == 2:
        return theta
    alone = model.structure.alone[rows, :WORKING]
    mixed: Floats = theta[..., 0] * (1 - alone) + theta[..., 1] * alone
    return mixed


def crossing_scenarios(
    model: Model, areas: Sequence[Areas], *, delta: float | None = None
) -> pl.DataFrame:
    """Return C of each area under every scenario, with Fréchet’s bounds (:data:`SCENARIOS`).

    An area where B is unknown for more than the declared gap has null numbers.
    """
    if model.exposure is None:
        return SCENARIOS.empty()
    exposed = np.where(model.known("c"), model.central("b"), 0.0)
    values = {name: np.zeros(len(exposed)) for name in NAMES}
    population = model.population("c")
    for name, rows, both, _, _ in _crossings(model, exposed, delta=delta):
        values[name][rows] = both * population[rows]
    frames = [_scenario_rows(area, model, values, exposed) for area in areas if area.codes]
    return SCENARIOS.conform(pl.concat(frames)) if frames else SCENARIOS.empty()


def _scenario_rows(
    area: Areas, model: Model, values: Mapping[str, Floats], exposed: Floats
) -> pl.DataFrame:
    known = model.known("c")
    population = area.total(model.population("c"))
    covered = area.total(np.where(known, model.population("c"), 0.0))
    gap = model.parameters.number("uncertainty", "quality", "largest_gap")
    usable = (covered > 0) & (population - covered <= gap * population)
    scale = np.divide(population, covered, out=np.full_like(covered, np.nan), where=usable)
    safe = np.where(usable, population, 1.0)
    totals = {n: area.total(np.where(known, v, 0.0)) * scale for n, v in values.items()}
    first = area.total(np.where(known, model.working.count, 0.0)) * scale / safe
    bounds = frechet(first, area.total(exposed) * scale / safe)
    totals |= {n: bound * safe for n, bound in zip(BOUNDS, bounds, strict=True)}
    n = np.concatenate(list(totals.values()))
    times, size = len(totals), len(area.codes)
    frame = pl.DataFrame(
        {
            "level": pl.repeat(area.level, times * size, eager=True),
            "code": pl.concat([area.code_column] * times),
            "name": pl.concat([area.name_column] * times),
            "measure": pl.repeat("c", times * size, eager=True),
            "scenario": pl.Series(list(totals)).gather(np.repeat(np.arange(times), size)),
            "n": n,
            "share": np.minimum(n / np.tile(safe, times), 1.0),
        }
    )
    return frame.with_columns(pl.selectors.float().fill_nan(None))


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
