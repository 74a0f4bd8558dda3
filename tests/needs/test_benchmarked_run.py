from __future__ import annotations

import polars as pl
import pytest

from portrea.needs import run
from portrea.needs.benchmarking import check_targets


@pytest.fixture
def two_epcis(world):
    world.commune("35001", ["350010101", "350010102"]).commune("35002", ["350020000"])
    world.commune("35003", ["350030101", "350030102"], epci="200000002")
    for code, young, middle, old in [
        ("350010101", 500, 1500, 400),
        ("350010102", 700, 1800, 300),
        ("350020000", 200, 500, 250),
        ("350030101", 300, 900, 600),
        ("350030102", 350, 800, 150),
    ]:
        world.three_bands(code, young, middle, old)
    return world


def target(level: str, code: str, share: float) -> pl.DataFrame:
    return check_targets(
        pl.DataFrame(
            {
                "level": [level],
                "code": [code],
                "measure": ["a1"],
                "share": [share],
                "source": ["essai"],
            }
        )
    )


def compute(world, **options):
    return run(
        world.territories,
        world.observations,
        world.crosstab,
        levels=("iris", "epci", "region"),
        measures=("a1", "a2", "a3"),
        draws=50,
        **options,
    )


def test_a_region_is_exact_after_and_reported(two_epcis):
    plain = compute(two_epcis)
    found = compute(two_epcis, benchmark=target("region", "53", 0.25))
    row = found.estimates.filter(level="region", measure="a1").row(0, named=True)
    assert row["n"] == pytest.approx(0.25 * row["population"], abs=1e-6)
    assert row["n_low"] < row["n"] < row["n_high"]
    report = found.benchmarks.row(0, named=True)
    before = plain.estimates.filter(level="region", measure="a1")["n"][0]
    assert report["before"] == pytest.approx(before)
    assert report["after"] == pytest.approx(row["n"])
    # parts still add up, and the other measures are those of the plain run, bit for bit
    iris = found.estimates.filter(level="iris", measure="a1")
    assert iris["n"].sum() == pytest.approx(row["n"])
    others = pl.col("measure") != "a1"
    assert found.estimates.filter(others).equals(plain.estimates.filter(others))


def test_areas_outside_the_targets_do_not_change_by_a_bit(two_epcis):
    plain = compute(two_epcis).estimates
    found = compute(two_epcis, benchmark=target("epci", "200000002", 0.3)).estimates
    kept = (pl.col("level") == "iris") & ~pl.col("code").str.starts_with("35003")
    columns = ["code", "measure", "n", "n_low", "n_high", "share"]
    assert found.filter(kept).select(columns).equals(plain.filter(kept).select(columns))
    moved = found.filter(level="epci", code="200000002", measure="a1").row(0, named=True)
    assert moved["share"] == pytest.approx(0.3, abs=1e-9)


def test_a_selection_gives_the_benchmarked_numbers_of_the_whole(two_epcis):
    asked = target("region", "53", 0.25)
    whole = compute(two_epcis, benchmark=asked).estimates
    part = compute(two_epcis, benchmark=asked, selection=["350030101", "350030102"]).estimates
    same = part.join(whole, on=["level", "code", "measure"], suffix="_whole")
    assert same.filter(level="iris").height == 6
    assert same["n"].to_list() == pytest.approx(same["n_whole"].to_list())
    assert same["n_low"].to_list() == pytest.approx(same["n_low_whole"].to_list())


def test_no_target_is_the_plain_run(two_epcis):
    assert compute(two_epcis, benchmark=None).benchmarks.height == 0
