"""What describes a territory, and its needs by age: hand-worked cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml

from portrea.base.estimates import Quality
from portrea.steering.sections_ages import ages_section
from portrea.steering.sections_factors import middle, position, position_words

CASES = Path(__file__).parents[1] / "cases/steering"
FACTORS = yaml.safe_load((CASES / "factors.yaml").read_text("utf-8"))
AGES = yaml.safe_load((CASES / "ages.yaml").read_text("utf-8"))
COLUMNS = ("part", "persons", "n", "n_low", "n_high", "share", "share_low", "share_high")


@pytest.mark.parametrize("case", FACTORS["positions"], ids=lambda case: case["name"])
def test_position_among_the_others(case: dict[str, Any]) -> None:
    values = np.array([case["own"], *case["others"]], dtype=float)
    found = position(values, 0)
    assert found == case["position"]
    said = position_words(found, "intercommunalités").replace("\u00a0", " ")
    assert said == case["words"]


@pytest.mark.parametrize("case", FACTORS["middles"])
def test_the_half_in_the_middle(case: dict[str, Any]) -> None:
    found = middle(np.array([*case["values"], np.nan]))
    assert (found.low, found.median, found.high) == (case["low"], case["median"], case["high"])


@pytest.mark.parametrize("name", AGES)
def test_needs_by_age(name: str) -> None:
    case = AGES[name]
    table = pl.DataFrame(case["rows"], schema=list(COLUMNS), orient="row").with_columns(
        kind=pl.lit("age"),
        **{f"rate{end}": pl.col(f"n{end}") / pl.col("persons") for end in ("", "_low", "_high")},
    )
    made = ages_section(table, here="ici", level="epci", quality=Quality.C)
    assert plain(made.lead.text) == case["lead"]
    counts = [plain(row[2].text) for row in made.tables[0].rows]
    assert counts == case.get("counts", counts)
    assert {row[-1].text for row in made.tables[0].rows} == {"C"}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")
