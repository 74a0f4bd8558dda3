"""C = A1 ∩ B in persons of 15-64: both margins kept, cell by cell, under displayed scenarios.

π = P(B | age, diploma) is published nowhere for an area: four profiles say how it varies, and each
area's own total of B is kept exactly. δ is the gap of logit between A1 among the exposed and among
the others of the same cell. Neither is known: every result is a scenario, between Fréchet's bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from portrea.needs.grid import ADULT_AGES, DIPLOMAS, WORKING, age_span
from portrea.stats.threads import in_threads, slices_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from portrea.needs.parameters import Parameters
    from portrea.needs.reference import Reference
    from portrea.needs.structure import Structure

    Array = NDArray[np.floating[Any]]
    Floats = NDArray[np.float64]
    Draws = NDArray[np.float32]

PROFILES = ("published", "uniform", "young", "low_diploma")
"""How B varies by age and diploma; the first is the central one."""
SIDES = ("low", "central", "high")
"""Values of δ in ``exposure.yaml``."""
NAMES = tuple(f"{profile}:{side}" for profile in PROFILES for side in SIDES)
"""Scenarios of C, « profile:δ »."""
CENTRAL = "published:central"
TINY = 1e-6
"""Shares are of single precision: one closer to 0 or 1 is 0 or 1."""
LARGEST = 12.0
"""Log odds-ratio beyond which nobody, or everybody, of the smaller group is in the other."""
ROWS = 4096
"""Areas crossed at once: steps long enough for threads not to wait for each other."""


def joint_share(first: Array, second: Array, delta: Array | float) -> Array:
    """Return P(A and B) from both shares and the log odds-ratio ``delta`` (Plackett, 1965).

    ``p11 = 2 ω a b / (S + √(S² − 4 ω (ω − 1) a b))``, ``S = 1 + (a + b)(ω − 1)``, ``ω = e^δ``: the
    root inside the Fréchet bounds, written so that it never cancels; ``δ = 0`` is independence. It
    is the closed form of splitting θ into θ^B and θ^¬B with a logit gap δ, A’s margin unchanged.
    """
    return joint_persons(first * second, first + second, delta, 1.0)


def joint_persons(product: Array, total: Array, delta: Array | float, persons: Any) -> Array:
    """Return :func:`joint_share` times ``persons`` from the product and the sum of both shares."""
    odds = np.exp(np.asarray(delta, dtype=product.dtype))
    scale = total * (odds - 1)
    scale += 1
    inside = scale * scale
    share: Array = product * (4 * odds * (odds - 1))
    inside -= share
    np.clip(inside, 0, np.inf, out=inside)
    np.sqrt(inside, out=inside)
    inside += scale
    np.multiply(product, 2 * odds * persons, out=share)
    share /= inside
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
    low, high = frechet(first, second)
    both = np.clip(both, low, high)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = both * (1 - first - second + both) / ((first - both) * (second - both))
        found = np.log(ratio)
    inside = (np.minimum(first, second) > TINY) & (np.maximum(first, second) < 1 - TINY)
    return np.where(inside & ~np.isnan(found), np.clip(found, -LARGEST, LARGEST), 0.0)


def exposure_rates(persons: Array, relative: Array, exposed: Array) -> Array:
    """Return π, areas × cells: proportional to ``relative``, at most 1, summing to ``exposed``.

    ``π_c = min(1, s ρ_c)`` with the ``s`` of each area such that ``Σ N_c π_c = B``.
    """
    scale = _scaled(persons @ relative, exposed)
    rates: Array = scale[:, None] * relative
    rows = np.flatnonzero(scale * np.max(relative) > 1)
    if rows.size:
        rates[rows] = _limited(persons[rows], rates[rows], relative, exposed[rows])
    return rates


def _limited(persons: Array, rates: Array, relative: Array, exposed: Array) -> Array:
    """Fill up the cells that would pass 1, and share what is left among the others."""
    full = np.zeros(persons.shape, dtype=bool)
    for _ in range(persons.shape[1]):
        over = (rates > 1) & ~full
        if not (over & (persons > 0)).any():
            break
        full |= over
        left = np.maximum(exposed - (persons * full).sum(1), 0)
        scale = _scaled((persons * ~full) @ relative, left)
        rates = np.where(full, np.ones_like(rates), scale[:, None] * relative)
    return np.minimum(rates, 1)


def _scaled(sums: Array, total: Array) -> Array:
    return np.divide(total, sums, out=np.zeros_like(total), where=sums > 0)


def crossed(persons: Array, theta: Array, rates: Array, delta: float) -> Array:
    """Return ``Σ_c N_c · P(A and B | c)`` by area, in persons."""
    joint = theta * rates if delta == 0 else joint_share(theta, rates, delta)
    total: Array = np.einsum("nc,nc->n", persons, joint)
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


@dataclass(frozen=True, eq=False)
class Crossing:
    """Shares of A, of B and of both among the 15-64 of each atom; ``both`` by scenario."""

    first: Floats
    second: Floats
    both: dict[str, Floats]


def cross_cells(
    structure: Structure,
    reference: Reference,
    exposed: Floats,
    parameters: Parameters,
    *,
    delta: float | None = None,
) -> Crossing:
    """Cross A1 and B in the 56 cells of every atom, under every scenario.

    ``exposed``: persons of B by atom, central. ``delta``: the gap fitted on a survey, instead of
    the declared central one.
    """
    profiles = relative_rates(parameters, reference.joint)
    gaps = {side: parameters.number("exposure", "delta", side) for side in SIDES}
    gaps["central"] = gaps["central"] if delta is None else delta
    size = len(exposed)
    found = Crossing(np.zeros(size), np.zeros(size), {name: np.zeros(size) for name in NAMES})

    def cross(rows: slice) -> None:
        persons, theta = _cells(structure, reference, rows)
        total = persons.sum(1)
        safe = np.where(total > 0, total, np.float32(1))
        limited = np.minimum(exposed[rows].astype(np.float32), total)
        found.first[rows] = crossed(persons, theta, np.ones_like(theta), 0.0) / safe
        found.second[rows] = limited / safe
        for profile, relative in profiles.items():
            rates = exposure_rates(persons, relative.astype(np.float32), limited)
            for side, gap in gaps.items():
                both = crossed(persons, theta, rates, gap)
                found.both[f"{profile}:{side}"][rows] = both / safe

    in_threads(cross, slices_of(size, ROWS))
    return found


def association(crossing: Crossing) -> dict[str, Floats]:
    """Return the log odds-ratio of each atom that reproduces the crossing by cells.

    ``joint_share(A share, B share, odds)`` then gives C without the cells. Keys: ``central``
    (profile « published », central δ), ``low`` and ``high`` (the least and the greatest of all the
    scenarios).

    Notes
    -----
    The area's own odds-ratio is not δ: where the exposed have fewer diplomas they are also more
    often in A1, which adds to δ (Simpson).
    """
    both = list(crossing.both.values())
    chosen = zip(
        SIDES,
        (np.min(both, axis=0), crossing.both[CENTRAL], np.max(both, axis=0)),
        strict=True,
    )
    return {side: log_odds(crossing.first, crossing.second, share) for side, share in chosen}


def _cells(structure: Structure, reference: Reference, rows: slice) -> tuple[Draws, Draws]:
    """Return persons and rates of A1 by cell under 65 (atoms × 56).

    Where no diploma is known, ages are split by the national diplomas of each age.
    """
    adults = np.nan_to_num(structure.adults[rows])
    joint = structure.joint[rows] * adults.sum(1)[:, None, None]
    national = reference.joint / reference.joint.sum(1, keepdims=True)
    joint = np.where(np.isnan(joint), adults[:, :, None] * national, joint)[:, :WORKING]
    theta = np.broadcast_to(_rates(structure, reference, rows), joint.shape)
    size = len(joint), WORKING * len(DIPLOMAS)
    return joint.reshape(size).astype(np.float32), theta.reshape(size).astype(np.float32)


def _rates(structure: Structure, reference: Reference, rows: slice) -> Floats:
    theta = reference.theta[:WORKING]
    alone = structure.alone[rows, :WORKING]
    mixed: Floats = theta[..., 0] * (1 - alone) + theta[..., 1] * alone
    return mixed
