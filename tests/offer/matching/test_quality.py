"""Quality on the 1,061 labelled pairs of the national stacked list, drawn before any scorer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from benchmarks.duplicates import (
    LABELS,
    LIST,
    Sample,
    held_out_probability,
    labelled,
    learnt,
    merged,
    national,
    quality,
    shipped_probability,
    stacked,
)
from benchmarks.peers.duplicates import national_rule

from portrea.offer.matching.lexicon import load_lexicon

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.shared, pytest.mark.slow]


@pytest.fixture(scope="module")
def path(shared_data: Path) -> Path:
    return shared_data / LIST


@pytest.fixture(scope="module")
def sample(path: Path) -> Sample:
    return labelled(path)


def test_labels_say_no_content_and_are_many_enough() -> None:
    labels = pl.read_csv(LABELS)
    assert labels.height >= 700
    assert {"left", "right", "left_hash", "right_hash", "stratum", "weight"} <= set(labels.columns)
    assert labels["left_hash"].str.contains(r"^[0-9a-f]{8}$").all()
    assert set(labels["label_1"]) == {"oui", "non", "?"}
    outside = labels["stratum"].str.contains("^(C|D|A-other-0|A-same-0)")
    assert outside.sum() >= 80


def test_weights_that_have_not_seen_the_pairs_keep_the_promise(sample: Sample) -> None:
    for seed in (0, 1):
        found = quality(sample, merged(sample, held_out_probability(sample, seed=seed)))
        assert found.precision_low >= 0.95, found
        assert found.recall_low >= 0.85, found


def test_pairs_that_nobody_can_decide_are_mostly_shown_not_merged(sample: Sample) -> None:
    probability = held_out_probability(sample)
    doubtful = sample.label == "?"
    assert quality(sample, merged(sample, probability), doubtful="wrong").precision_low >= 0.93
    assert merged(sample, probability)[doubtful].mean() < 0.25


def test_shipped_weights_are_those_of_the_labels(sample: Sample) -> None:
    weights = load_lexicon().weights
    for name, weight in learnt(sample).items():
        assert weights[name] == pytest.approx(weight, abs=0.02), name


def test_shipped_weights_keep_the_promise(sample: Sample) -> None:
    found = quality(sample, merged(sample, shipped_probability(sample)))
    assert found.precision_low >= 0.95
    assert found.recall_low >= 0.85


def test_probabilities_are_calibrated(sample: Sample) -> None:
    probability = held_out_probability(sample)
    kept = sample.compared & (sample.label != "?")
    for low, high in ((0, 0.1), (0.1, 0.75), (0.75, 0.95), (0.95, 1.01)):
        inside = kept & (probability >= low) & (probability < high)
        weight = sample.weight[inside]
        said = np.average(probability[inside], weights=weight)
        true = np.average(sample.label[inside] == "oui", weights=weight)
        assert abs(said - true) < 0.15, (low, high, said, true)


def test_blocking_loses_next_to_no_true_pair(sample: Sample) -> None:
    true = sample.label == "oui"
    kept = sample.weight[true & sample.compared].sum() / sample.weight[true].sum()
    assert kept >= 0.99


def test_better_than_the_national_rule_and_finds_what_it_finds(sample: Sample, path: Path) -> None:
    frame = stacked(path)
    rule, said = national(sample, frame), shipped_probability(sample)
    ours = quality(sample, merged(sample, said))
    assert ours.precision >= rule.precision
    assert ours.recall > rule.recall + 0.2
    theirs = national_rule(frame, sample.pairs) & (sample.label == "oui")
    lost = theirs & (said < load_lexicon().thresholds.queue)
    assert sample.pairs["pair"].filter(lost).to_list() == []
