from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portrea.base.errors import ParameterError, TerritoryError
from portrea.needs import estimate
from portrea.needs.grid import SCHOOLED
from portrea.needs.model import prepare
from portrea.needs.parameters import load_parameters
from portrea.needs.tables import ESTIMATES, MEASURES

FOLDER = Path(__file__).parents[1] / "cases/needs"
ALL_LEVELS = ("iris", "commune", "epci", "departement", "region", "france")
COUNTS = (
    "non_schooled_no_diploma",
    "non_schooled_bepc",
    "non_schooled_capbep",
    "non_schooled_bac",
    "non_schooled_sup",
)
CAF = ("households_rsa", "households_ppa", "households_aah", "jobseekers_abcde")


def cases(name: str):
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))


def run(world, **options) -> pl.DataFrame:
    return estimate(world.territories, world.observations, world.crosstab, **options)


def row(frame: pl.DataFrame, level: str, code: str, measure: str) -> dict:
    found = frame.filter(
        (pl.col("level") == level) & (pl.col("code") == code) & (pl.col("measure") == measure)
    )
    assert found.height == 1
    return found.row(0, named=True)


@pytest.mark.parametrize("case", cases("a1_by_age"), ids=lambda c: c["name"])
def test_a1_by_age_hand_worked(world, case):
    world.commune("35001", ["350010000"])
    total = sum(case["bands"].values())
    world.figure("iris", "350010000", {**case["bands"], "persons": total})
    got = row(run(world, measures=["a1"]), "commune", "35001", "a1")
    assert got["n"] == pytest.approx(case["n"], abs=1e-6)
    assert got["population"] == pytest.approx(case["population"], abs=1e-6)
    assert got["n_low"] < got["n"] < got["n_high"]
    assert got["quality"] == "D"


@pytest.mark.parametrize("case", cases("a2_bounds"), ids=lambda c: c["name"])
def test_a2_is_only_bounds_when_ages_alone_are_known(world, case):
    world.commune("35001", ["350010000"])
    world.figure("iris", "350010000", {**case["bands"], "persons": sum(case["bands"].values())})
    got = row(run(world, measures=["a2"]), "iris", "350010000", "a2")
    assert got["n"] is None
    assert (got["n_low"], got["n_high"]) == pytest.approx((case["low"], case["high"]), abs=0.05)
    assert got["quality"] == "D"


@pytest.mark.parametrize("split", [1, 3])
def test_a2_is_exact_from_for2(world, split):
    case = cases("a2_for2")
    world.place("region", "83")
    for i in range(split):
        world.place("commune", f"6300{i}", region="83")
    world.table("region", "83", case["ages"], case["diplomas"], case["persons"])
    got = row(run(world, measures=["a2"]), "region", "83", "a2")
    assert got["n"] == pytest.approx(case["a2"], abs=1e-6)
    assert got["quality"] == "A"
    assert got["n_low"] < case["a2"] < got["n_high"]
    assert (got["n_high"] - got["n_low"]) / got["n"] < 0.02


def test_a2_is_exact_from_for2_beside_iris_ages(town):
    case = cases("a2_for2")
    town.table("commune", "35001", case["ages"], case["diplomas"], case["persons"])
    frame = run(town, measures=["a2"])
    got = row(frame, "commune", "35001", "a2")
    assert got["n"] == pytest.approx(case["a2"], abs=1e-3)
    assert got["quality"] == "A"
    iris = frame.filter((pl.col("level") == "iris") & pl.col("code").str.starts_with("35001"))
    assert iris["n"].sum() == pytest.approx(case["a2"], abs=1e-3)
    assert set(iris["quality"]) == {"C"}


@pytest.mark.parametrize(("table", "share"), [("2022", 0.30), ("2012", 0.20)])
def test_the_newest_diplomas_hold_whatever_their_form(town, table, share):
    """A cross table (30 % without diploma) against counts of 2018 (20 %): the newest holds."""
    counts = dict(zip(COUNTS, (20, 10, 30, 20, 20), strict=True))
    town.figure("commune", "35001", counts, vintage="2018")
    ages, persons = ["15-64", "65+"], [[20, 50], [10, 20]]
    town.table("commune", "35001", ages, ["no_diploma", "bac"], persons, vintage=table)
    model = prepare(
        town.territories,
        town.observations,
        town.crosstab,
        selection=None,
        parameters=load_parameters(),
        with_b=False,
    )
    inside = (model.atoms["commune"] == "35001").to_numpy()
    joint = model.structure.joint[inside][:, :, :SCHOOLED]
    assert joint[:, :, 0].sum((1,)) / joint.sum((1, 2)) == pytest.approx(share, abs=1e-4)


