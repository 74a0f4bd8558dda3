"""``portrea reach`` and ``portrea offer list`` on the hand-worked case, through a real store."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
import yaml
from click.testing import CliRunner

from portrea.base.errors import StoreError, TerritoryError
from portrea.cli.offer import offer
from portrea.cli.reach import reach
from portrea.needs.tables import ESTIMATES
from portrea.reach.measure import measure_reach
from portrea.reach.tables import WEIGHTS
from portrea.sources.store import Store
from portrea.vocab.tables import PLACES, TERRITORIES

CASE = yaml.safe_load((Path(__file__).parents[1] / "cases/reach/measure.yaml").read_text("utf-8"))
UPPER = [
    {"level": "epci", "code": "200000001", "name": "CC", "epci": "200000001", "departement": "01"},
    {"level": "departement", "code": "01", "name": "Ain", "departement": "01", "region": "84"},
    {"level": "region", "code": "84", "name": "Auvergne-Rhône-Alpes", "region": "84"},
    {"level": "france", "code": "FR", "name": "France"},
]


def table(declared, rows):
    return declared.conform(pl.DataFrame(rows, infer_schema_length=None))


def inhabited():
    """The inhabitants of each IRIS of the case: few of them, or an unknown number, is hidden."""
    keys = ("code", "measure", "population")
    row = {"level": "iris", "name": "", "quality": "N", "vintages": ""}
    return table(ESTIMATES, [row | {k: w[k] for k in keys} for w in CASE["weights"]])


@pytest.fixture
def computed(home):
    territories = table(TERRITORIES, CASE["territories"] + UPPER)
    places = table(PLACES, [{"name": p["id"], "source": "t", **p} for p in CASE["places"]])
    tables = {
        "territories": territories,
        "places": places,
        "estimates": inhabited(),
        "reach": measure_reach(territories, places, table(WEIGHTS, CASE["weights"])),
    }
    store = Store()
    store.switch_to(store.write_computation({"test": "reach"}, tables))
    return store


def run(command, *arguments):
    return CliRunner().invoke(command, list(arguments))


def test_the_table_says_the_hand_worked_figures(computed):
    result = run(reach, "epci:200000001", "--situation", "aide")
    assert result.exit_code == 0, result.output
    # 10.64 minutes, half of the persons beyond 10 minutes, nobody beyond 20
    assert "11 min" in result.output
    assert "50\u202f%" in result.output
    assert "temps en voiture estimés" in result.output.lower()


def test_json_keeps_every_digit(computed):
    result = run(reach, "epci:200000001", "--level", "commune", "--format", "json")
    rows = {(r["code"], r["situation"]): r for r in json.loads(result.output)}
    assert rows["01001", "information"]["persons_beyond_20"] == 50
    assert rows["01001", "aide"]["nearest_minutes"] == pytest.approx(3.9372864, abs=1e-5)
    assert rows["01001", "aide"]["name"] == "A"
    assert len(rows) == 2 * 5


def test_a_level_above_gives_the_area_that_contains(computed):
    result = run(reach, "commune:01001", "--level", "epci", "--format", "csv")
    assert result.exit_code == 0, result.output
    assert {line.split(",")[1] for line in result.output.splitlines()[1:]} == {"200000001"}


def test_france(computed):
    result = run(reach, "france", "--situation", "information", "--format", "csv")
    assert ",FR," in result.output


def test_nobody_teaches_is_said(computed):
    result = run(reach, "epci:200000001", "--situation", "formation")
    assert "aucun connu" in result.output


def test_an_unknown_territory_is_refused(computed):
    result = run(reach, "commune:99999")
    assert isinstance(result.exception, TerritoryError)


def test_without_a_computation(home):
    assert isinstance(run(reach, "france").exception, StoreError)


def test_places_are_listed(computed):
    result = run(offer, "list", "commune:01001")
    assert result.exit_code == 0, result.output
    assert "P1" in result.output
    assert "P3" not in result.output
    csv_text = run(offer, "list", "epci:200000001", "--situation", "information", "--format", "csv")
    assert [line.split(",")[0] for line in csv_text.output.splitlines()[1:]] == ["P3"]
    as_json = run(offer, "list", "epci:200000001", "--format", "json")
    assert {row["id"] for row in json.loads(as_json.output)} == {"P1", "P3"}
