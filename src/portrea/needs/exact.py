"""Draws of A1 without linearisation, cell by cell: too slow for France, they judge the fast ones.

Every cell ``c`` of every area has its own curve, ``N_c · logit⁻¹(logit θ_c − ½ σ_c² (1 − 2 θ_c) +
L_c z + u)``, with the very ``z`` and ``u`` of the fast draws; the census sampling is a draw of
persons, instead of a normal error on the logit of the area. What is unobserved of the structure is
left out: it is declared on the logit of the area, and has no form by cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit

from portrea.needs.draws import NESTED, Drawing
from portrea.needs.structure import cell_persons

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.needs.model import Model

    Floats = NDArray[np.float64]


def exact_draws(model: Model, rows: NDArray[np.intp], *, seed: int, draws: int) -> Floats:
    """Return A1 of some atoms, in persons (atoms × draws), cell by cell.

    Parameters
    ----------
    rows
        Numbers of the atoms.
    seed, draws
        The same as those of the fast draws: errors are then the same, and differences are due to
        the linearisation alone (and to the sampling, drawn by another generator).
    """
    reference = model.reference
    theta = reference.theta.ravel()
    loadings = reference.loadings.reshape(theta.size, -1)
    drawing = Drawing(model, ["a1"], seed=seed, draws=draws)
    national = loadings @ drawing.shared["working"][1:]
    persons = cell_persons(model.rated, reference)[rows]
    alone = model.rated.alone[rows]
    shift = np.zeros(len(model.rated.ages)) if model.shift is None else model.shift
    cells = np.stack([persons * (1 - alone), persons * alone], axis=-1).reshape(len(rows), -1)
    local, variance = _local(drawing, rows)
    rng = np.random.default_rng(seed)
    found = np.empty((len(rows), draws))
    for place, row in enumerate(rows):
        spread = variance + (loadings**2).sum(1)
        moved = expit(logit(theta) + shift[row])
        centre = logit(moved) - 0.5 * spread * (1 - 2 * moved)
        rates = expit(centre[:, None] + national + local[place])
        found[place] = (_sampled(model, cells[place], int(row), draws, rng) * rates).sum(0)
    return found


def _local(drawing: Drawing, rows: NDArray[np.intp]) -> tuple[Floats, float]:
    """Return the declared area effects (atoms × draws) and their variance."""
    card = drawing.model.parameters.cards["uncertainty"]["area_effects"]["sd"]
    total = np.zeros((len(rows), drawing.draws))
    for level in NESTED:
        place = rows if level == "iris" else drawing.index[level][rows]
        total += float(card[level]) * drawing.normals(level, drawing.words[level][place])
    return total, sum(float(card[level]) ** 2 for level in NESTED)


def _sampled(model: Model, cells: Floats, row: int, draws: int, rng: np.random.Generator) -> Floats:
    """Draw the persons of each cell as the census samples them (cells × draws)."""
    owner = model.owner("commune")[0]
    inhabitants = np.bincount(owner, np.nan_to_num(model.structure.ages).sum(1))
    number = model.parameters.number
    total = cells.sum()
    if inhabitants[owner[row]] < number("uncertainty", "sampling", "exhaustive_below") or not total:
        return cells[:, None]
    fraction = number("uncertainty", "sampling", "fraction")
    design = number("uncertainty", "sampling", "design_effect")
    size = max(1, round(total * fraction / (design * (1 - fraction))))
    drawn: Floats = rng.multinomial(size, cells / total, size=draws).T * (total / size)
    return drawn
