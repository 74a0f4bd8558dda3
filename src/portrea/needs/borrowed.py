"""What a structure taken from a wider area misses, measured by hiding what real areas publish.

The cells are built twice, with what an area publishes and with its commune's total in its place
(or nothing). Only census figures enter; no published figure of digital incapacity is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.needs.grid import NONE, SCHOOLED, WORKING, cells_of
from portrea.needs.inputs import Labels, Layer, find_atoms, read_layers
from portrea.needs.reference import build_reference
from portrea.needs.structure import VARIABLES, build_structure
from portrea.needs.surroundings import COMMUNE, IRIS
from portrea.needs.synthesis import BANDS, synthesise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from portrea.needs.parameters import Parameters
    from portrea.needs.reference import Reference
    from portrea.needs.structure import Structure

    Floats = NDArray[np.float64]

AGE_BANDS = ("persons_0_14", *BANDS)
LEAST_PERSONS = 200.0
"""Persons of 15 or more an area must have to be measured: below, the truth itself is noise."""
PARTS = {
    "15-29 of 15+": ("15-29", "15+"),
    "45-59 of 30-59": ("45-59", "30-59"),
    "60-64 of 15-64": ("60-64", "15-64"),
    "75+ of 65+": ("75+", "65+"),
}
SCHEMA = {
    "figure": pl.String,
    "unit": pl.String,
    "areas": pl.Int64,
    "bias": pl.Float64,
    "mae": pl.Float64,
    "rmse": pl.Float64,
}


@dataclass(frozen=True, eq=False)
class Known:
    """Everything a structure is built from, whatever is hidden."""

    atoms: pl.DataFrame
    parameters: Parameters
    reference: Reference

    def build(self, layers: Sequence[Layer], inside: pl.Series, *, learn: bool) -> Structure:
        """Build the cells of some atoms; what communes teach comes from all of them."""
        stale = self.parameters.number("uncertainty", "quality", "stale_after_years")
        learnt = synthesise(self.atoms, layers, self.parameters) if learn else None
        return build_structure(
            self.atoms.filter(inside), layers, self.reference, Labels(),
            stale_after=stale, synthetic=learnt,
        )  # fmt: skip


HIDDEN = {
    "ages of the IRIS": AGE_BANDS,
    "diplomas of the IRIS": ("non_schooled_no_diploma_or_bepc",),
    "counts of the communes": ("non_schooled_no_diploma",),
}
"""What is hidden, and the variables that tell the layers concerned."""


def structure_errors(
    territories: pl.DataFrame, observations: pl.DataFrame, parameters: Parameters, *, seed: int = 0
) -> pl.DataFrame:
    """Return every measured error of a borrowed structure, one block of rows by what is hidden.

    Notes
    -----
    The truth is itself sampled by the census: the errors include its own, and are upper bounds.
    """
    known = Known(find_atoms(territories, None), parameters, build_reference(parameters))
    layers = read_layers(observations, VARIABLES)
    blocks = []
    for name, variables in HIDDEN.items():
        level = COMMUNE if "communes" in name else IRIS
        if not any(x.level == level and x.has(variables) for x in layers):
            continue
        if level == IRIS:
            block = borrowed_by_iris(known, layers, variables)
        else:
            block = borrowed_by_communes(known, layers, variables, seed=seed)
        blocks.append(block.insert_column(0, pl.lit(name).alias("hidden")))
    return pl.concat(blocks) if blocks else pl.DataFrame(schema={"hidden": pl.String, **SCHEMA})


def borrowed_by_iris(
    known: Known, layers: Sequence[Layer], variables: Sequence[str]
) -> pl.DataFrame:
    """Return the errors on the IRIS whose figures are replaced by their commune's total.

    ``variables`` names the layers hidden (IRIS layers that have them all).
    """
    shown = [x for x in layers if x.level == IRIS and x.has(variables)]
    inside = known.atoms["code"].is_in(
        pl.concat([x.codes for x in shown]).implode() if shown else []
    )
    kept = [x for x in layers if x not in shown] + [_by_commune(x) for x in shown]
    kept.sort(key=lambda x: (-x.level, x.year))
    full = known.build(layers, inside, learn=False)
    blind = known.build(kept, inside, learn=False)
    return compare(full, blind, known.reference)


def borrowed_by_communes(
    known: Known, layers: Sequence[Layer], variables: Sequence[str], *, seed: int
) -> pl.DataFrame:
    """Return the errors on a fifth of the communes of one piece, whose counts are hidden.

    What remains of them (rates of every commune, ages of today) and the other communes predict
    their cells: the composite estimator.
    """
    counting = [x.codes for x in layers if _counts(x, variables)]
    codes = pl.concat(counting).unique().sort()
    fifth = np.random.default_rng(seed).random(len(codes)) < 0.2
    hidden = codes.filter(pl.Series(fifth)).implode()
    masked = [x.only(~x.codes.is_in(hidden)) if _counts(x, variables) else x for x in layers]
    alone = pl.len().over("commune") == 1
    inside = known.atoms.select(
        x=(alone & pl.col("commune").is_in(hidden)) | pl.col("code").is_in(hidden)
    )["x"].fill_null(False)
    full = known.build(layers, inside, learn=True)
    blind = known.build(masked, inside, learn=True)
    return compare(full, blind, known.reference)


def _counts(layer: Layer, variables: Sequence[str]) -> bool:
    return layer.level == COMMUNE and layer.has(variables)


def _by_commune(layer: Layer) -> Layer:
    """Sum an IRIS layer by the commune (or arrondissement) its codes begin with."""
    return layer.by(COMMUNE, layer.codes.str.slice(0, 5))


def compare(full: Structure, blind: Structure, reference: Reference) -> pl.DataFrame:
    """Return the errors of a structure against the one that knows more, figure by figure.

    Shares are in share; ``A1`` and ``A2`` are the shares that the national rates, or the rule on
    the under 65, give to the two structures, compared on the logit scale: the unit of the
    parameters ``structure:`` of ``uncertainty.yaml``.
    """
    large = (full.adults.sum(1) >= LEAST_PERSONS) & np.isfinite(blind.joint).all((1, 2))
    large &= np.isfinite(full.joint).all((1, 2))
    rows = []
    for name, (inner, outer) in PARTS.items():
        gap = _part(blind, inner, outer) - _part(full, inner, outer)
        rows.append((name, "share", *_errors(gap[large])))
    none = _logit(_nobody(blind)) - _logit(_nobody(full))
    first = _logit(_strict(blind, reference)) - _logit(_strict(full, reference))
    gap = _nobody(blind) - _nobody(full)
    rows.append(("no diploma, non-schooled 15-64", "share", *_errors(gap[large])))
    rows.append(("A1", "logit", *_errors(first[large])))
    rows.append(("A2", "logit", *_errors(none[large])))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def ages_against(structure: Structure, atoms: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """Return the errors of the ages against counts that the structure never used.

    ``counts``: ``code`` and one column of persons by band; each is compared as a share of all.
    """
    bands = [c for c in counts.columns if c != "code"]
    joined = atoms.select("code").join(counts, on="code", how="left", maintain_order="left")
    truth = joined.select(bands).cast(pl.Float64).fill_null(float("nan")).to_numpy()
    ours = structure.ages @ np.array([cells_of(band) for band in bands]).T
    large = truth.sum(1) >= LEAST_PERSONS
    gap = (ours / ours.sum(1, keepdims=True) - truth / truth.sum(1, keepdims=True))[large]
    rows = [(band, "share", *_errors(gap[:, i])) for i, band in enumerate(bands)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _part(structure: Structure, inner: str, outer: str) -> Floats:
    above, below = structure.ages @ cells_of(inner), structure.ages @ cells_of(outer)
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)


def _nobody(structure: Structure) -> Floats:
    young = structure.joint[:, :WORKING, :SCHOOLED]
    share: Floats = young[:, :, NONE].sum(1) / np.maximum(young.sum((1, 2)), 1e-12)
    return share


def _strict(structure: Structure, reference: Reference) -> Floats:
    other, alone = reference.theta[..., 0], reference.theta[..., 1]
    share: Floats = np.einsum(
        "nad,nad->n", structure.joint, other + (alone - other) * structure.alone
    )
    return share


def _logit(share: Floats) -> Floats:
    inside = np.clip(share, 1e-4, 1 - 1e-4)
    return np.log(inside / (1 - inside))


def _errors(gap: Floats) -> tuple[int, float, float, float]:
    seen = gap[np.isfinite(gap)]
    if not seen.size:
        return 0, float("nan"), float("nan"), float("nan")
    return seen.size, float(seen.mean()), float(np.abs(seen).mean()), float((seen**2).mean() ** 0.5)
