"""Attraction of cities: at the same ages and diplomas, rates are higher far from the large cities.

INSEE publishes the national rate outside the attraction of cities and in the largest areas. The
official zoning of communes is no input of ours: the population potential stands for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.needs.inputs import LEVELS, align, area_ids, find_atoms, owners_of
from portrea.needs.numbering import ids_of, place_of
from portrea.needs.surroundings import newest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from portrea.needs.inputs import Layer
    from portrea.needs.parameters import Parameters

    Floats = NDArray[np.float64]

CELL_KM = 2.0
FURTHEST = 8.0
"""The kernel is cut at this many times its scale, where it is below one part in two thousand."""
DEGREE_KM = 111.2
MERIDIAN = 2.5
SOUTH = 41.0
"""Latitude above which the communes of métropole lie (degrees); the others have no potential."""


@dataclass(frozen=True, eq=False)
class Potential:
    """Logarithm of the persons around each commune, ``log Σ_j N_j exp(−d_ij / R)``."""

    codes: list[str]
    logs: Floats

    def of(self, atoms: pl.DataFrame) -> Floats:
        """Return the potential of each atom's commune, NaN where there is none."""
        own = ids_of(pl.Series(self.codes, dtype=pl.String))
        found: Floats = np.append(self.logs, np.nan)[place_of(own, area_ids(atoms, "commune"))]
        return found


def population_potential(
    territories: pl.DataFrame,
    layers: Sequence[Layer],
    parameters: Parameters,
    *,
    atoms: pl.DataFrame | None = None,
) -> Potential | None:
    """Return the potential of every commune of métropole, ``None`` without persons or positions.

    Persons are binned on a grid of two kilometres (sinusoidal projection) and spread by a Fourier
    convolution: the time does not depend on the scale. ``atoms``: all of them, when already found.
    """
    atoms = find_atoms(territories, None) if atoms is None else atoms
    places = _communes(territories, layers, atoms)
    if places is None or not places.height:
        return None
    scale = parameters.number("rates", "attraction", "scale_km")
    latitude = places["latitude"].to_numpy()
    east = (places["longitude"].to_numpy() - MERIDIAN) * np.cos(np.radians(latitude))
    spots = np.column_stack([east, latitude]) * DEGREE_KM / CELL_KM
    cells = np.round(spots - spots.min(0)).astype(np.intp)
    grid = np.zeros(cells.max(0) + 1)
    np.add.at(grid, (cells[:, 0], cells[:, 1]), places["persons"].to_numpy())
    around = _spread(grid, _kernel(scale))
    logs = np.log(np.maximum(around[cells[:, 0], cells[:, 1]], 1.0))
    return Potential(places["code"].to_list(), logs)


def attraction_shift(
    atoms: pl.DataFrame, potential: Potential | None, parameters: Parameters
) -> tuple[Floats, Floats] | None:
    """Return the logit shift of each atom and the sd of its error; ``None``: not applied.

    ``λ_i = s (log potential_i − c)``: the slope s keeps the published gap between the two ends, the
    centre c leaves the national total as it is. Both are declared (solved on the whole country).
    """
    number = parameters.number
    if potential is None or not number("rates", "attraction", "applied"):
        return None
    away = potential.of(atoms) - number("rates", "attraction", "centre")
    away = np.where(np.isfinite(away), away, 0.0)
    slope = number("rates", "attraction", "slope")
    return slope * away, number("uncertainty", "national_rates", "attraction_sd") * away


def _communes(
    territories: pl.DataFrame, layers: Sequence[Layer], atoms: pl.DataFrame
) -> pl.DataFrame | None:
    """Persons and position of every commune of métropole."""
    ranks = (LEVELS.index("iris"), LEVELS.index("commune"))
    layer = next((x for rank in ranks if (x := newest(layers, rank, ["persons"]))), None)
    if layer is None:
        return None
    owner, first = owners_of(atoms, "commune")
    persons = np.nan_to_num(align(layer, atoms, ["persons"])[:, 0])
    counted = persons[first] if layer.level else np.bincount(owner, persons)
    places = (
        territories.filter(pl.col("level") == "commune")
        .select("code", "longitude", "latitude")
        .drop_nulls()
        .filter(pl.col("latitude") > SOUTH)
    )
    place = place_of(area_ids(atoms, "commune")[first], ids_of(places["code"]))
    persons = np.append(counted, 0.0)[place]
    return places.with_columns(persons=pl.Series(persons)).filter(pl.Series(place >= 0))


def _spread(grid: Floats, kernel: Floats) -> Floats:
    """Return the grid convolved by a square kernel of odd width, same shape (zeros outside)."""
    half = kernel.shape[0] // 2
    shape = tuple(size + 2 * half for size in grid.shape)
    product = np.fft.rfft2(grid, shape) * np.fft.rfft2(kernel, shape)
    full = np.fft.irfft2(product, shape)
    inside: Floats = full[half : half + grid.shape[0], half : half + grid.shape[1]]
    return inside


def _kernel(scale: float) -> Floats:
    half = int(np.ceil(FURTHEST * scale / CELL_KM))
    steps = np.arange(-half, half + 1) * CELL_KM
    kernel: Floats = np.exp(-np.hypot(*np.meshgrid(steps, steps)) / scale)
    return kernel
