from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import yaml

from portrea.territory.codes import (
    ARRONDISSEMENTS,
    Level,
    commune_expr,
    commune_of_arrondissement,
    commune_of_iris,
    departement_expr,
    departement_of,
    departement_regions,
    official_names,
    valid,
    well_formed,
)
from portrea.vocab.tables import LEVELS, OVERLAYS

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/territory/codes.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("case", CASES["valid"], ids=lambda c: f"{c['level']}:{c['code']}")
def test_valid(case):
    assert valid(case["level"], case["code"]) is case["valid"]
    column = pl.DataFrame({"level": [str(case["level"])], "code": [case["code"]]})
    told = column.select(well_formed(pl.col("level"), pl.col("code"))).item()
    assert told is case["valid"]


def test_levels_are_those_of_the_tables():
    assert tuple(level.value for level in Level) == LEVELS + OVERLAYS


@pytest.mark.parametrize(("commune", "departement"), CASES["departement_of"].items())
def test_departement_of(commune, departement):
    assert departement_of(commune) == departement
    column = pl.DataFrame({"c": [commune]}).select(departement_expr(pl.col("c")))
    assert column.item() == departement


@pytest.mark.parametrize(("iris", "commune"), CASES["commune_of_iris"].items())
def test_commune_of_iris(iris, commune):
    assert commune_of_iris(iris) == commune


@pytest.mark.parametrize(("code", "commune"), CASES["commune_of_arrondissement"].items())
def test_commune_of_arrondissement(code, commune):
    assert commune_of_arrondissement(code) == commune
    assert pl.DataFrame({"c": [code]}).select(commune_expr(pl.col("c"))).item() == commune


def test_forty_five_arrondissements():
    assert len(ARRONDISSEMENTS) == 20 + 9 + 16
    assert all(valid(Level.COMMUNE, code) for code in ARRONDISSEMENTS)


def test_every_departement_has_a_valid_region_and_a_name():
    names, regions = official_names(Level.DEPARTEMENT), official_names(Level.REGION)
    assert len([code for code in names if len(code) == 2 or code < "975" or code == "976"]) == 101
    for departement, region in departement_regions().items():
        assert valid(Level.DEPARTEMENT, departement)
        assert valid(Level.REGION, region)
        assert names[departement]
        assert regions[region]


@pytest.mark.shared
def test_codes_of_the_official_list(shared_reference):
    """Every commune and epci of 2026 is well formed, and no commune passes for a departement."""
    folder = shared_reference / "standards/cog"
    communes = pl.read_csv(folder / "communes_2026.csv", infer_schema=False)
    epci = pl.read_csv(folder / "epci_2026.csv", infer_schema=False)
    assert [c for c in communes["code"] if not valid("commune", c)] == []
    assert [c for c in epci["siren"] if not valid("epci", c)] == []
    today = communes.filter(pl.col("type") == "COM")  # a delegated one may keep another's code
    departements = [departement_of(c) for c in today["code"]]
    assert departements == today["departement"].to_list()
