from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.special import expit, logit

from portrea.needs.overseas import overseas_gap, overseas_persons, overseas_shift
from portrea.needs.parameters import load_parameters
from portrea.needs.reference import build_reference

ATOMS = pl.DataFrame(
    {
        "level": ["iris", "commune", "region", "region", "departement"],
        "code": ["974110101", "35001", "06", "53", "971"],
        "region": ["04", "53", None, None, "01"],
    }
)


def test_overseas_table_meets_its_published_sums():
    parameters = load_parameters()
    card = parameters.cards["reference"]["overseas"]
    persons = overseas_persons(card, build_reference(parameters))
    by_age = persons.sum((1, 2))
    # RP2021: 287 893 persons of 65 or more; the eight first cells are under 65
    assert by_age[8:].sum() == pytest.approx(287_893, abs=0.01)
    free = persons[:, :6].sum((0, 2))
    known = card["diplomas_2018"]["persons"]
    assert free[0] / free.sum() == pytest.approx(known["no_diploma"] / sum(known.values()))


def test_the_published_overseas_total_holds_for_its_own_survey():
    parameters = load_parameters("tic2021")
    reference = build_reference(parameters)
    persons = overseas_persons(parameters.cards["reference"]["overseas"], reference)
    shifted = expit(logit(reference.theta) + overseas_gap(parameters))
    assert (persons * shifted).sum() == pytest.approx(0.20 * persons.sum(), abs=0.01)
    # without it, ages and diplomas alone do not explain the published rate
    assert (persons * reference.theta).sum() / persons.sum() < 0.17


def test_the_gap_is_borrowed_by_the_other_series_not_the_level():
    assert overseas_gap(load_parameters("tic2019")) == overseas_gap(load_parameters("tic2021"))


def test_only_overseas_atoms_are_shifted():
    parameters = load_parameters()
    gap = overseas_gap(parameters)
    assert gap > 0.2
    shift = overseas_shift(ATOMS, parameters)
    assert shift.tolist() == [gap, 0.0, gap, 0.0, gap]
    assert overseas_shift(ATOMS.filter(pl.col("code").is_in(["35001", "53"])), parameters) is None


def test_it_can_be_switched_off():
    parameters = load_parameters()
    cards = copy.deepcopy(parameters.cards)
    cards["rates"]["overseas"]["applied"]["value"] = 0
    off = replace(parameters, cards=cards)
    assert overseas_shift(ATOMS, off) is None
    assert np.isfinite(overseas_gap(off))
