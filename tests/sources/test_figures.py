"""Wide tables to observations: hand-worked cases of every source, and properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases_of_sources import MINIATURE, assert_dataset, cases, load_case
from portrea.base.errors import DataError
from portrea.sources.figures import (
    MARKS,
    Figure,
    find_figures,
    hide,
    mark_rounded,
    to_observations,
)
from portrea.sources.loading import load_path

if TYPE_CHECKING:
    from pathlib import Path

FIGURES = cases("figures")


@pytest.mark.parametrize("name", FIGURES)
def test_hand_worked_case(name: str) -> None:
    case = FIGURES[name]
    loaded = load_case(case)
    assert sorted(loaded) == sorted(expected["vintage"] for expected in case["datasets"])
    for expected in case["datasets"]:
        assert_dataset(loaded[expected["vintage"]], expected)


def test_metropole_counting_paris_alone_is_dropped() -> None:
    case = FIGURES["terribot_jobseekers"]
    table = load_case(case)["2023"].tables["observations"]
    epci = table.filter(pl.col("level") == "epci")["code"].to_list()
    assert case["datasets"][0]["missing_epci"] not in epci


CELLS = st.one_of(
    st.integers(0, 10**6).map(str),
    st.floats(0, 10**6, allow_nan=False).map(lambda value: f"{value:.3f}".replace(".", ",")),
    st.sampled_from(["", *MARKS, "S", "NS", " s "]),
    st.none(),
)


@given(st.lists(CELLS, min_size=1, max_size=30), st.sampled_from(["missing", "suppressed"]))
def test_what_is_not_a_number_is_never_zero(cells: list[str | None], blank: str) -> None:
    frame = pl.DataFrame(
        {
            "level": ["commune"] * len(cells),
            "code": [f"{i:05}" for i in range(len(cells))],
            "A": cells,
        },
        schema={"level": pl.String, "code": pl.String, "A": pl.String},
    )
    table = to_observations(frame, [Figure("A", "households_caf")], where="essai", blank=blank)
    assert table.height == len(cells)
    for text, row in zip(cells, table.iter_rows(named=True), strict=True):
        clean = (text or "").strip().lower()
        if clean == "" or clean in MARKS:
            assert row["value"] is None
            assert row["status"] == (MARKS[clean] if clean else blank)
        else:
            assert row["value"] == pytest.approx(float(clean.replace(",", ".")))
            assert row["status"] == "ok"


def test_unknown_text_is_refused_with_its_zone() -> None:
    frame = pl.DataFrame({"level": ["iris"], "code": ["352380101"], "A": ["douze"]})
    with pytest.raises(DataError) as error:
        to_observations(frame, [Figure("A", "households_caf")], where="fichier.csv")
    text = str(error.value)
    assert "352380101" in text
    assert "douze" in text
    assert "fichier.csv" in text


def test_percentages_become_shares_counts_do_not() -> None:
    frame = pl.DataFrame({"level": ["iris"], "code": ["352380101"], "TP": ["22,5"], "A": ["22"]})
    figures = [Figure("TP", "poverty_rate"), Figure("A", "households_caf")]
    values = to_observations(frame, figures, where="essai")["value"].to_list()
    assert values == [pytest.approx(0.225), 22.0]


def test_first_word_wins_and_years_are_read() -> None:
    words = {"all_{yyyy}": "households_caf", "f_ndur": "households_caf", "TP60{yy}": "poverty_rate"}
    found = find_figures(["F_NDUR", "all_2023", "tp6021", "TP60AGE121"], words)
    assert {(f.column, f.variable, f.year) for f in found} == {
        ("all_2023", "households_caf", "2023"),
        ("F_NDUR", "households_caf", None),
        ("tp6021", "poverty_rate", "2021"),
    }


def test_hiding_keeps_the_row() -> None:
    table = pl.DataFrame({"value": [0.0, 3.0], "status": ["ok", "ok"]})
    hidden = hide(table, pl.col("value") == 0)
    assert hidden.to_dicts() == [
        {"value": None, "status": "suppressed"},
        {"value": 3.0, "status": "ok"},
    ]


@given(st.lists(st.integers(0, 500), min_size=20, max_size=60))
def test_only_tables_of_multiples_of_five_are_rounded(counts: list[int]) -> None:
    def table(values: list[int]) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "level": "commune",
                "code": [str(i) for i in range(len(values))],
                "variable": "households_caf",
                "value": [float(v) for v in values],
                "status": "ok",
            }
        )

    multiples = [5 * count for count in counts]
    expected = {"rounded"} if any(multiples) else {"ok"}
    assert set(mark_rounded(table(multiples))["status"]) == expected
    assert set(mark_rounded(table([m + 1 for m in multiples]))["status"]) == {"ok"}


def test_area_standing_twice_is_refused(tmp_path: Path) -> None:
    text = (MINIATURE / "terribot_defm.csv").read_text("utf-8")
    (tmp_path / "defm.csv").write_text(text + text.splitlines()[5] + "\n", "utf-8")
    with pytest.raises(DataError, match="plusieurs fois"):
        load_path(tmp_path / "defm.csv")
