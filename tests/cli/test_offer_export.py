"""``portrea offer export``: from the computation's places, and what could not be written."""

from __future__ import annotations

import csv
import json

import pytest
from click.testing import CliRunner

from portrea.base.errors import ParameterError, StoreError
from portrea.cli.offer import offer


def run(*arguments):
    return CliRunner().invoke(offer, ["export", *(str(a) for a in arguments)])


def test_without_a_computation(home):
    assert isinstance(run("france").exception, StoreError)


@pytest.mark.slow
def test_the_places_of_a_territory_are_written(demo_copy, tmp_path):
    path = tmp_path / "a.geojson"
    result = run("france", "--standard", "geojson", "-o", path)
    assert result.exit_code == 0, result.output
    features = json.loads(path.read_text("utf-8"))["features"]
    assert features
    target = tmp_path / "a.csv"
    result = run("france", "-o", target)
    assert result.exit_code == 0, result.output
    with target.open(encoding="utf-8", newline="") as stream:
        written = list(csv.DictReader(stream))
    left = tmp_path / "a_non-ecrits.csv"
    refused = []
    if left.exists():
        with left.open(encoding="utf-8", newline="") as stream:
            refused = list(csv.DictReader(stream))
    assert len(written) + len(refused) == len(features)
    assert all(row["raison"] for row in refused)


@pytest.mark.slow
def test_a_wrong_date_or_extension_is_said(demo_copy, tmp_path):
    wrong = run("france", "--undated", "hier", "-o", tmp_path / "a.csv")
    assert isinstance(wrong.exception, ParameterError)
    other = run("france", "--standard", "xlsx", "-o", tmp_path / "a.csv")
    assert isinstance(other.exception, ParameterError)
    assert list(tmp_path.glob("a*")) == []
