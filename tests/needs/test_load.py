"""Declarations a year: hand-worked before and after the pre-filled declaration of March 2025."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import ParameterError
from portrea.needs.load import PROCEDURES, frequencies, yearly_load
from portrea.needs.parameters import Parameters, load_parameters

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/needs/b_load.yaml").read_text("utf-8"))
COUNTS = st.floats(0, 1e5)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_hand_worked(case):
    each = frequencies(load_parameters(), case["as_of"])
    names = [name for name in PROCEDURES if name in case]
    units = np.array([float(case[name]) for name in names])
    assert yearly_load(names, units, case["both"], each) == pytest.approx(case["load"])


def test_the_default_date_is_the_one_of_the_parameters():
    cards = deepcopy(load_parameters().cards)
    cards["procedures"]["as_of_year"]["value"] = 2025
    cards["procedures"]["as_of_month"]["value"] = 2
    changed = Parameters("", cards)
    assert frequencies(changed) == frequencies(load_parameters(), "2025-02-01")
    assert frequencies(changed) != frequencies(load_parameters())


def test_every_frequency_carries_source_and_dates():
    for rules in load_parameters().cards["procedures"]["frequencies"].values():
        for rule in rules.values():
            assert rule["source"]
            assert rule["unit"]
            assert {"valid_from", "valid_to"} <= set(rule)


@pytest.mark.parametrize("day", ["2024-01-01", "2025-06-01"])
def test_a_day_without_rule_or_with_two_is_refused(day):
    cards = deepcopy(load_parameters().cards)
    rules = cards["procedures"]["frequencies"]["rsa_and_ppa"]
    if day < "2025":
        del rules["separate"]
    else:
        rules["separate"]["valid_to"] = None
    with pytest.raises(ParameterError, match="rsa_and_ppa.*" + day):
        frequencies(Parameters("", cards), day)


@given(COUNTS, COUNTS, COUNTS, st.floats(0, 1))
def test_pre_filling_never_adds_and_the_load_is_never_negative(rsa, ppa, seekers, part):
    both = part * min(rsa, ppa)
    names, units = ["rsa", "ppa", "jobseekers", "aah"], np.array([[rsa], [ppa], [seekers], [0.0]])
    loads = [
        yearly_load(names, units, both, frequencies(load_parameters(), day))
        for day in ("2025-02-28", "2025-03-01")
    ]
    assert 0 <= loads[1] <= loads[0] + 1e-9


def test_each_area_and_each_draw_is_counted_apart():
    names = ["rsa", "ppa", "jobseekers", "aah"]
    drawn = np.random.default_rng(7)
    units, both = drawn.uniform(0, 900, (4, 3, 5)), drawn.uniform(0, 90, (3, 5))
    each = frequencies(load_parameters(), "2025-06-01")
    loads = yearly_load(names, units, both, each)
    assert loads.shape == (3, 5)
    for area, draw in np.ndindex(3, 5):
        alone = yearly_load(names, units[:, area, draw], both[area, draw], each)
        assert loads[area, draw] == pytest.approx(alone)
    narrow = yearly_load(names, units.astype("float32"), both.astype("float32"), each)
    assert narrow.dtype == np.float32, "twice the memory for nothing"


def test_a_refusal_names_what_is_wrong_and_how_to_mend_it():
    cards = deepcopy(load_parameters().cards)
    for rule in cards["procedures"]["prefilled_discount"].values():
        rule["valid_from"] = "2999-01-01"
    with pytest.raises(ParameterError, match="prefilled_discount : 0 valeur") as refused:
        frequencies(Parameters("", cards), "2025-06-01")
    assert "corrigez valid_from et valid_to" in refused.value.remedy
