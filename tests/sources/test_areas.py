"""Codes as producers write them, and Paris-Lyon-Marseille."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import DataError
from portrea.sources.areas import keep_communes, level_of, with_codes
from portrea.sources.source import Peek
from portrea.territory.codes import ARRONDISSEMENTS


def peek(name: str = "essai.csv") -> Peek:
    return Peek(Path(name), "csv", ())


def observations(rows: list[tuple[str, str, float | None, str]]) -> pl.DataFrame:
    return pl.DataFrame(
        [("commune", *row) for row in rows],
        schema={
            "level": pl.String,
            "code": pl.String,
            "variable": pl.String,
            "value": pl.Float64,
            "status": pl.String,
        },
        orient="row",
    )


def test_lost_zeros_are_put_back_and_said() -> None:
    areas = with_codes(pl.DataFrame({"c": ["1001", "35188"]}), "c", "commune", where="essai")
    assert areas.frame["code"].to_list() == ["01001", "35188"]
    assert [remark.code for remark in areas.remarks] == ["lost-zeros"]


def test_numeric_codes_are_read() -> None:
    areas = with_codes(pl.DataFrame({"c": [1001, 35188]}), "c", "commune", where="essai")
    assert areas.frame["code"].to_list() == ["01001", "35188"]


def test_bad_codes_are_named() -> None:
    with pytest.raises(DataError, match="20004"):
        with_codes(pl.DataFrame({"c": ["35188", "20004"]}), "c", "commune", where="essai.csv")


def test_repeated_codes_are_named() -> None:
    with pytest.raises(DataError, match="plusieurs fois : 35188"):
        with_codes(pl.DataFrame({"c": ["35188", "35188"]}), "c", "commune", where="essai.csv")


def test_rows_outside_communes_are_set_aside() -> None:
    areas = with_codes(pl.DataFrame({"c": ["35188", "99999", "XXXXX"]}), "c", "commune", where="e")
    assert areas.frame["code"].to_list() == ["35188"]
    assert "2 ligne(s)" in str(areas.remarks[0])


@pytest.mark.parametrize(
    ("column", "codes", "name", "level"),
    [
        ("IRIS", ["352380101"], "f.csv", "iris"),
        ("CODGEO", ["243500618"], "f.csv", "epci"),
        ("CODGEO", ["1001", "35188"], "f.csv", "commune"),
        ("CODGEO", ["35", "971"], "cc_filosofi_2021_DEP.csv", "departement"),
        ("CODGEO", ["53", "1"], "cc_filosofi_2021_REG.csv", "region"),
        ("CODGEO", ["QP035001"], "f.csv", "qpv"),
    ],
)
def test_level_is_told_by_column_codes_and_name(
    column: str, codes: list[str], name: str, level: str
) -> None:
    assert level_of(peek(name), column, pl.Series(codes), where=name) == level


def test_unknown_codes_are_refused() -> None:
    with pytest.raises(DataError, match="ne contient pas de codes"):
        level_of(peek(), "CODGEO", pl.Series(["trente-cinq"]), where="essai.csv")


def test_published_commune_wins_over_its_parts() -> None:
    table = observations(
        [("13055", "persons", 100.0, "ok"), ("13201", "persons", 40.0, "ok")],
    )
    kept = keep_communes(table).frame
    assert kept.select("code", "value").to_dicts() == [{"code": "13055", "value": 100.0}]


def test_sum_is_unknown_when_a_part_is_hidden() -> None:
    table = observations(
        [("69381", "persons", 40.0, "ok"), ("69382", "persons", None, "suppressed")],
    )
    row = keep_communes(table).frame.row(0, named=True)
    assert (row["code"], row["value"], row["status"]) == ("69123", None, "suppressed")


def test_rates_are_never_added() -> None:
    table = observations(
        [("75101", "poverty_rate", 0.1, "ok"), ("75102", "poverty_rate", 0.2, "ok")]
    )
    row = keep_communes(table).frame.row(0, named=True)
    assert (row["code"], row["value"], row["status"]) == ("75056", None, "missing")


@given(
    st.dictionaries(
        st.sampled_from([*ARRONDISSEMENTS, "35188", "01001"]),
        st.integers(5, 10**5).map(float),
        min_size=1,
    )
)
def test_nothing_is_lost_nor_counted_twice(values: dict[str, float]) -> None:
    table = observations([(code, "persons", value, "ok") for code, value in values.items()])
    kept = keep_communes(table).frame
    assert kept["value"].sum() == sum(values.values())
    assert not set(kept["code"]) & set(ARRONDISSEMENTS)
    assert kept["code"].is_unique().all()
