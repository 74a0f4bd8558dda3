"""A user's own table of times: long, wide, by commune, and what is wrong in it told in French."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import polars as pl
import pytest
import yaml

from portrea.base.errors import DataError, ParameterError
from portrea.reach.od_table import table_times

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/reach/od_tables.yaml").read_text("utf-8")
)
ORIGINS, PLACES = pl.DataFrame(CASES["origins"]), pl.DataFrame(CASES["places"])


def read(text: str) -> pl.DataFrame:
    return pl.read_csv(StringIO(text), separator=";", infer_schema=False)


@pytest.mark.parametrize("case", CASES["good"], ids=[c["name"] for c in CASES["good"]])
def test_a_table_is_read(case):
    times = table_times(
        read(case["text"]), origins=ORIGINS, places=PLACES, t_max=30, unit=case.get("unit")
    )
    found = {(o, p): minutes for o, p, minutes in times.table().iter_rows()}
    assert found == {(o, p): pytest.approx(m, rel=1e-6) for o, p, m in case["pairs"]}
    assert times.engine == "table"
    assert times.origins.tolist() == ORIGINS["code"].to_list()


@pytest.mark.parametrize("case", CASES["bad"], ids=[c["name"] for c in CASES["bad"]])
def test_what_is_wrong_is_told(case):
    with pytest.raises(DataError) as caught:
        table_times(read(case["text"]), origins=ORIGINS, places=PLACES, t_max=30)
    for words in case["said"]:
        assert words in str(caught.value)


def test_numbers_of_a_workbook_are_read_as_well():
    frame = pl.DataFrame({"origine": ["01001"], "lieu": ["mairie"], "minutes": [4.5]})
    times = table_times(frame, origins=ORIGINS, places=PLACES, t_max=30, profile="walk")
    assert times.table().rows() == [("01001", "mairie", 4.5)]
    assert times.profile == "walk"


def test_a_zero_is_refused_when_the_area_is_unknown():
    frame = read("origine;lieu;minutes\n01001;mairie;0\n")
    with pytest.raises(DataError, match=r"temps nuls[\s\S]*ligne 2"):
        table_times(frame, origins=ORIGINS.drop("area_km2"), places=PLACES, t_max=30)


def test_an_unknown_unit_is_refused():
    with pytest.raises(ParameterError, match=r"« heure »[\s\S]*minute, second"):
        table_times(read("a;b\n1;2\n"), origins=ORIGINS, places=PLACES, t_max=30, unit="heure")


def test_the_version_changes_with_a_time_and_not_with_the_order_of_columns():
    def version(text: str) -> str:
        return table_times(read(text), origins=ORIGINS, places=PLACES, t_max=30).version

    first = version("origine;lieu;minutes\n01001;mairie;4\n")
    assert version("minutes;origine;lieu\n4;01001;mairie\n") == first
    assert version("origine;lieu;minutes\n01001;mairie;5\n") != first
