"""Overseas départements: the part of the gap with métropole that age and diploma do not explain."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.special import expit, logit

from portrea.needs.grid import ADULT_AGES, SCHOOLED, age_groups, cells_of, diploma_cells
from portrea.needs.rates import Series
from portrea.needs.reference import national_table
from portrea.stats.calibration import Margin, rake
from portrea.stats.small_area import close_to_total

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.needs.parameters import Parameters
    from portrea.needs.reference import NationalTable, Reference

    Floats = NDArray[np.float64]


def overseas_persons(card: dict[str, Any], reference: NationalTable | Reference) -> Floats:
    """Persons overseas by adult age × diploma × household: national table raked to their margins.

    Ages take the form of the older census, then the persons of the newer one; diplomas the shares
    of the communes where they are published; the share living alone in a cell is the national one.
    """
    ages = reference.ages
    for vintage in ("ages_2016", "ages_2021"):
        bands = card[vintage]["persons"]
        groups = np.array([cells_of(band) for band in bands])
        counts = np.array(list(bands.values()), dtype=np.float64)
        ages = ages * (counts / (groups @ ages) @ groups)
    adults = ages[1:]
    free = adults * (1 - reference.schooled)
    diplomas = card["diplomas_2018"]["persons"]
    columns = np.array([diploma_cells()[code] for code in diplomas])[:, :SCHOOLED]
    shares = np.array(list(diplomas.values()), dtype=np.float64)
    margins = [
        Margin(np.tile(columns, len(ADULT_AGES)), (shares / shares.sum() * free.sum())[None]),
        Margin(age_groups(SCHOOLED), free[None]),
    ]
    seed = reference.joint[:, :SCHOOLED].reshape(1, -1)
    raked = rake(seed, margins, tolerance=1e-10).tables.reshape(len(ADULT_AGES), SCHOOLED)
    joint = np.column_stack([raked, adults * reference.schooled])
    return joint[:, :, None] * np.stack([1 - reference.alone, reference.alone], axis=-1)


@lru_cache(maxsize=16)
def overseas_gap(parameters: Parameters) -> float:
    """Logit shift λ between overseas and the national rates, at the same age, diploma, household.

    ``Σ N_c · logit⁻¹(logit θ_c + λ) = r · Σ N_c`` on the overseas table, with θ and the published r
    of the same survey: a gap of one year, applied to the others (hypothesis).

    Notes
    -----
    The published total of a survey that includes overseas (2021) holds on the national table,
    before this shift; the sum of the territories is then 0.1 point above it (2.7 % of the persons,
    4.7 points more). Métropole keeps the national rates.
    """
    card = parameters.cards["rates"]["overseas"]
    table = national_table(parameters)
    persons = overseas_persons(parameters.cards["reference"]["overseas"], table).ravel()
    theta = expit(Series(parameters, str(card["series"]), table.national).logits({})).ravel()
    moved = close_to_total(persons, theta, float(card["total"]["value"]) * float(persons.sum()))
    return float(logit(moved[0]) - logit(theta[0]))


def is_overseas(atoms: pl.DataFrame, parameters: Parameters) -> NDArray[np.bool_]:
    """Atoms of the overseas régions, Mayotte included."""
    own = pl.when(pl.col("level") == "region").then(pl.col("code"))
    regions = list(parameters.cards["rates"]["overseas"]["regions"])
    inside = pl.coalesce("region", own).is_in(regions).fill_null(False)
    away: NDArray[np.bool_] = atoms.select(away=inside)["away"].to_numpy()
    return away


def overseas_shift(atoms: pl.DataFrame, parameters: Parameters) -> Floats | None:
    """Logit shift of each atom, 0 in métropole; ``None`` when nothing is to be shifted."""
    applied = float(parameters.cards["rates"]["overseas"]["applied"]["value"])
    away = is_overseas(atoms, parameters)
    if not applied or not away.any():
        return None
    return np.where(away, applied * overseas_gap(parameters), 0.0)


__all__ = ["is_overseas", "overseas_gap", "overseas_persons", "overseas_shift"]