@pytest.mark.parametrize("case", cases("b_union"), ids=lambda c: c["name"])
def test_b_hand_worked(world, case):
    world.commune("35001", ["350010000"])
    # Only adults of working age: 30-44 years, so the universe 15-64 is exact.
    bands = dict.fromkeys(
        ("persons_0_14", "persons_15_29", "persons_45_59", "persons_60_74", "persons_75_plus"), 0
    )
    world.figure("iris", "350010000", {**bands, "persons_30_44": case["persons_15_64"]})
    world.figure("commune", "35001", {k: case[k] for k in CAF}, source="caf")
    frame = run(world, measures=["b", "b_sum"])
    assert row(frame, "commune", "35001", "b_sum")["n"] == pytest.approx(case["sum"], abs=0.02)
    got = row(frame, "commune", "35001", "b")
    assert got["n"] == pytest.approx(case["union"], abs=0.02)
    assert got["quality"] == "B"
    assert got["population"] == pytest.approx(case["persons_15_64"])


def test_without_figures_b_and_c_are_not_available_never_zero(town):
    frame = run(town, measures=["b", "b_sum", "c"])
    assert set(frame["quality"]) == {"N"}
    assert frame.select("n", "n_low", "n_high", "share").null_count().row(0) == (frame.height,) * 4
    assert frame["vintages"].str.contains("manque").all()


def _with_benefits(world):
    world.figure(
        "commune", "35001", dict(zip(CAF, (180, 420, 60, 390), strict=True)), source="caf",
        status="rounded",
    )  # fmt: skip
    world.figure(
        "commune", "35002", dict(zip(CAF, (15, 60, 10, 45), strict=True)), source="caf",
        status="rounded",
    )  # fmt: skip
    world.figure("commune", "35001", {"share_low_diploma_of_15_plus": 0.52}, vintage="2017")
    world.figure("commune", "35002", {"share_low_diploma_of_15_plus": 0.66}, vintage="2017")
    return world


def test_everything_is_additive_bounded_and_conforms(town):
    frame = run(_with_benefits(town), levels=ALL_LEVELS)
    ESTIMATES.check(frame)
    for measure in MEASURES:
        totals = {
            level: frame.filter((pl.col("measure") == measure) & (pl.col("level") == level))
            for level in ALL_LEVELS
        }
        for column in ("n", "population"):
            sums = [part[column].sum() for part in totals.values()]
            assert sums == pytest.approx([sums[0]] * len(sums), rel=1e-9)
    assert frame.filter(pl.col("measure") == "c_a2")["n"].is_null().all()
    full = frame.drop_nulls("n")
    assert (full["n_low"] <= full["n"]).all()
    assert (full["n"] <= full["n_high"]).all()
    persons = full.filter(pl.col("measure") != "b_load")
    assert (persons["n_high"] <= persons["population"] + 1e-9).all()


def test_an_iris_alone_gives_the_same_rows_as_the_whole(town):
    world = _with_benefits(town)
    world.commune("35900", ["359000000"], epci="200000009").three_bands("359000000", 90, 300, 80)
    whole = run(world).filter(pl.col("code") == "350010102")
    alone = run(world, selection=["350010102"])
    assert set(alone["level"]) == {"iris"}
    assert alone.sort("measure").equals(whole.sort("measure"), null_equal=True)


def test_rows_do_not_depend_on_the_size_of_chunks(town, monkeypatch):
    world = _with_benefits(town)
    world.commune("35900", ["359000000"], epci="200000009").three_bands("359000000", 90, 300, 80)
    whole = run(world, levels=ALL_LEVELS)
    monkeypatch.setattr("portrea.needs.estimation.CHUNK", 1)
    cut = run(world, levels=ALL_LEVELS)
    for column in ("n", "n_low", "n_high"):
        ours, theirs = whole[column].to_numpy(), cut[column].to_numpy()
        assert ours == pytest.approx(theirs, rel=1e-5, nan_ok=True)


def test_a_selection_gives_only_areas_it_holds_entirely(town):
    frame = run(town, selection=["350010101", "350020000"], measures=["a1"])
    assert set(frame["code"]) == {"350010101", "350020000", "35002"}


def test_selection_level_is_the_union(town):
    codes = ["350010101", "350020000"]
    frame = run(town, selection=codes, levels=["iris", "selection"], measures=["a1"])
    parts = frame.filter(pl.col("level") == "iris")["n"].sum()
    assert row(frame, "selection", "selection", "a1")["n"] == pytest.approx(parts)


