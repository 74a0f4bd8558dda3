"""A1 of one area by age or diploma: how many, what rate, what part of the persons concerned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.special import expit, logit

from portrea.base.errors import ParameterError, TerritoryError
from portrea.base.tables import Column, Table
from portrea.needs.grid import ADULT_AGES, DIPLOMAS, WORKING, cells_of, diploma_cells
from portrea.needs.inputs import find_atoms, owner_index
from portrea.needs.model import prepare
from portrea.needs.parameters import load_parameters
from portrea.needs.structure import cell_persons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from portrea.needs.fitted import FittedRates
    from portrea.needs.model import Model
    from portrea.needs.parameters import Parameters

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

BANDS = ("15-29", "30-44", "45-59", "60-69", "70-79", "80+")
Z95 = 1.959964
HALVES = (slice(0, WORKING), slice(WORKING, len(ADULT_AGES)))
NESTED = ("region", "epci", "commune", "iris")

PROFILES = Table(
    "profiles",
    (
        Column("kind", pl.String, "âge ou diplôme", allowed=("age", "diploma")),
        Column("part", pl.String, "tranche d’âge ou diplôme"),
        Column("persons", pl.Float64, "personnes de 15 ans ou plus de cette partie", low=0),
        Column("n", pl.Float64, "personnes concernées", low=0),
        Column("n_low", pl.Float64, "borne basse (95 %)", low=0),
        Column("n_high", pl.Float64, "borne haute (95 %)", low=0),
        Column("rate", pl.Float64, "n / persons", unit="part", nullable=True, low=0, high=1),
        Column("rate_low", pl.Float64, "borne basse", unit="part", nullable=True, low=0, high=1),
        Column("rate_high", pl.Float64, "borne haute", unit="part", nullable=True, low=0, high=1),
        Column("share", pl.Float64, "part des personnes concernées", unit="part", low=0, high=1),
        Column("share_low", pl.Float64, "borne basse", unit="part", low=0, high=1),
        Column("share_high", pl.Float64, "borne haute", unit="part", low=0, high=1),
    ),
    key=("kind", "part"),
)


def profile(
    territories: pl.DataFrame,
    observations: pl.DataFrame,
    crosstab: pl.DataFrame,
    *,
    level: str,
    code: str,
    bands: Sequence[str] = BANDS,
    diplomas: Sequence[str] = (),
    parameters: Parameters | None = None,
    fitted: FittedRates | None = None,
) -> pl.DataFrame:
    """Return A1 of one area by age bands and diplomas, with 95 % intervals (:data:`PROFILES`).

    Parameters
    ----------
    level, code
        The area: any level that has atoms below (iris, commune, epci, departement, region), or
        ``france``.
    bands
        Age bands made of whole cells of the grid, which may overlap (``60-69`` and ``60+``).
    diplomas
        Codes of ``vocab/diplomas.yaml`` (``no_diploma``, ``bac``…), over the non-schooled.

    Raises
    ------
    TerritoryError
        When the area is unknown or has no atom.
    ParameterError
        When a diploma is unknown.

    Notes
    -----
    Central values are those of the estimates, cell by cell, not benchmarked. Intervals are
    linearised on the logit scale: national errors move all the cells of a part together
    (``Σ N θ (1 − θ) · loadings``), the effects of each région, EPCI, commune and IRIS move the
    cells of its atoms. What is unobserved of the structure is declared on the logit of an atom's
    share, under 65 and from 65: there the cells move by ``N p (1 − p) / Σ N θ (1 − θ)`` times as
    much, so that the whole population has the interval of the estimates.
    """
    chosen = parameters or load_parameters()
    every = find_atoms(territories, None)
    inside = _inside(every, level, code)
    model = prepare(
        territories, observations, crosstab,
        selection=None if inside.all() else every.filter(pl.Series(inside))["code"].to_list(),
        parameters=chosen, with_b=False, fitted=fitted,
    )  # fmt: skip
    return profile_of(model, level=level, code=code, bands=bands, diplomas=diplomas)


def profile_of(
    model: Model,
    *,
    level: str,
    code: str,
    bands: Sequence[str] = BANDS,
    diplomas: Sequence[str] = (),
) -> pl.DataFrame:
    """Return the profile of one area of a model already prepared (see :func:`profile`)."""
    kinds = [("age", band) for band in bands] + [("diploma", name) for name in diplomas]
    cells = np.array([_cells(kind, part) for kind, part in kinds])
    sums = _sums(model, _inside(model.atoms, level, code), cells)
    names = pl.DataFrame(kinds, schema=["kind", "part"], orient="row")
    return PROFILES.conform(names.with_columns(**_figures(sums)))


@dataclass(frozen=True, eq=False)
class _Profile:
    """Sums over the atoms: parts first, the whole population last.

    ``persons`` and ``count``: persons, and persons concerned; ``national``: change of the count
    per unit of each national error (parts × K); ``local``: per unit of logit of the cells of each
    atom, under 65 and from 65 (parts × atoms × 2); ``owners``: for each level, area of each atom,
    number of areas, sd of their effect (atoms × 2).
    """

    persons: Floats
    count: Floats
    national: Floats
    local: Floats
    owners: list[tuple[NDArray[np.intp], int, Floats]]

    def variance(self, national: Floats, local: Floats) -> Floats:
        """Variance of each row of changes, from independent errors of France and of the areas."""
        total: Floats = (national**2).sum(1)
        for index, size, sd in self.owners:
            rows = (local * sd).sum(2)
            moved = np.array([np.bincount(index, row, minlength=size) for row in rows])
            total = total + (moved**2).sum(1)
        return total


def _inside(atoms: pl.DataFrame, level: str, code: str) -> Flags:
    if level == "france":
        return np.ones(atoms.height, dtype=bool)
    owner, names = owner_index(atoms, level)
    if code not in names:
        raise TerritoryError(
            f"Aucune zone connue à l’intérieur de {level} « {code} ».",
            remedy="Vérifiez le niveau et le code (les zéros de tête comptent).",
        )
    here: Flags = owner == names.index(code)
    return here


def _cells(kind: str, part: str) -> Floats:
    """Cells of a part, 0 or 1, adult ages × diplomas."""
    if kind == "age":
        return np.repeat(cells_of(part, ADULT_AGES)[:, None], len(DIPLOMAS), axis=1)
    known = diploma_cells()
    if part not in known:
        raise ParameterError(
            f"Le diplôme « {part} » est inconnu.", remedy=f"Diplômes : {', '.join(known)}."
        )
    return np.repeat(known[part][None, :], len(ADULT_AGES), axis=0)


def _sums(model: Model, here: Flags, cells: Floats) -> _Profile:
    reference, structure = model.reference, model.rated
    persons = cell_persons(structure, reference)[here]
    alone = structure.alone[here]
    homes = np.stack([persons * (1 - alone), persons * alone], axis=-1)
    shift = np.zeros(len(persons)) if model.shift is None else model.shift[here]
    theta = expit(logit(reference.theta) + shift[:, None, None, None])
    turn = homes * theta * (1 - theta)
    masks = np.concatenate([cells, np.ones((1, *cells.shape[1:]))])
    effects = model.parameters.cards["uncertainty"]["area_effects"]["sd"]
    scale = _scale(homes, theta)
    owners = []
    for level in NESTED:
        index, names = owner_index(model.atoms.filter(pl.Series(here)), level)
        added = model.sd_a1.get(level, np.zeros(len(here)))[here]
        owners.append((index, len(names), np.hypot(float(effects[level]), added[:, None] * scale)))
    return _Profile(
        np.einsum("nad,pad->p", persons, masks),
        np.einsum("nadh,pad->p", homes * theta, masks),
        np.einsum("adh,adhk,pad->pk", turn.sum(0), reference.loadings, masks, optimize=True),
        np.stack([np.einsum("nadh,pad->pn", turn[:, a], masks[:, a]) for a in HALVES], axis=-1),
        owners,
    )


def _scale(homes: Floats, theta: Floats) -> Floats:
    """``N p (1 − p) / Σ N θ (1 − θ)`` of each atom, under 65 and from 65."""
    sides = []
    for ages in HALVES:
        persons = homes[:, ages].sum((1, 2, 3))
        count = (homes[:, ages] * theta[:, ages]).sum((1, 2, 3))
        turn = (homes[:, ages] * theta[:, ages] * (1 - theta[:, ages])).sum((1, 2, 3))
        share = count / np.where(persons > 0, persons, 1.0)
        sides.append(count * (1 - share) / np.where(turn > 0, turn, 1.0))
    return np.stack(sides, axis=1)


def _figures(sums: _Profile) -> dict[str, pl.Series]:
    """Figures of each part and their intervals, from the delta method on logits."""
    persons, count = sums.persons[:-1], sums.count[:-1]
    total = sums.count[-1]
    safe = np.where(persons > 0, persons, 1.0)
    rate, share = count / safe, count / max(total, 1e-300)
    sd = np.sqrt(sums.variance(sums.national[:-1], sums.local[:-1]))
    low, high = _around(rate, sd / safe)
    mixed = [m[:-1] - np.multiply.outer(share, m[-1]) for m in (sums.national, sums.local)]
    share_low, share_high = _around(share, np.sqrt(sums.variance(*mixed)) / max(total, 1e-300))
    known = np.where(persons > 0, 1.0, np.nan)
    figures = {
        "persons": persons,
        "n": count,
        "n_low": low * persons,
        "n_high": high * persons,
        "rate": rate * known,
        "rate_low": low * known,
        "rate_high": high * known,
        "share": share,
        "share_low": share_low,
        "share_high": share_high,
    }
    return {name: pl.Series(values).fill_nan(None) for name, values in figures.items()}


def _around(share: Floats, sd: Floats) -> tuple[Floats, Floats]:
    """Return the 95 % interval of a share whose sd is known, symmetric on the logit scale."""
    inside = np.clip(share, 1e-9, 1 - 1e-9)
    spread = Z95 * sd / (inside * (1 - inside))
    return expit(logit(inside) - spread), expit(logit(inside) + spread)


__all__ = ["BANDS", "PROFILES", "profile", "profile_of"]
