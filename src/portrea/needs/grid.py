"""The analysis grid: thirteen ages, seven diplomas; every producer's class is a union of cells."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import yaml

from portrea.base.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

AGES = (
    "0-14", "15-19", "20-24", "25-29", "30-39", "40-44", "45-54", "55-59", "60-64", "65-69",
    "70-74", "75-79", "80+",
)  # fmt: skip
ADULT_AGES = AGES[1:]
DIPLOMAS = ("none", "bepc", "capbep", "bac", "sup2", "sup3", "schooled")
SCHOOLED = DIPLOMAS.index("schooled")
NONE = DIPLOMAS.index("none")
WORKING = 8
"""Number of adult cells under 65: the first eight of ``ADULT_AGES``."""
_OLDEST = 200


def age_span(band: str) -> tuple[int, int]:
    """Return first and last year of a band: ``"15-29"`` gives (15, 29), ``"75+"`` (75, 200)."""
    try:
        if band.endswith("+"):
            return int(band[:-1]), _OLDEST
        first, last = band.split("-")
        return int(first), int(last)
    except ValueError as error:
        raise DataError(
            f"La tranche d’âge « {band} » n’est pas lisible.",
            remedy="Écrivez « 15-19 » ou « 65+ ».",
        ) from error


def cells_of(band: str, cells: Sequence[str] = AGES) -> Floats:
    """Return 1 for the cells of a band; a band that cuts a cell is refused."""
    low, high = age_span(band)
    spans = [age_span(cell) for cell in cells]
    inside = np.array([low <= a and b <= high for a, b in spans], dtype=np.float64)
    touched = [a <= high and b >= low for a, b in spans]
    if inside.sum() != sum(touched) or not inside.any():
        raise DataError(
            f"La tranche d’âge « {band} » ne correspond pas à des classes entières de la grille.",
            remedy=f"Classes de la grille : {', '.join(cells)}.",
        )
    return inside


def gather(persons: Mapping[str, float], cells: Sequence[str] = AGES) -> Floats:
    """Add finer bands (five-year ages) into the cells that contain them, in persons."""
    totals = np.zeros(len(cells))
    spans = [age_span(cell) for cell in cells]
    for band, count in persons.items():
        low, high = age_span(band)
        owner = [i for i, (a, b) in enumerate(spans) if a <= low and high <= b]
        totals[owner[0]] += count
    return totals


@cache
def diploma_cells() -> dict[str, Floats]:
    """Return for each diploma code of the vocabulary the cells it covers (0 or 1)."""
    raw = yaml.safe_load((files("portrea.needs") / "params/grid.yaml").read_text("utf-8"))
    return {code: np.array([float(d in cells) for d in DIPLOMAS]) for code, cells in raw.items()}


def age_groups(width: int) -> Floats:
    """Return the groups « same adult age » of a flattened table adult ages × ``width`` columns."""
    groups = np.zeros((len(ADULT_AGES), len(ADULT_AGES) * width))
    for age in range(len(ADULT_AGES)):
        groups[age, age * width : (age + 1) * width] = 1.0
    return groups
