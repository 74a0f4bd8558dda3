"""Totals to be reached, from a user's file: read, refused row by row, noted when fine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from portrea.base.errors import DataError, ParameterError
from portrea.sources.hand_tables import RefusedRowsError
from portrea.steering.benchmark_files import find_benchmark, read_targets

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/steering/benchmark_files.yaml").read_text("utf-8")
)


def by_name(cases: list[dict[str, Any]]) -> dict[str, Any]:
    return {"argvalues": cases, "ids": [case["name"] for case in cases]}


def write(folder: Path, text: str) -> Path:
    path = folder / "calage.csv"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("case", **by_name(CASES["read"]))
def test_read(case: dict[str, Any], tmp_path: Path) -> None:
    found = read_targets(write(tmp_path, case["text"]))
    rows = found.targets.select("level", "code", "measure", "share", "persons").rows()
    assert [list(row) for row in rows] == case["rows"]
    assert len(found.notes) == len(case["notes"])
    assert all(word in note for word, note in zip(case["notes"], found.notes, strict=True))
    assert found.name == "calage.csv"


@pytest.mark.parametrize("case", **by_name(CASES["refused"]))
def test_refused_row_by_row(case: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(RefusedRowsError) as caught:
        read_targets(write(tmp_path, case["text"]))
    told = {fault.row: str(fault) for fault in caught.value.diagnostics}
    assert set(told) == set(case["lines"])
    assert not [(line, w) for line, words in case["lines"].items() for w in words
                if w not in told[line]], told  # fmt: skip


def test_a_file_of_other_columns_names_those_expected(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="mesure"):
        read_targets(write(tmp_path, "code;nom\n35;Ille-et-Vilaine\n"))


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="insee_regions_2019"):
        find_benchmark("inconnu")


def test_a_named_set_is_public_and_never_finer_than_a_region() -> None:
    found = find_benchmark("insee_regions_2019")
    assert set(found.targets["level"].unique()) <= {"region", "france"}
    assert found.targets["source"].null_count() == 0
    assert found.notes == ()
