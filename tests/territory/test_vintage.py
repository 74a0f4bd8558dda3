from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.base.errors import DataError, ParameterError
from portrea.territory.codes import valid
from portrea.territory.vintage import (
    NEWEST,
    OLDEST,
    Passage,
    changes,
    diagnose_join,
    last_change,
    to_today,
    to_vintage,
)

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/territory/passage.yaml").read_text("utf-8")
)["cases"]
SCHEMA = {"commune": pl.String, "count": pl.Int64}
TOUCHED = sorted({code for c in changes() for code in (c.before, c.after)} | {"35188", "75056"})


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_case(case):
    before = pl.DataFrame(case["before"], schema=SCHEMA, orient="row")
    after = to_vintage(before, "commune", case["source"], case["target"], sums=["count"])
    assert sorted(after.rows()) == sorted(tuple(row) for row in case["after"])


def test_keys_other_than_the_commune_are_kept():
    frame = pl.DataFrame(
        {"commune": ["35062", "35112", "35112"], "age": ["a", "a", "b"], "count": [1, 2, 4]}
    )
    after = to_vintage(frame, "commune", 2023, 2026, sums=["count"])
    assert sorted(after.select("commune", "age", "count").rows()) == [
        ("35062", "a", 3),
        ("35062", "b", 4),
    ]


counts = st.dictionaries(st.sampled_from(TOUCHED), st.integers(0, 10**6), min_size=1)
years = st.integers(OLDEST, NEWEST)


@given(counts, years, years)
@settings(max_examples=50, deadline=None)
def test_totals_are_preserved(table, source, target):
    frame = pl.DataFrame({"commune": list(table), "count": list(table.values())})
    after = to_vintage(frame, "commune", source, target, sums=["count"])
    assert after["count"].sum() == sum(table.values())
    assert after["commune"].is_unique().all()
    assert set(after["passage"]) <= {passage.value for passage in Passage}


@given(counts, years, years, st.randoms())
@settings(max_examples=25, deadline=None)
def test_order_of_rows_does_not_matter(table, source, target, random):
    frame = pl.DataFrame({"commune": list(table), "count": list(table.values())})
    shuffled = frame[random.sample(range(len(table)), len(table))]
    results = [
        to_vintage(f, "commune", source, target, sums=["count"]).sort("commune")
        for f in (frame, shuffled)
    ]
    assert results[0].equals(results[1])


def test_the_table_holds_the_108_abolished_codes():
    assert len(to_today()) == 108
    assert all(valid("commune", code) for pair in to_today().items() for code in pair)
    assert not set(to_today()) & set(to_today().values())
    assert sum(change.kind == "split" for change in changes()) == 8
    assert "27676" not in to_today()  # came back in 2023
    assert to_today()["27058"] == "27676"
    assert last_change("35062") is None
    assert last_change("35112").name_after == "La Chapelle-Fleurigné"


def test_no_chain_is_hidden_in_the_table():
    """Codes that lead to the same commune leave the same year: no step between is missing."""
    years_of: dict[str, set[int]] = {}
    for change in changes():
        if change.kind == "fusion":
            years_of.setdefault(change.after, set()).add(change.first_seen)
    assert {code: y for code, y in years_of.items() if len(y) > 1} == {}


@pytest.mark.shared
def test_passage_is_that_of_the_reference(shared_reference):
    path = shared_reference / "standards/cog/passage_communes_vers_2026.csv"
    rows = pl.read_csv(path, infer_schema=False)
    expected = dict(rows.select("code_ancien", "code_2026").iter_rows())
    assert dict(to_today()) == expected


@pytest.mark.parametrize("year", [2018, 2027])
def test_unknown_year_is_refused(year):
    frame = pl.DataFrame({"commune": ["35188"], "count": [1]})
    with pytest.raises(ParameterError, match=str(year)):
        to_vintage(frame, "commune", year, 2026, sums=["count"])


def test_ambiguous_old_code_is_named():
    frame = pl.DataFrame({"commune": ["35188", "55273"], "count": [1, 1]})
    with pytest.raises(DataError) as caught:
        to_vintage(frame, "commune", 2019, 2026, sums=["count"])
    assert "55245 ou 55386" in str(caught.value)


def test_two_vintages_that_do_not_join_are_explained():
    old = pl.Series(["35062", "35112", "35188", "15141"])
    new = pl.Series(["35062", "35188", "15141", "15031", "99998"])
    faults = diagnose_join(old, new, left_name="recensement 2021", right_name="contours 2025")
    by_code = {fault.value: fault for fault in faults}
    assert set(by_code) == {"35112", "15031", "99998"}
    assert "La Chapelle-Fleurigné (35062) (présente)" in by_code["35112"].message
    assert "issue de Neussargues en Pinatelle (15141)" in by_code["15031"].message
    assert by_code["99998"].code == "unknown-commune"
    assert diagnose_join(old, old, left_name="a", right_name="b") == []
