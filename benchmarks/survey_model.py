"""Model M1 on 10,000 answers, with 1,000 draws of the rates.

Floor: the peer that gives a point and nothing else, a penalised logit of the same 10,000 rows (one
row per person, same columns, known penalties) solved by ``scipy.optimize`` in the same run.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from scipy import optimize, sparse

from benchmarks import Measure

ANSWERS, DRAWS = 10_000, 1_000


def run() -> list[Measure]:
    """Fit the whole model (rates, contrast, published table), then draw."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from portrea.needs.microdata import read_answers
    from portrea.needs.survey_model import fit_survey
    from synthetic_surveys import answers, mapping, world

    truth, chosen = world(), mapping()
    frame = answers(truth, ANSWERS, seed=0)
    floor = _floor(read_answers(frame, chosen).frame, truth.persons)
    start, cpu = time.perf_counter(), time.process_time()
    rates = fit_survey(frame, chosen, truth.reference)
    normal = np.random.default_rng(0).standard_normal((rates.loadings.shape[-1], DRAWS))
    drawn = 1 / (1 + np.exp(-(np.log(rates.theta / (1 - rates.theta))[..., None])
                            - rates.loadings @ normal))  # fmt: skip
    seconds, used = time.perf_counter() - start, time.process_time() - cpu
    note = f"{ANSWERS} réponses, {drawn.shape[-1]} tirages ; processeur {used:.1f} s ; δ compris"
    title = "Modèle d’enquête M1 : lecture, ajustement, écart δ, tirages"
    return [Measure("needs-survey-model", title, seconds, limit=5.0, floor=floor, note=note)]


def _floor(answers: object, persons: np.ndarray) -> float:
    """Seconds of one penalised logit, person by person, by L-BFGS."""
    from portrea.needs import survey_model as m1

    fixed, fixed_sd = m1._fixed(answers, [])
    factors = m1._factors(answers, persons)
    design = sparse.csr_array(np.hstack([fixed, *(f.loads @ f.root for f in factors)]))
    yes = answers["yes"].to_numpy().astype(float)
    penalty = np.r_[1 / fixed_sd**2, np.full(design.shape[1] - len(fixed_sd), 4.0)]

    def loss(state: np.ndarray) -> tuple[float, np.ndarray]:
        eta = design @ state
        slope = design.T @ (1 / (1 + np.exp(-eta)) - yes) + penalty * state
        return float(np.logaddexp(0, eta).sum() - yes @ eta + penalty @ state**2 / 2), slope

    start = time.perf_counter()
    optimize.minimize(loss, np.zeros(len(penalty)), jac=True, method="L-BFGS-B", tol=1e-9)
    return time.perf_counter() - start
