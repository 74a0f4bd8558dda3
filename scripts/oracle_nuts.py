"""Compare the multilevel logit of model M1 with NUTS (numpyro) on one survey.

``make oracle`` runs it in its own environment: numpyro is not needed to use nor to test Portrea.
``--write`` replaces the posterior kept in ``tests/cases/stats/nuts_survey.yaml``, with which the
ordinary tests compare (``tests/stats/test_multilevel_nuts.py``).
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import polars as pl
import yaml
from numpyro import distributions as dist
from numpyro.infer import MCMC, NUTS

ROOT = Path(__file__).parents[1]
CASE = ROOT / "tests" / "cases" / "stats" / "nuts_survey.yaml"
sys.path.insert(0, str(ROOT / "tests"))

HEADER = """\
# Model M1 on 4,000 answers drawn by tests/synthetic_surveys.py (seed 42), grouped: age, diploma,
# lives alone, weighted yes, weighted answers. Posterior by NUTS (numpyro, 4 chains of 3,000 draws
# after 1,000 of warm-up, target acceptance 0.9): written by scripts/oracle_nuts.py --write, never
# by hand. `effects`: constant, alone, 12 ages, 7 diplomas, 84 cells.
"""


def main() -> int:
    """Sample, compare, and write when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    rows = draw_rows() if write else yaml.safe_load(CASE.read_text("utf-8"))["rows"]
    start = time.perf_counter()
    sampled = sample(rows)
    seconds = time.perf_counter() - start
    if write:
        text = yaml.safe_dump({"rows": rows, **sampled}, width=100, default_flow_style=None)
        CASE.write_text(HEADER + text, "utf-8")
    return compare(rows, sampled, seconds)


def draw_rows() -> list[list]:
    """Draw a survey and group its answers, as the model does."""
    from portrea.needs.microdata import read_answers
    from portrea.needs.survey_model import _grouped
    from synthetic_surveys import answers, mapping, world

    frame = read_answers(answers(world(), 4000, seed=42), mapping()).frame
    rows = _grouped(frame, ["age", "diploma", "alone"])
    return [[*row[:3], round(row[3], 6), round(row[4], 6)] for row in rows.iter_rows()]


def design(rows: list[list]) -> tuple:
    """Return what the model is given: yes, answers, fixed effects, their scale, factors."""
    from portrea.needs import survey_model as m1

    names = {"age": pl.String, "diploma": pl.String, "alone": pl.Boolean}
    schema = names | {"yes": pl.Float64, "all": pl.Float64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    fixed, fixed_sd = m1._fixed(frame, [])
    factors = m1._factors(frame, np.ones((12, 7, 2)))
    return frame["yes"].to_numpy(), frame["all"].to_numpy(), fixed, fixed_sd, factors


def sample(rows: list[list]) -> dict:
    """Posterior means and standard deviations, by NUTS."""
    numpyro.enable_x64()
    yes, total, fixed, fixed_sd, factors = design(rows)
    columns = [jnp.array(f.loads @ f.root) for f in factors]

    def model() -> None:
        base = numpyro.sample("fixed", dist.Normal(0, jnp.array(fixed_sd)).to_event(1))
        eta = jnp.array(fixed) @ base
        for factor, column in zip(factors, columns, strict=True):
            sd = numpyro.sample(f"sd_{factor.name}", dist.HalfNormal(factor.scale))
            normal = dist.Normal(0, 1).expand([column.shape[1]]).to_event(1)
            z = numpyro.sample(f"z_{factor.name}", normal)
            numpyro.deterministic(f"u_{factor.name}", sd * (jnp.array(factor.root) @ z))
            eta = eta + sd * (column @ z)
        numpyro.factor("answers", jnp.sum(yes * eta - total * jnp.logaddexp(0.0, eta)))

    chains = MCMC(
        NUTS(model, target_accept_prob=0.9), num_warmup=1000, num_samples=3000, num_chains=4,
        chain_method="sequential", progress_bar=False,
    )  # fmt: skip
    chains.run(jax.random.PRNGKey(7))
    drawn = chains.get_samples()
    effects = np.hstack([drawn["fixed"], *(drawn[f"u_{f.name}"] for f in factors)])
    rates = 1 / (1 + np.exp(-effects @ np.hstack([fixed, *(f.loads for f in factors)]).T))
    sds = {f.name: summary(np.asarray(drawn[f"sd_{f.name}"])) for f in factors}
    return {"effects": summary(effects), "rates": summary(rates), "sds": sds}


def summary(draws: np.ndarray) -> dict:
    """Mean and standard deviation over the draws."""
    return {
        "mean": np.round(draws.mean(0), 5).tolist(),
        "sd": np.round(draws.std(0), 5).tolist(),
    }


def compare(rows: list[list], sampled: dict, seconds: float) -> int:
    """Print the distance between both posteriors; 1 when it is beyond what is promised."""
    from portrea.stats.multilevel import fit_multilevel

    yes, total, fixed, fixed_sd, factors = design(rows)
    start = time.perf_counter()
    fit = fit_multilevel(yes, total, fixed, factors, fixed_sd=fixed_sd)
    own = time.perf_counter() - start
    mean, sd = (np.array(sampled["effects"][k]) for k in ("mean", "sd"))
    gap, ratio = np.abs(fit.mean - mean) / sd, fit.sd / sd
    print(f"NUTS {seconds:.1f} s, Laplace {own:.2f} s")
    print(f"means: {gap.max():.3f} sd at most, {np.sqrt((gap**2).mean()):.3f} in quadratic mean")
    print(f"sds: ratio {ratio.min():.3f} to {ratio.max():.3f}")
    for name, (value, low, high) in fit.sds().items():
        kept = sampled["sds"][name]["mean"]
        print(f"sigma {name}: {value:.3f} [{low:.3f}, {high:.3f}], NUTS {kept:.3f}")
    return int(gap.max() > 0.1 or ratio.min() < 0.85 or ratio.max() > 1.15)


if __name__ == "__main__":
    sys.exit(main())
