"""Comparison indices: hand-worked cases, properties, and the published weights as an oracle."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import ParameterError
from portrea.needs import indices
from portrea.needs.indices.comparison import correlation
from portrea.needs.indices.definitions import axes, card, criteria, criteria_of

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "needs" / "indices.yaml").read_text("utf-8")
)
PUBLISHED = "ifn_mednum_iris_2020_base100_region_population.parquet"
PUBLISHED_AXES = {
    "ACCES A L'INFORMATION": "information",
    "ACCÈS AUX INTERFACES NUMERIQUES": "interfaces",
    "COMPETENCES ADMINISTATIVES": "administrative",
    "COMPÉTENCES NUMÉRIQUES / SCOLAIRES": "skills",
}


def part(scores: pl.DataFrame, name: str, codes: list[str]) -> list[float | None]:
    rows = dict(scores.filter(pl.col("part") == name).select("code", "value").iter_rows())
    return [rows.get(code) for code in codes]


def one_criterion(name: str, values: list[Any]) -> pl.DataFrame:
    codes = [f"{i:05d}" for i in range(len(values))]
    return pl.DataFrame(
        {"code": codes, "population": [100.0] * len(values), name: values}, strict=False
    )


def same(found: list[float | None], expected: list[float | None]) -> None:
    assert [v is None for v in found] == [v is None for v in expected], found
    for a, b in zip(found, expected, strict=True):
        assert a == b or (a is not None and b is not None and a == pytest.approx(b, abs=2e-6))


# -- first version ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["interfaces", "information", "skills", "administrative", "total"])
def test_v1_by_hand(name: str) -> None:
    case = CASES["v1"]
    table = pl.DataFrame(case["table"])
    scores = indices.ifn(table, version="v1")
    same(part(scores, name, ["A", "B"]), case["expected"][name])


def test_v1_never_goes_below_zero() -> None:
    case = CASES["v1_floor"]
    table = one_criterion("services", case["values"]).with_columns(
        population=pl.Series(case["population"])
    )
    same(part(indices.ifn(table), "services", table["code"].to_list()), case["scores"])


def test_v1_tells_how_much_is_known() -> None:
    case = CASES["v1"]
    scores = indices.ifn(pl.DataFrame(case["table"]), version="v1")
    known = scores.filter(pl.col("part") == "total").sort("code")["known"].to_list()
    assert known == pytest.approx(case["known"], abs=1e-6)


def test_a_missing_figure_is_never_zero() -> None:
    """The defect of the published index: a suppressed poverty rate made the commune look richer."""
    case = CASES["v1"]
    table = pl.DataFrame(case["table"])
    kept = indices.ifn(table, version="v1")
    zeroed = indices.ifn(table.with_columns(pl.col("single_parent").fill_null(0)), version="v1")
    assert part(kept, "information", ["A"])[0] > part(zeroed, "information", ["A"])[0]


def test_v1_reference_may_be_given_or_by_group() -> None:
    table = one_criterion("aged", [0.2, 0.4]).with_columns(region=pl.Series(["1", "2"]))
    own = indices.ifn(table, reference="region")
    assert part(own, "aged", table["code"].to_list()) == pytest.approx([100, 100])
    given_ = indices.ifn(table, reference={"aged": 0.2})
    assert part(given_, "aged", table["code"].to_list()) == pytest.approx([100, 200])


def test_weights_of_the_axes_are_those_recovered() -> None:
    weights = {axis.name: axis.weight for axis in axes()}
    assert sum(weights.values()) == pytest.approx(1)
    assert weights["information"] == weights["skills"] == pytest.approx(1 / 3)
    assert weights["interfaces"] == weights["administrative"] == pytest.approx(1 / 6)


@pytest.mark.shared
def test_v1_weights_give_the_published_scores(shared_data: Path) -> None:
    """49 427 IRIS: on those without a missing axis (coded 0), RMSE ≤ 0.35 (rounded figures)."""
    table = pl.read_parquet(shared_data / "reference" / PUBLISHED).rename(PUBLISHED_AXES)
    whole = table.filter(pl.min_horizontal(PUBLISHED_AXES.values()) > 0)
    assert whole.height > 45_000
    error = indices.combine_axes(whole) - whole["SCORE GLOBAL"]
    assert math.sqrt((error**2).mean()) <= 0.35
    holes = table.filter(pl.min_horizontal(PUBLISHED_AXES.values()) == 0)
    with_zeros = holes.with_columns(pl.col(list(PUBLISHED_AXES.values())).replace(0, None))
    assert (indices.combine_axes(with_zeros) - holes["SCORE GLOBAL"]).mean() > 5


# -- second version --------------------------------------------------------------------------------


def test_v2_points_and_totals_by_hand() -> None:
    case = CASES["v2_points"]
    table = one_criterion("aged", case["values"])
    scores, codes = indices.ifn(table, version="v2"), table["code"].to_list()
    same(part(scores, "aged", codes), case["points"])
    same(part(scores, "total", codes), case["totals"])


def test_v2_ties_stand_at_the_median() -> None:
    case = CASES["v2_ties"]
    table = one_criterion("poverty", case["values"])
    same(part(indices.ifn(table, version="v2"), "poverty", table["code"].to_list()), case["points"])


def test_v2_lower_may_be_worse(monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES["v2_direction"]
    monkeypatch.setitem(card()["v2"], "criteria", ["income"])
    table = one_criterion("income", case["values"])
    same(part(indices.ifn(table, version="v2"), "income", table["code"].to_list()), case["points"])


# -- third version ---------------------------------------------------------------------------------


@pytest.mark.parametrize("normalisation", ["minmax", "rank", "quantile"])
def test_v3_by_hand(normalisation: str) -> None:
    case = CASES["v3"]
    table = one_criterion("poverty", case["values"])
    scores = indices.ifn(table, version="v3", normalisation=normalisation)
    same(part(scores, "poverty", table["code"].to_list()), case[normalisation])
    same(part(scores, "total", table["code"].to_list()), case[normalisation])


def test_v3_is_said_inspired() -> None:
    assert "inspiré" in card()["about"]["v3"]["label"]
    assert card()["v3"]["normalisation"]["hypothese"] is True


@pytest.mark.parametrize(
    ("arguments", "word"),
    [({"version": "v4"}, "v4"), ({"version": "v3", "normalisation": "z"}, "z")],
)
def test_unknown_words_are_refused(arguments: dict[str, str], word: str) -> None:
    with pytest.raises(ParameterError, match=word):
        indices.ifn(one_criterion("aged", [1.0, 2.0]), **arguments)


# -- properties ------------------------------------------------------------------------------------

SHARES = st.lists(st.one_of(st.none(), st.floats(0.01, 1)), min_size=2, max_size=30)


@given(values=SHARES, version=st.sampled_from(indices.VERSIONS), seed=st.integers(0, 99))
def test_order_of_rows_changes_nothing(values: list[float | None], version: str, seed: int) -> None:
    table = one_criterion("aged", values)
    shuffled = table.sample(fraction=1, shuffle=True, seed=seed)
    one = indices.ifn(table, version=version).sort("code", "part")
    other = indices.ifn(shuffled, version=version).sort("code", "part")
    assert one["code"].to_list() == other["code"].to_list()
    assert np.allclose(one["value"], other["value"])


@given(values=SHARES, version=st.sampled_from(indices.VERSIONS))
def test_bounds_and_unknowns(values: list[float | None], version: str) -> None:
    table = one_criterion("aged", values)
    scores = indices.ifn(table, version=version)
    totals = scores.filter(pl.col("part") == "total")
    assert totals.height == sum(v is not None for v in values)
    assert totals["known"].is_between(0, 1).all()
    low, high = {"v1": (0, math.inf), "v2": (-10, 10), "v3": (1, 10)}[version]
    assert totals["value"].is_between(low - 1e-9, high + 1e-9).all()


@given(values=SHARES, version=st.sampled_from(indices.VERSIONS))
def test_more_of_a_harm_never_lowers_the_score(values: list[float | None], version: str) -> None:
    table = one_criterion("aged", values).drop_nulls("aged").sort("aged")
    codes = table["code"].to_list()
    found = part(indices.ifn(table, version=version), "total", codes)
    assert all(b >= a - 1e-9 for a, b in pairwise(found))


# -- criteria and territories ----------------------------------------------------------------------


def territories(*rows: tuple[str, str, str | None, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "level": level,
                "code": code,
                "name": code,
                "commune": commune,
                "epci": epci,
                "departement": "35",
                "region": "53",
            }
            for level, code, commune, epci in rows
        ]
    )


def figures(*rows: tuple[str, str, str, float | None, str, str]) -> pl.DataFrame:
    names = ("level", "code", "variable", "value", "vintage", "dataset")
    return pl.DataFrame(
        rows, schema=dict.fromkeys(names, pl.String) | {"value": pl.Float64}, orient="row"
    )


def test_criteria_take_the_newest_figure_and_never_a_zero() -> None:
    areas = territories(
        ("commune", "35001", "35001", "E"),
        ("commune", "35002", "35002", "E"),
        ("iris", "350010101", "35001", "E"),
        ("iris", "350010102", "35001", "E"),
        ("iris", "350020101", "35002", "E"),
    )
    found = indices.criteria_table(
        areas,
        figures(
            ("iris", "350010101", "persons", 100.0, "2021", "a"),
            ("iris", "350010102", "persons", 300.0, "2021", "a"),
            ("iris", "350010101", "persons_65_plus", 20.0, "2021", "a"),
            ("iris", "350010102", "persons_65_plus", 80.0, "2021", "a"),
            ("iris", "350020101", "persons", 50.0, "2021", "a"),
            ("iris", "350020101", "persons_65_plus", None, "2021", "a"),
            ("commune", "35002", "persons_65_plus", 18.0, "2017", "b"),
            ("commune", "35002", "persons", 45.0, "2017", "b"),
            ("commune", "35001", "persons_65_plus", 40.0, "2017", "b"),
            ("commune", "35001", "persons", 400.0, "2017", "b"),
            ("commune", "35001", "share_premises_fibre", 0.9, "2025", "c"),
            ("commune", "35002", "share_premises_without_thd", 0.3, "2019", "d"),
        ),
    )
    assert found["population"].to_list() == [400, 50]
    assert found["aged"].to_list() == pytest.approx([0.25, 0.4])
    assert found["aged_vintage"].to_list() == ["2021", "2017"]
    assert found["thd"].to_list() == pytest.approx([0.1, 0.3])
    assert found["poverty"].null_count() == 2
    summary = {row["criterion"]: row for row in indices.criteria_summary(found).to_dicts()}
    assert summary["aged"] == {"criterion": "aged", "covered": 1.0, "vintages": "2017, 2021"}
    assert summary["poverty"] == {"criterion": "poverty", "covered": 0.0, "vintages": ""}


def test_wider_areas_are_the_mean_of_their_inhabitants() -> None:
    case = CASES["weighted_communes"]
    aged = [score / 100 for score in case["scores"]]  # reference given by the mean of both: 0.9
    table = pl.DataFrame(
        {
            "code": ["A", "B"],
            "population": case["population"],
            **{key: ["E", "E"] for key in ("epci", "departement", "region")},
            **dict.fromkeys(("aged", "low_diploma", "single", "single_parent"), aged),
        }
    )
    blanks = [n for n in criteria() if n not in table.columns]
    table = table.with_columns(pl.lit(None, pl.Float64).alias(n) for n in blanks)
    found = indices.index_table(table, versions=("v1",))
    epci = found.filter((pl.col("level") == "epci") & (pl.col("part") == "skills"))
    assert epci["value"].item() * 0.9 == pytest.approx(case["epci"])
    holed = table.with_columns(
        pl.when(pl.col("code") == "A").then(pl.col(n)).alias(n) for n in ("aged", "low_diploma")
    )
    found = indices.index_table(holed, versions=("v1",))
    assert not found.filter((pl.col("level") == "epci") & (pl.col("part") == "skills")).height


def test_too_little_known_gives_no_total() -> None:
    table = one_criterion("aged", [0.1, 0.2]).with_columns(
        pl.lit("x").alias(n) for n in ("epci", "departement", "region")
    )
    blanks = [n for n in criteria() if n != "aged"]
    table = table.with_columns(pl.lit(None, pl.Float64).alias(n) for n in blanks)
    found = indices.index_table(table)
    assert "total" not in found["part"].to_list()
    assert {"aged"} <= set(found["part"])


# -- comparison ------------------------------------------------------------------------------------


def test_correlations_by_hand() -> None:
    case = CASES["correlation"]
    x, y, w = (np.array(case[n], dtype=float) for n in ("x", "y", "weights"))
    assert correlation(x, y) == pytest.approx(case["pearson"])
    assert correlation(x, y, w) == pytest.approx(case["weighted"], abs=1e-6)
    assert correlation(x[:2], y[:2]) is None
    assert correlation(x, np.ones(4)) is None


def sample() -> tuple[pl.DataFrame, pl.DataFrame]:
    codes = ["A", "B", "C", "D"]
    estimates = pl.DataFrame(
        {
            "level": ["epci"] * 4,
            "code": codes,
            "measure": ["a1"] * 4,
            "share": [0.1, 0.2, 0.3, 0.4],
            "population": [100.0, 100.0, 100.0, 500.0],
        }
    )
    rows = [("total", [2.0, 1.0, 4.0, 3.0]), ("thd", [300.0, 90.0, 100.0, 90.0])]
    index = pl.concat(
        pl.DataFrame(
            {
                "level": ["epci"] * 4,
                "code": codes,
                "version": ["v1"] * 4,
                "part": [name] * 4,
                "value": values,
                "known": [1.0] * 4,
            }
        )
        for name, values in rows
    )
    return estimates, index


def test_compare_writes_the_correlations() -> None:
    case = CASES["correlation"]
    found = indices.compare(*sample(), levels=("epci",), measures=("a1",))
    total = found.filter(pl.col("part") == "total").row(0, named=True)
    assert total["areas"] == 4
    assert total["spearman"] == pytest.approx(case["spearman"])
    assert total["weighted"] == pytest.approx(case["weighted"], abs=1e-6)


def test_disagreements_are_ranked_and_explained() -> None:
    """A is last by share, third by the index: the missing very high speed lifts it."""
    found = indices.disagreements(*sample(), level="epci", codes=["A", "B", "C", "D"])
    first = found.filter(pl.col("code") == "A").row(0, named=True)
    assert (first["rank_measure"], first["rank_index"], first["gap"]) == (4, 3, 1)
    assert first["reason"] == criteria()["thd"].label
    assert found["gap"].abs().is_sorted(descending=True)


def test_every_criterion_of_a_version_is_declared() -> None:
    for version in indices.VERSIONS:
        assert set(criteria_of(version)) <= set(criteria())
        about = card()["about"][version]
        assert about["source"]
        assert about["date"]
    assert len(criteria_of("v2")) == 11
    assert len(criteria_of("v3")) == 5
