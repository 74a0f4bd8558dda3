"""Write what svy says of four surveys drawn at random, for our estimates to be compared with.

``make oracle`` runs it in its own environment: svy is not needed to use nor to test
Portrea. The ordinary tests read ``tests/cases/surveys/svy.yaml`` (``tests/surveys/test_svy.py``).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import svy
import yaml

CASE = Path(__file__).parents[1] / "tests" / "cases" / "surveys" / "svy.yaml"
HEADER = """\
# Four surveys drawn at random and what svy {version} says of them (Taylor linearisation, Wilson
# intervals, raking at 1e-13): written by scripts/oracle_svy.py, never by hand.
# `rake`: weights that reach the margins.
"""
MARGINS = {"sexe": {"F": 5200.0, "H": 4800.0}, "age": {"a": 3000.0, "b": 4500.0, "c": 2500.0}}


def survey(rank: int, size: int) -> pl.DataFrame:
    """Return one survey: weights, strata, two variables to rake, a yes and a number."""
    draw = np.random.default_rng(20261122 + rank)
    strata = draw.integers(0, 3, size)
    return pl.DataFrame(
        {
            "weight": np.round(draw.gamma(2, 20, size) + 1, 3) if rank else np.full(size, 25.0),
            "stratum": [f"s{one}" for one in strata],
            "sexe": draw.choice(["F", "H"], size, p=[0.6, 0.4]),
            "age": draw.choice(["a", "b", "c"], size, p=[0.2, 0.4, 0.4]),
            "yes": (draw.random(size) < 0.2 + 0.2 * strata).astype(int),
            "number": np.round(draw.normal(40 + 5 * strata, 12), 1),
        }
    )


def told(rank: int, size: int) -> dict[str, object]:
    """Return one survey as columns, and what svy says of it."""
    frame = survey(rank, size)
    stratum = "stratum" if rank > 1 else None
    plain = svy.Sample(frame, svy.Design(wgt="weight", stratum=stratum))
    share = plain.estimation.prop("yes", ci_method="wilson")
    yes = next(one for one in share.estimates if str(one.y_level) == "1")
    average = plain.estimation.mean("number").estimates[0]
    raked = plain.clone().weighting.rake(controls=MARGINS, tol=1e-13, max_iter=5_000, wgt_name="rk")
    return {
        "strata": bool(stratum),
        "data": {name: frame[name].to_list() for name in frame.columns},
        "share": {"value": yes.est, "error": yes.se, "low": yes.lci, "high": yes.uci},
        "mean": {"value": average.est, "error": average.se},
        "rake": raked.data["rk"].to_list(),
    }


def main() -> None:
    """Write the cases."""
    cases = [told(rank, size) for rank, size in enumerate((40, 83, 120, 192))]
    document = {"margins": MARGINS, "surveys": cases}
    text = yaml.safe_dump(
        document, allow_unicode=True, sort_keys=False, default_flow_style=None, width=100
    )
    CASE.write_text(HEADER.format(version=svy.__version__) + text, "utf-8")


if __name__ == "__main__":
    main()