def test_rows_do_not_depend_on_the_order_of_inputs(town):
    world = _with_benefits(town)
    frame = run(world)
    shuffled = estimate(
        world.territories.sample(fraction=1, shuffle=True, seed=4),
        world.observations.sample(fraction=1, shuffle=True, seed=5),
        world.crosstab,
    )
    key = ["level", "code", "measure"]
    a, b = frame.sort(key), shuffled.sort(key)
    numbers = ["population", "n", "n_low", "n_high"]
    for column in numbers:
        assert a[column].to_numpy() == pytest.approx(b[column].to_numpy(), rel=1e-6, nan_ok=True)


def test_grade_falls_when_an_input_is_missing(world):
    bands = {
        "persons_0_14": 300, "persons_15_29": 400, "persons_30_44": 350, "persons_45_59": 380,
        "persons_60_74": 320, "persons_75_plus": 150,
    }  # fmt: skip
    diplomas = {
        "non_schooled_15_plus": 1400, "non_schooled_no_diploma": 280, "non_schooled_bepc": 80,
        "non_schooled_capbep": 400, "non_schooled_bac": 240, "non_schooled_sup2": 160,
        "non_schooled_sup34": 120, "non_schooled_sup5": 120,
    }  # fmt: skip
    world.commune("35001", ["350010000"]).figure("iris", "350010000", {**bands, **diplomas})
    best = row(run(world, measures=["a2"]), "iris", "350010000", "a2")
    assert best["quality"] == "B"
    world.figures = [f for f in world.figures if not f["variable"].startswith("non_schooled")]
    world.figure("commune", "35001", {"share_low_diploma_of_15_plus": 760 / 1600}, vintage="2017")
    partial = row(run(world, measures=["a2"]), "iris", "350010000", "a2")
    assert partial["quality"] == "C"
    assert partial["n_high"] - partial["n_low"] > best["n_high"] - best["n_low"]


def test_official_margins_are_met(world):
    """A2 of one IRIS: the under-65 without diploma cannot exceed the published total."""
    bands = {
        "persons_0_14": 300, "persons_15_29": 400, "persons_30_44": 350, "persons_45_59": 380,
        "persons_60_74": 320, "persons_75_plus": 150, "persons_65_plus": 350,
    }  # fmt: skip
    diplomas = {
        "non_schooled_15_plus": 1400, "non_schooled_no_diploma": 280, "non_schooled_bepc": 80,
        "non_schooled_capbep": 400, "non_schooled_bac": 240, "non_schooled_sup": 400,
        "schooled_15_plus": 200,
    }  # fmt: skip
    world.commune("35001", ["350010000"]).figure("iris", "350010000", {**bands, **diplomas})
    got = row(run(world, measures=["a2"]), "iris", "350010000", "a2")
    assert got["population"] == pytest.approx(1400, rel=0.005)
    assert 330 < got["n"] < 350 + 280


def test_definition_of_diplmin_before_2016_includes_the_brevet(world):
    """RP2015 DIPLMIN counts the BEPC: read as « sans diplôme ou CEP » it would inflate A2."""
    world.commune("35001", ["350010000"]).three_bands("350010000", 300, 1100, 200)
    common = {"non_schooled_capbep": 350, "non_schooled_bac": 220, "non_schooled_sup": 300}
    world.figure(
        "commune", "35001", {"non_schooled_no_diploma_or_bepc": 330, **common}, vintage="2015"
    )
    old = row(run(world, measures=["a2"]), "commune", "35001", "a2")
    assert old["quality"] == "C"
    world.figures = [f for f in world.figures if not f["variable"].startswith("non_schooled")]
    wrong = {"non_schooled_no_diploma": 330, "non_schooled_bepc": 0, **common}
    world.figure("commune", "35001", wrong, vintage="2021")
    new = row(run(world, measures=["a2"]), "commune", "35001", "a2")
    assert old["n"] < new["n"] - 20


def test_finest_and_latest_figure_wins_and_suppressed_is_never_used(town):
    town.figure("commune", "35002", {"share_low_diploma_of_15_plus": 0.9}, vintage="2012")
    town.figure("commune", "35002", {"share_low_diploma_of_15_plus": 0.4}, vintage="2017")
    town.figure(
        "commune", "35002", {"share_low_diploma_of_15_plus": 0.8}, vintage="2020",
        status="suppressed",
    )  # fmt: skip
    alone = row(run(town, measures=["a2"]), "commune", "35002", "a2")
    town.figures = [f for f in town.figures if f["vintage"] in {"2017", "2021"}]
    again = row(run(town, measures=["a2"]), "commune", "35002", "a2")
    assert alone["n"] == pytest.approx(again["n"])
    assert "2017" in alone["vintages"]


