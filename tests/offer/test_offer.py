"""The offer: completeness, freshness, counts, hours and ranking, on hand-worked cases."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from portrea.base.errors import ParameterError
from portrea.offer.listing import counts_by_kind, counts_by_situation, heat_table, list_places
from portrea.offer.quality import CRITERIA, completeness, freshness
from portrea.offer.ranking import rank_places
from portrea.reach.travel import minutes_between
from portrea.vocab.tables import PLACES

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/offer/places.yaml").read_text("utf-8"))


def places_of(rows: list[dict]) -> pl.DataFrame:
    return PLACES.conform(pl.DataFrame(rows, infer_schema_length=None), where="cas")


@pytest.fixture(scope="module")
def places() -> pl.DataFrame:
    return places_of(CASES["places"])


def hundredths(origin, longitude, latitude):
    """One minute per hundredth of a degree of longitude: easy to work by hand."""
    return np.round(np.abs(np.asarray(longitude) - origin[0]) * 100, 6)


def plain(text):
    return None if text is None else text.replace("\u202f", " ")


def test_completeness(places):
    score = dict(zip(places["id"], completeness(places), strict=True))
    assert {key: score[key] for key in CASES["completeness"]} == CASES["completeness"]
    assert len(CRITERIA) == 8


def test_freshness(places):
    tiers = freshness(places, on=dt.date(2026, 11, 24))
    told = dict(zip(places["id"], tiers, strict=True))
    expected = CASES["freshness_on_2026_11_24"]
    assert {key: told[key] for key in expected} == expected


def test_counts(places):
    by_situation = dict(counts_by_situation(places).iter_rows())
    assert by_situation == CASES["counts_by_situation"]
    assert dict(counts_by_kind(places).iter_rows()) == CASES["counts_by_kind"]
    by_commune = counts_by_situation(places, by="commune")
    assert by_commune["places"].sum() == sum(CASES["counts_by_situation"].values())
    assert by_commune.filter(commune="35223", situation="aide")["places"].item() == 1
    assert by_commune.filter(commune="35223", situation="formation")["places"].item() == 0


def test_heat(places):
    table, known = heat_table(places)
    assert known == 2
    for case in CASES["heat"]:
        assert table[case["day"], case["hour"]] == case["places"]
    assert table.sum() == 5 * 3 + 4  # nine to noon five days, two to six on Tuesday


def test_list_places(places):
    aide = list_places(places, situation="aide", communes=["56075"])
    assert set(aide["id"]) == {"a:2", "b:9"}
    assert list_places(places, kind="ASSO")["id"].to_list() == ["b:11", "b:9"]
    with pytest.raises(ParameterError, match="Situation inconnue"):
        list_places(places, situation="argent")


@pytest.mark.parametrize("case", CASES["ranking"], ids=lambda c: c["situation"])
def test_ranking(places, case):
    ranked = rank_places(
        places,
        origin=(-2.12, 47.90),
        situation=case["situation"],
        date=case["date"],
        travel=hundredths,
    )
    assert ranked["id"].to_list() == case["ids"]
    assert ranked["minutes"].to_list() == case["minutes"]
    assert ranked["rank"].to_list() == list(range(1, len(case["ids"]) + 1))
    for got, expected in zip(ranked["reason"], case["reasons"], strict=True):
        assert expected is None or plain(got) == expected


def test_a_holiday_closes_the_place_that_says_so(places):
    ranked = rank_places(
        places.with_columns(hours=pl.lit("Mo-Fr 09:00-12:00; PH off")),
        origin=(-2.12, 47.90),
        situation="information",
        date=dt.date(2025, 7, 14),
        travel=hundredths,
    )
    assert "fermé lundi" in ranked["reason"][0]


def test_ranking_with_the_real_travel_times(places):
    ranked = rank_places(
        places, origin=(-2.12, 47.90), situation="aide", date=dt.date(2026, 11, 24),
        travel=minutes_between,
    )  # fmt: skip
    assert ranked["id"].to_list() == ["a:2", "b:9", "b:10"]
    # 0.01° of longitude at 47.9°: 0.7455 km, ×1.3 at 36 km/h = 1.615 minutes
    assert ranked["minutes"][0] == pytest.approx(1.615, abs=0.001)
