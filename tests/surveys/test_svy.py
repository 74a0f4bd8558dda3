"""Our estimates against svy, on the surveys that scripts/oracle_svy.py wrote."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from portrea.surveys.estimates import Sample, mean, share
from portrea.surveys.weighting import rake

PEER = yaml.safe_load((Path(__file__).parents[1] / "cases/surveys/svy.yaml").read_text("utf-8"))


def sample(case) -> Sample:
    data = case["data"]
    strata = data["stratum"] if case["strata"] else None
    return Sample.of(len(data["yes"]), weights=data["weight"], strata=strata)


@pytest.mark.parametrize("case", PEER["surveys"], ids=lambda case: len(case["data"]["yes"]))
def test_shares_and_means_are_those_of_svy(case):
    found = share(np.array(case["data"]["yes"], dtype=bool), sample(case))
    assert (found.value, found.error) == pytest.approx(
        (case["share"]["value"], case["share"]["error"]), abs=1e-9
    )
    if np.ptp(case["data"]["weight"]):  # equal weights: ours is the plain interval of Wilson
        told = (case["share"]["low"], case["share"]["high"])
        assert (found.low, found.high) == pytest.approx(told, abs=1e-6)
    average = mean(case["data"]["number"], sample(case))
    assert (average.value, average.error) == pytest.approx(
        (case["mean"]["value"], case["mean"]["error"]), abs=1e-9
    )


@pytest.mark.parametrize("case", PEER["surveys"], ids=lambda case: len(case["data"]["yes"]))
def test_raked_weights_are_those_of_svy(case):
    data = case["data"]
    base = np.array(data["weight"])
    found = rake({"sexe": data["sexe"], "age": data["age"]}, PEER["margins"], base)
    assert found.values == pytest.approx(case["rake"], rel=1e-6)
