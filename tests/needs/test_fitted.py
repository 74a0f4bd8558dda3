"""Fitted rates: one file, the same bytes for the same rates, no silent change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from portrea.base.errors import DataError
from portrea.needs.fitted import COEFFICIENTS, MOST_LOADINGS, SHAPE, FittedRates

if TYPE_CHECKING:
    from pathlib import Path


def rates(**changes: object) -> FittedRates:
    rng = np.random.default_rng(1)
    row = {"term": "age", "modality": "80+", "estimate": 1.5, "sd": 0.1, "low": 1.3, "high": 1.7}
    content = {
        "name": "enquête d’essai",
        "source": "essai",
        "vintage": "2024",
        "theta": rng.uniform(0.01, 0.9, SHAPE),
        "loadings": rng.normal(0, 0.1, (*SHAPE, 5)),
        "delta": 0.41,
        "table": pl.DataFrame([row | {"n": 312}], schema=COEFFICIENTS.schema),
    }
    return FittedRates(**(content | changes))


def test_a_file_gives_the_same_rates_back(tmp_path: Path) -> None:
    given = rates(notes=("poids normalisés",), answers=4000, outcome="difficulté")
    given.write(tmp_path / "a.json")
    read = FittedRates.read(tmp_path / "a.json")
    assert np.array_equal(read.theta, given.theta)
    assert np.array_equal(read.loadings, given.loadings)
    assert read.table.equals(given.table)
    assert (read.delta, read.notes, read.answers) == (0.41, ("poids normalisés",), 4000)
    assert read.digest == given.digest
    read.write(tmp_path / "b.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_every_content_changes_the_digest() -> None:
    base = rates()
    changed = [
        rates(name="autre"),
        rates(delta=None),
        rates(theta=np.clip(base.theta + 1e-6, 0, 1)),
        rates(loadings=base.loadings * 1.001),
        rates(table=base.table.with_columns(estimate=pl.lit(1.6))),
    ]
    assert len({r.digest for r in (base, *changed)}) == 6
    assert rates().digest == base.digest


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "taux.json"
    rates().write(path)
    content = json.loads(path.read_text("utf-8"))
    content["theta"][0][0][0] = 0.5
    path.write_text(json.dumps(content), "utf-8")
    with pytest.raises(DataError, match="a été modifié"):
        FittedRates.read(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "ce n’est pas du JSON"),
        ("[1]", "portrea-taux-ajustes"),
        ('{"format": "portrea-taux-ajustes/1"}', "ages"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "taux.json"
    path.write_text(text, "utf-8")
    with pytest.raises(DataError, match=said) as caught:
        FittedRates.read(path)
    assert "portrea needs fit" in caught.value.remedy


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    path = tmp_path / "taux.json"
    rates().write(path)
    content = json.loads(path.read_text("utf-8"))
    del content["loadings"]
    path.write_text(json.dumps(content), "utf-8")
    with pytest.raises(DataError, match="loadings"):
        FittedRates.read(path)
    with pytest.raises(DataError, match="introuvable"):
        FittedRates.read(tmp_path / "absent.json")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theta", np.full(SHAPE, 1.0)),
        ("theta", np.full(SHAPE, np.nan)),
        ("theta", np.full((12, 7), 0.1)),
        ("loadings", np.full((*SHAPE, 2), np.inf)),
        ("loadings", np.zeros((*SHAPE, MOST_LOADINGS + 1))),
    ],
)
def test_impossible_rates_are_refused(name: str, value: np.ndarray) -> None:
    with pytest.raises(DataError, match="inutilisables"):
        rates(**{name: value})
