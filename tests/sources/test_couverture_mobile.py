"""Zones blanches and grises: a table in words, and every refusal in French."""

from __future__ import annotations

import pytest

from cases_of_sources import assert_dataset, cases, load_case
from portrea.base.errors import DataError
from portrea.sources.loading import load_path

CASES = cases("couverture_mobile")


def test_hand_worked_case() -> None:
    case = CASES["wide"]
    loaded = load_case(case)
    for expected in case["datasets"]:
        assert_dataset(loaded[expected["vintage"]], expected)


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["name"])
def test_what_is_wrong_is_told(case, tmp_path) -> None:
    path = tmp_path / "couverture.csv"
    path.write_text("\n".join([case["header"], *case["rows"]]), "utf-8")
    with pytest.raises(DataError) as error:
        load_path(path)
    told = " ".join([str(error.value), *(item.message for item in error.value.diagnostics)])
    for words in case["words"]:
        assert words in told


def test_two_years_are_two_datasets(tmp_path) -> None:
    path = tmp_path / "zones.csv"
    path.write_text(
        "commune;habitants en zone blanche;date\n01001;0,1;2024\n01001;0,05;2025\n", "utf-8"
    )
    found = {item.provenance.vintage: item.tables["observations"] for item in load_path(path)}
    assert {year: table["value"].to_list() for year, table in found.items()} == {
        "2024": [0.1],
        "2025": [0.05],
    }
