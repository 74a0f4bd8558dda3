"""What an imperfectly known structure adds to the error of a share, on the logit scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from portrea.needs.inputs import UNKNOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.needs.fragility import Part
    from portrea.needs.parameters import Parameters
    from portrea.needs.structure import Structure

    Floats = NDArray[np.float64]


def sampling_sd(part: Part, commune_persons: Floats, parameters: Parameters) -> Floats:
    """Return the sd on the logit scale of the census sampling, zero in small communes.

    ``Var(p̂) = deff · (1 − f) · spread / (f · N)``, divided by the slope ``p (1 − p)``.
    """
    fraction = parameters.number("uncertainty", "sampling", "fraction")
    design = parameters.number("uncertainty", "sampling", "design_effect")
    least = parameters.number("uncertainty", "sampling", "exhaustive_below")
    persons = np.maximum(part.persons, 1.0)
    variance = design * (1 - fraction) * part.spread / (fraction * persons)
    sd = np.sqrt(variance) / np.maximum(part.share * (1 - part.share), 1e-4)
    return np.where(commune_persons >= least, np.minimum(sd, 1.0), 0.0)


def structure_sd(
    structure: Structure, own: NDArray[np.intp], measure: str, parameters: Parameters
) -> dict[str, Floats]:
    """Return what an unobserved structure adds to the sd of each level's effect (logit scale)."""
    card = parameters.cards["uncertainty"]["structure"]
    partial, borrowed = float(card["partial"][measure]), float(card["borrowed"][measure])
    estimated = float(card["joint_estimated"]["value"])
    aged = float(card["age_borrowed"]["value"])
    unknown = structure.some_rank >= UNKNOWN
    away = (structure.some_rank > own) & ~unknown
    incomplete = (structure.full_rank >= UNKNOWN) & ~unknown
    no_bands = structure.five_rank >= UNKNOWN
    commune = (partial * incomplete) ** 2 + (aged * no_bands) ** 2
    iris = estimated**2 + (borrowed * away) ** 2 + (aged * (structure.five_rank > own)) ** 2
    epci = np.zeros_like(commune)
    if measure == "a1":
        blind = card["diploma_unknown"]
        commune = commune + (float(blind["commune"]) * unknown) ** 2
        iris = iris + (float(blind["iris"]) * unknown) ** 2
        epci = (float(blind["epci"]) * unknown) ** 2
    return {"epci": np.sqrt(epci), "commune": np.sqrt(commune), "iris": np.sqrt(iris)}
