"""Access from the store: the need carried with its draws, the help, the border, what is hidden."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from portrea.base.errors import ParameterError
from portrea.reach.access import ACCESS
from portrea.sources.store import Store
from portrea.steering.access import Question, access_of, measure_of, prepare, published
from portrea.steering.computation import gather_inputs
from portrea.steering.demand import demand_of
from portrea.steering.rational import national_mean
from portrea.steering.reading import Reader

EPCI = "epci:243500618"


@pytest.fixture(scope="module")
def reader(demo_home):
    return Reader(Store(demo_home))


@pytest.fixture(scope="module")
def inputs(demo_home):
    return gather_inputs(Store(demo_home))


@pytest.fixture(scope="module")
def ground(reader):
    selection = reader.gazetteer.resolve(EPCI)
    return prepare(reader, selection, Question(need="information", draws=60))


@pytest.mark.parametrize("measure", ["a1", "b_load", "c"])
def test_the_draws_are_those_of_the_published_bounds(reader, inputs, measure):
    estimates = reader.computation.table("estimates").filter(
        (pl.col("level") == "iris") & (pl.col("measure") == measure) & pl.col("n").is_not_null()
    )
    rows = estimates.sort("code").head(30)
    found = demand_of(reader.store, rows["code"].to_list(), measure, draws=1000, inputs=inputs).at(
        rows["code"].to_list()
    )
    bounds = found.interval()
    assert rows.height > 5
    assert found.persons == pytest.approx(rows["n"].to_numpy(), rel=1e-6)
    for rank, name in enumerate(("n_low", "n_low80", "n_high80", "n_high")):
        assert bounds[:, rank] == pytest.approx(rows[name].to_numpy(), rel=1e-4, abs=1e-3), name
    assert found.sides == (2 if measure == "c" else 1)
    assert found.known.all()


def test_an_unknown_need_counts_for_nobody_and_says_so(reader, inputs):
    missing = reader.computation.table("estimates").filter(
        (pl.col("level") == "iris") & (pl.col("measure") == "c") & pl.col("n").is_null()
    )
    codes = missing["code"].head(3).to_list()
    found = demand_of(reader.store, codes, "c", draws=5, inputs=inputs)
    assert not found.known.any()
    assert not found.persons.any()
    assert not found.draws.any()


def test_a_measure_of_bounds_only_is_refused(reader, inputs):
    with pytest.raises(ParameterError, match="valeur centrale"):
        demand_of(reader.store, None, "c_a2", inputs=inputs)


def test_the_table_of_a_territory(ground, reader):
    table = published(ground.table(["commune", "epci"]), reader)
    ACCESS.check(table)
    assert table.height == 9
    whole = table.filter(pl.col("level") == "epci").row(0, named=True)
    communes = table.filter(pl.col("level") == "commune")
    assert communes["persons"].sum() == pytest.approx(whole["persons"])
    mean = (communes["persons"] * communes["access"]).sum() / whole["persons"]
    assert mean == pytest.approx(whole["access"])
    assert whole["access_low"] < whole["access"] < whole["access_high"]
    assert whole["measure"] == "a1"
    assert "A1" in ground.notes[0]
    assert whole["imputed_share"] < 0.2
    assert whole["firm_share"] == 0


def test_neighbours_without_estimate_are_told(reader, ground):
    """C is estimated in this EPCI alone: counted, its neighbours would be nobody."""
    sharing = ground.scores.times.origins.tolist()
    chosen, notes = measure_of(reader, sharing, "c")
    assert chosen == "c"
    assert "surestimé" in notes[0]
    assert measure_of(reader, list(ground.inside)) == ("c", ())


def test_people_beyond_the_border_share_the_places(ground):
    codes = set(ground.scores.times.origins.tolist())
    assert set(ground.inside) < codes
    served = ground.scores.access @ ground.scores.demand.persons
    given = ground.scores.supply.hours.sum() - ground.scores.unreached
    assert served == pytest.approx(given, rel=1e-9)


def test_persons_of_hidden_areas_are_removed(ground, reader, monkeypatch):
    table = ground.table(["iris", "commune"])
    code = ground.inside[0]
    commune = ground.territories.filter(pl.col("code") == code)["commune"][0]
    hidden = pl.DataFrame({"code": [code], "commune": [commune]})
    monkeypatch.setitem(reader.snapshot.__dict__, "withheld", hidden)
    cut = published(table.with_columns(share_beyond=pl.lit(0.5)), reader)
    row = cut.filter((pl.col("level") == "iris") & (pl.col("code") == code)).row(0, named=True)
    assert row["persons"] is None
    assert row["persons_high"] is None
    assert row["access"] is not None
    above = cut.filter((pl.col("level") == "commune") & (pl.col("code") == commune))
    assert above["persons_beyond"].item() is None
    assert above["persons"].item() is not None
    others = cut.filter((pl.col("level") == "commune") & (pl.col("code") != commune))
    assert others["persons_beyond"].null_count() == 0


@pytest.mark.parametrize(
    "wrong",
    [{"measure": "c_a2"}, {"decay": "x"}, {"method": "x"}, {"need": "x"}, {"when": "minuit"}],
)
def test_wrong_choices_are_said(reader, wrong):
    selection = reader.gazetteer.resolve("commune:35211")
    question = Question(**({"need": "information", "measure": "a1", "draws": 2} | wrong))
    with pytest.raises(ParameterError, match=r"inconnu|n’est pas estimée"):
        access_of(reader, selection, question, levels=["commune"])


def test_rational_agents_say_what_the_edge_of_the_map_weighs(reader, ground):
    selection = reader.gazetteer.resolve(EPCI)
    found = prepare(reader, selection, Question(need="information", method="raam", draws=60))
    table = published(found.table(["commune", "epci"]), reader)
    ACCESS.check(table)
    whole = table.filter(pl.col("level") == "epci").row(0, named=True)
    assert (whole["method"], whole["decay"]) == ("raam", "tau60")
    assert whole["access_low"] < whole["access"] < whole["access_high"]
    assert 0 <= whole["edge"] < 0.02
    assert 0 < whole["gap"] <= 0.001
    assert "50 tirages" in found.notes[-1]
    assert "au plus" in found.notes[-1]
    same = ground.table(["epci"]).row(0, named=True)
    for name in ("persons", "persons_low", "persons_high", "nearest_minutes", "share_beyond_low"):
        assert whole[name] == pytest.approx(same[name], rel=1e-6), name


def test_without_a_national_need_the_mean_is_that_around_and_it_is_said(reader, ground):
    assert national_mean(reader, "c", ground.scores.supply) is None
    everyone = national_mean(reader, "a1", ground.scores.supply)
    counts = reader.computation.table("estimates").filter(
        (pl.col("level") == "iris") & (pl.col("measure") == "a1")
    )
    assert everyone > 0
    assert counts["n"].sum() / everyone >= ground.scores.supply.hours.sum()
    selection = reader.gazetteer.resolve(EPCI)
    asked = Question(need="information", measure="c", method="raam", draws=2)
    assert any("environs" in note for note in prepare(reader, selection, asked).notes)


def test_no_place_at_all_is_zero_access_not_an_error(reader):
    """The embedded places inform; none of them helps with a procedure."""
    selection = reader.gazetteer.resolve("commune:35211")
    table = access_of(reader, selection, Question(need="formation", draws=2), levels=["commune"])
    row = table.row(0, named=True)
    assert row["access"] == 0
    assert row["nearest_minutes"] is None
    assert np.isclose(row["share_beyond"], 1)
