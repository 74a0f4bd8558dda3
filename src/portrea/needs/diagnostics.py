"""What a run says of itself: residuals, assumptions used, and what makes the intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from portrea.needs.draws import NESTED, alike
from portrea.needs.tables import DIAGNOSTICS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from portrea.needs.aggregation import Areas
    from portrea.needs.model import Model

    Floats = NDArray[np.float64]
    Row = dict[str, Any]

TYPICAL = "médiane des zones"


def diagnose(model: Model, areas: list[Areas]) -> pl.DataFrame:
    """Return the ``DIAGNOSTICS`` table of a run."""
    rows = [*_residuals(model), *_notes(model)]
    for area in areas:
        if area.codes:
            rows += _components(model, area)
    return DIAGNOSTICS.conform(pl.DataFrame(rows, schema=DIAGNOSTICS.schema))


def _residuals(model: Model) -> Iterator[Row]:
    missed = np.nan_to_num(model.structure.residuals)
    worst = int(np.argmax(missed))
    atom = model.atoms.row(worst, named=True)
    yield {
        "name": "ipf_residual_max",
        "level": atom["level"],
        "code": atom["code"],
        "value": float(missed[worst]),
        "unit": "personnes",
        "note": "plus grand écart d’une zone à une marge publiée, après calage",
    }
    yield {
        "name": "ipf_residual_sum",
        "value": float(missed.sum()),
        "unit": "personnes",
        "note": "somme de ces écarts sur toutes les zones",
    }


def _notes(model: Model) -> Iterator[Row]:
    for note in () if model.exposure is None else model.exposure.notes:
        yield {"name": "exposure", "note": note}
    for band in model.reference.closed:
        note = f"taux non publié, déduit du total : {band}"
        yield {"name": "closed_rate", "note": note}
    count = int(model.incoherent.sum())
    if count:
        yield {
            "name": "incoherent",
            "value": float(count),
            "unit": "zones",
            "note": "figures qui se contredisent : note D",
        }


def _components(model: Model, area: Areas) -> Iterator[Row]:
    """Yield the standard deviation of A1's logit by source, median of the areas of a level.

    Linear: ``sd = √(Σ_k (Σ_i g_i s_ik)²) / Σ_i g_i`` over the atoms, ``g = N p (1 − p)``, or
    ``Σ N θ (1 − θ)`` for the area effects, which move the persons and not the share.
    """
    population = model.working.persons + model.older.persons
    share = np.divide(
        model.central("a1"), population, out=np.zeros_like(population), where=population > 0
    )
    steep = population * share * (1 - share)
    total = area.total(steep)
    safe = np.where(total > 0, total, np.nan)
    halves = [p.persons * p.share * (1 - p.share) for p in (model.working, model.older)]
    moved = halves[0] * alike(model.working) + halves[1] * alike(model.older)
    both = halves[0][:, None] * model.working.slopes + halves[1][:, None] * model.older.slopes
    national = np.array([area.total(column) for column in both.T]) / safe
    card = model.parameters.cards["uncertainty"]["area_effects"]["sd"]
    declared = {level: np.full(len(steep), float(card[level])) for level in card}
    effects = _nested(model, area, [(moved, declared), (steep, model.sd_a1)])
    found = {
        "taux nationaux": np.sqrt((national**2).sum(0)),
        "effets de zone": effects[0] / safe,
        "structure et sondage": effects[1] / safe,
    }
    for source, values in found.items():
        if np.isfinite(values).any():
            yield {
                "name": "error_component_a1",
                "level": area.level,
                "value": float(np.nanmedian(values)),
                "unit": "logit",
                "note": f"{source}, {TYPICAL}",
            }


def _nested(model: Model, area: Areas, effects: list[tuple[Floats, dict[str, Floats]]]) -> Floats:
    """Return the sd (persons) that one effect per area of each level gives (effects × areas).

    ``effects``: persons that one logit moves, and the standard deviation by level, atom by atom.
    """
    variances = np.zeros((len(effects), len(area.codes)))
    inside = area.index >= 0
    for level in NESTED:
        owner = np.arange(len(inside)) if level == "iris" else model.owner(level)[0]
        size = int(np.max(owner, initial=0)) + 1
        pairs = area.index[inside] * size + owner[inside]
        unique, place = np.unique(pairs, return_inverse=True)
        for rank, (steep, sd) in enumerate(effects):
            if level in sd:
                sums = np.bincount(place, (steep * sd[level])[inside], minlength=len(unique))
                variances[rank] += np.bincount(unique // size, sums**2, minlength=len(area.codes))
    found: Floats = np.sqrt(variances)
    return found