def test_epci_total_is_shared_between_communes_that_publish_nothing(town):
    town.figure("epci", "200000001", dict(zip(CAF, (195, 480, 70, 435), strict=True)), source="caf")
    frame = run(town, measures=["b_sum"])
    assert row(frame, "epci", "200000001", "b_sum")["quality"] == "B"
    assert row(frame, "commune", "35002", "b_sum")["quality"] == "D"
    town.figure("commune", "35001", dict(zip(CAF, (180, 420, 60, 390), strict=True)), source="caf")
    frame = run(town, measures=["b_sum"])
    # what is left for 35002: 15, 60, 10 households and 45 persons
    rest = 15 * 1.123 + 60 * 1.2568 + 10 + 45
    assert row(frame, "commune", "35002", "b_sum")["n"] == pytest.approx(rest)


def test_c_stays_inside_its_frechet_bounds(town):
    frame = run(_with_benefits(town))
    for code, level in (("35001", "commune"), ("350010103", "iris"), ("53", "region")):
        c, b = row(frame, level, code, "c"), row(frame, level, code, "b")
        assert 0 < c["n_low"] < c["n"] < c["n_high"] < b["n"]


def test_unknown_level_or_measure_is_said_in_french(town):
    with pytest.raises(ParameterError, match="niveau « canton »"):
        run(town, levels=["canton"])
    with pytest.raises(ParameterError, match="mesure « a9 »"):
        run(town, measures=["a9"])


def test_empty_selection_is_an_error(town):
    with pytest.raises(TerritoryError, match="Aucune zone"):
        run(town, selection=["999999999"])


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_more_elderly_means_more_a1(world, data):
    world.places, world.figures = [], []
    young, middle, old = (data.draw(st.integers(0, 3000)) for _ in range(3))
    moved = data.draw(st.integers(0, middle))
    world.commune("35001", ["350010000"]).commune("35002", ["350020000"])
    world.three_bands("350010000", young, middle, old)
    world.three_bands("350020000", young, middle - moved, old + moved)
    frame = run(world, measures=["a1"], draws=20)
    before, after = (row(frame, "commune", c, "a1") for c in ("35001", "35002"))
    if young + middle + old:
        assert after["n"] >= before["n"] - 1e-9
        assert 0 <= before["n_low"] <= before["n"] <= before["n_high"] <= before["population"]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_lower_diplomas_at_equal_ages_never_mean_less_a1(world, data):
    """From the published table to the estimate: only the diplomas of one band of ages differ.

    Inside 15-64 a person takes the ages of her diploma: those who stopped at the bac are younger
    than graduates, which may make up for the difference of diploma, to a hundredth of a person.
    """
    world.places, world.figures, world.cells = [], [], []
    ages, diplomas = ["15-64", "65+"], ["no_diploma", "capbep", "bac", "sup"]
    cell = st.integers(0, 900)
    table = [[data.draw(cell) for _ in diplomas] for _ in ages]
    age, lower = data.draw(st.integers(0, 1)), data.draw(st.integers(0, 2))
    higher = data.draw(st.integers(lower + 1, 3))
    moved = data.draw(st.integers(0, table[age][higher]))
    other = [list(line) for line in table]
    other[age][lower] += moved
    other[age][higher] -= moved
    for code, persons in (("35001", table), ("35002", other)):
        world.commune(code, [f"{code}0000"])
        world.three_bands(f"{code}0000", 0, sum(persons[0]), sum(persons[1]))
        world.table("commune", code, ages, diplomas, persons)
    frame = run(world, measures=["a1", "a2"], draws=5)
    for measure in ("a1", "a2"):
        before, after = (row(frame, "commune", c, measure) for c in ("35001", "35002"))
        if sum(map(sum, table)):
            younger = (age, lower, higher) == (0, 2, 3)
            assert after["n"] >= before["n"] - 1e-6 - 0.01 * moved * younger


def test_more_draws_refine_but_do_not_move_the_estimate(town):
    few, many = (run(town, measures=["a1"], draws=d) for d in (50, 400))
    assert few["n"].to_list() == many["n"].to_list()
    width_few = (few["n_high"] - few["n_low"]).to_numpy()
    width_many = (many["n_high"] - many["n_low"]).to_numpy()
    assert np.abs(np.log(width_few / width_many)).max() < 0.6


@pytest.mark.parametrize("draws", [0, -3, 65_537])
def test_a_number_of_draws_out_of_reach_is_refused(town, draws):
    with pytest.raises(ParameterError, match="nombre de tirages"):
        run(town, draws=draws)
