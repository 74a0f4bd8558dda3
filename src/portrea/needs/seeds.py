"""Starting tables of the raking: what is known of how diplomas go with age, and its zeros."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from portrea.needs.grid import SCHOOLED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FLOOR = 1e-9
"""Part of the national share given to a cell that must be opened."""


def starting(former: Floats, national: Floats) -> Floats:
    """Return the tables already there; the national one where nothing is (one for all if so)."""
    unknown = np.isnan(former).any((1, 2))
    if unknown.all():
        shared: Floats = national[None]
        return shared
    former[unknown] = national
    return former


def opened(
    seeds: Floats, national: Floats, rows: Floats, targets: Floats, groups: Floats
) -> Floats:
    """Open the cells without which an age or a class of diplomas that has persons would be empty.

    Every other zero stays: that of a cell empty in the nation, or in a published table.
    """
    ages = (seeds.sum(2) <= 0) & (rows > 0)
    classes = ((seeds.sum(1) @ groups.T <= 0) & (targets > 0)) @ groups > 0
    cells = ages[:, :, None] | classes[:, None, :]
    return np.where(cells, np.maximum(seeds, national * FLOOR), seeds) if cells.any() else seeds


def reshaped(
    former: Floats, tables: Floats, band_groups: Floats, national: Floats, *, exact: bool
) -> tuple[Floats, Floats]:
    """Give tables the sums of published cross tables; return them and the shares published.

    Parameters
    ----------
    former
        Tables already there (shares), older or of a wider area (NaN: the nation's): they say what
        happens inside a band.
    tables
        Persons by band × diploma cell (non-schooled), one for each of ``former``.
    band_groups
        Bands × adult cells.
    exact
        A published count, whose zeros are true; otherwise they come from a sample, and are opened.
    """
    unknown = np.isnan(former).any((1, 2), keepdims=True)
    former = np.where(unknown, national, former)
    wanted = tables / np.maximum(tables.sum((1, 2), keepdims=True), 1.0)
    bands = _by_band(former, band_groups)
    denied = (bands <= 0) & (wanted > 0)
    if denied.any():
        cells = _in_cells(denied.astype(np.float64), band_groups) > 0
        former[:, :, :SCHOOLED] = np.where(
            cells, np.maximum(former[:, :, :SCHOOLED], national[:, :SCHOOLED]),
            former[:, :, :SCHOOLED],
        )  # fmt: skip
        bands = _by_band(former, band_groups)
    bands /= bands.sum((1, 2), keepdims=True)
    factor = np.divide(wanted, bands, out=np.zeros_like(wanted), where=bands > 0)
    former[:, :, :SCHOOLED] *= _in_cells(factor, band_groups)
    return (former if exact else np.maximum(former, national * FLOOR)), wanted


def _by_band(cells: Floats, band_groups: Floats) -> Floats:
    summed: Floats = np.einsum("ba,nad->nbd", band_groups, cells[:, :, :SCHOOLED])
    return summed


def _in_cells(bands: Floats, band_groups: Floats) -> Floats:
    spread: Floats = np.einsum("ba,nbd->nad", band_groups, bands)
    return spread
