"""Causes beside the need: newest year, what is unknown and why, what a commune lends."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import yaml

from portrea.base.estimates import Quality
from portrea.reach.causes import CAUSES, causes, causes_of, no_help, references, variables
from portrea.vocab.variables import variables as known_variables

CASE = yaml.safe_load((Path(__file__).parents[1] / "cases/reach/causes.yaml").read_text("utf-8"))
OBSERVATIONS = pl.DataFrame(CASE["observations"], infer_schema_length=None).with_columns(
    dataset=pl.lit("test")
)
AREAS = pl.DataFrame(
    {
        "level": ["commune", "commune", "commune", "iris"],
        "code": ["35001", "35002", "35003", "350010101"],
        "commune": ["35001", "35002", "35003", "35001"],
    }
)


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    return causes_of(AREAS, OBSERVATIONS)


@pytest.mark.parametrize("code", CASE["expected"]["commune"])
def test_communes_have_their_newest_figures(table, code):
    found = {
        row["cause"]: row["value"] if row["state"] == "ok" else row["state"]
        for row in table.filter(level="commune", code=code).iter_rows(named=True)
    }
    assert found == pytest.approx(CASE["expected"]["commune"][code])


def test_an_iris_has_its_own_figure_else_that_of_its_commune(table):
    rows = table.filter(level="iris", code="350010101")
    found = {r["cause"]: [r["value"], r["from_level"]] for r in rows.iter_rows(named=True)}
    for cause, (value, level) in CASE["expected"]["iris"]["350010101"].items():
        assert found[cause] == [pytest.approx(value), level]


def test_what_a_commune_lends_loses_its_grade_and_what_is_unknown_has_none(table):
    grade = {(r["code"], r["cause"]): r["quality"] for r in table.iter_rows(named=True)}
    assert grade["35001", "fibre"] == Quality.B
    assert grade["350010101", "fibre"] == Quality.C
    assert grade["35002", "poverty"] == Quality.N


def test_every_row_says_its_year_and_its_dataset(table):
    assert table["vintage"].null_count() == table["dataset"].null_count() == 0
    assert table.filter(cause="car", code="35001")["vintage"].item() == "2020"


def test_layers_are_never_added():
    assert not {"score", "total", "index"} & set(CAUSES.schema)
    assert len(causes()) == 10
    for cause in causes().values():
        assert cause.label
        assert cause.source
        assert cause.caution
    assert set(variables()) <= set(known_variables())


def test_a_secret_figure_of_an_iris_is_replaced_by_that_of_its_commune():
    secret = {"level": "iris", "code": "350010101", "variable": "poverty_rate", "value": None,
              "status": "suppressed", "vintage": "2021", "dataset": "test"}  # fmt: skip
    more = pl.concat([OBSERVATIONS, pl.DataFrame([secret], schema=OBSERVATIONS.schema)])
    row = causes_of(AREAS, more).filter(code="350010101", cause="poverty").row(0, named=True)
    assert (row["value"], row["from_level"], row["quality"]) == (0.20, "commune", "C")


def test_no_help_within_reach_is_one_more_layer():
    access = pl.DataFrame(
        {"level": ["commune"] * 2, "code": ["35001", "35002"], "share_beyond": [0.4, None]}
    )
    found = no_help(access, vintage="2026")
    assert found["value"].to_list() == [0.4, None]
    assert found["state"].to_list() == ["ok", "missing"]


def test_the_mean_of_a_layer_counts_people_not_communes(table):
    weights = pl.DataFrame({"code": ["35001", "35003"], "persons": [300.0, 100.0]})
    # (0.20·300 + 0.10·100) / 400 = 0.175.
    assert references(table, weights)["poverty"] == pytest.approx(0.175)


def test_nothing_published_gives_no_row():
    assert causes_of(AREAS, OBSERVATIONS.clear()).height == 0
