"""CAF: real file by IRIS, bad inputs, secrecy, order of rows."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases_of_sources import MINIATURE, observations, value_of
from portrea.base.errors import DataError
from portrea.sources.loading import load_path
from portrea.sources.store import Store

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "IRIS;NOTE;A;PERCOU;AAL;AAAH;APPA;ARSAS"


def write(path: Path, *lines: str, header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
    return path


@pytest.mark.shared
def test_iris_file_covers_two_thirds_of_the_country(shared_data: Path) -> None:
    path = shared_data / "benefits" / "caf_allocataires_iris_2021.parquet"
    (loaded,) = load_path(path)
    table = loaded.tables["observations"]
    assert table.height == 6 * 16213
    caf = table.filter(pl.col("variable") == "households_caf")
    assert caf["value"].sum() == 9_143_032  # the sum found by the predecessor (method.md, §1 b)
    assert caf.filter(pl.col("status") == "suppressed").height == 309 + 784 + 29 + 37
    assert table.filter(pl.col("value") == 0).height == 0
    words = next(str(r) for r in loaded.remarks if r.code == "partial-coverage")
    assert "66" in words
    assert loaded.provenance.vintage == "2021"


@pytest.mark.shared
def test_one_iris_by_hand(shared_data: Path) -> None:
    table = observations(shared_data / "benefits" / "caf_allocataires_iris_2021.parquet")
    read = {name: value_of(table, "iris", "010040101", name) for name in table["variable"].unique()}
    assert read == {
        "households_caf": 493,
        "persons_caf": 1184,
        "households_housing_aid": 229,
        "households_aah": 33,
        "households_ppa": 174,
        "households_rsa": 65,
    }


def test_figures_on_a_secret_row_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "caf_2021.csv", "352380101;3;500;1200;230;33;174;65")
    with pytest.raises(DataError, match="secret"):
        load_path(path)


def test_no_year_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "caf.csv", "352380101;0;500;1200;230;33;174;65")
    with pytest.raises(DataError, match="de quelle année"):
        load_path(path)


def test_swapped_columns_are_refused(tmp_path: Path) -> None:
    lines = [f"3523801{i:02};0;{500 + i};200;230;33;174;65" for i in range(1, 30)]
    with pytest.raises(DataError, match="inversées"):
        load_path(write(tmp_path / "caf_2021.csv", *lines))


def test_negative_counts_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "caf_2021.csv", "352380101;0;500;1200;230;-3;174;65")
    with pytest.raises(DataError, match="négatives"):
        load_path(path)


def test_repeated_iris_is_refused(tmp_path: Path) -> None:
    row = "352380101;0;500;1200;230;33;174;65"
    with pytest.raises(DataError, match="plusieurs fois"):
        load_path(write(tmp_path / "caf_2021.csv", row, row))


def test_undated_rows_are_refused(tmp_path: Path) -> None:
    header = "Date référence;Numéro commune;Nombre foyers RSA"
    path = write(tmp_path / "caf.csv", "2023-12-01;35188;60", ";35238;6000", header=header)
    with pytest.raises(DataError, match="Date référence"):
        load_path(path)


def test_only_the_last_month_of_a_year_is_kept(tmp_path: Path) -> None:
    header = "Date référence;Numéro commune;Nombre foyers RSA"
    rows = ("2023-06-01;35188;55", "2023-12-01;35188;60")
    table = observations(write(tmp_path / "caf.csv", *rows, header=header))
    assert table["value"].to_list() == [60.0]


def test_epci_file_is_read(tmp_path: Path) -> None:
    header = "Date référence;Numéro EPCI;Nombre foyers RSA;Nombre personnes RSA"
    table = observations(write(tmp_path / "caf.csv", "2023-12-01;243500550;160;350", header=header))
    assert set(table["level"]) == {"epci"}
    assert value_of(table, "epci", "243500550", "persons_rsa") == 350


CELL = st.sampled_from(["", "0", "5", "12", "60"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(rows=st.lists(st.tuples(CELL, CELL, st.sampled_from(["0", "2", "3"])), min_size=1))
def test_a_hidden_figure_is_never_zero(tmp_path: Path, rows: list[tuple[str, str, str]]) -> None:
    lines = [
        f"35238{i:04};{note};100;200;20;{aah};30;{rsa}"
        if note == "0"
        else f"35238{i:04};{note};;;;;;"
        for i, (aah, rsa, note) in enumerate(rows, start=1)
    ]
    table = observations(write(tmp_path / "caf_2021.csv", *lines))
    assert table.height == 6 * len(rows)
    assert not (table["value"] == 0).any()
    hidden = table.filter(pl.col("value").is_null())
    assert set(hidden["status"]) <= {"suppressed"}
    blanks = sum(
        2 - (aah in ("5", "12", "60")) - (rsa in ("5", "12", "60")) if note == "0" else 6
        for aah, rsa, note in rows
    )
    assert hidden.height == blanks


@pytest.mark.parametrize(
    "name", ["caf_s_ben_com_f.csv", "terribot_caf_2023.csv", "filosofi_communes_2016.csv"]
)
def test_order_of_rows_changes_nothing(tmp_path: Path, name: str) -> None:
    text = (MINIATURE / name).read_text("utf-8").splitlines()
    body = text[1:]
    random.Random(1).shuffle(body)
    (tmp_path / name).write_text("\n".join([text[0], *body]) + "\n", "utf-8")

    def ids(path: Path) -> list[str]:
        store = Store(tmp_path / path.parent.name)
        return [
            store.write_dataset(item.provenance, item.tables, part=item.part).id
            for item in load_path(path)
        ]

    assert ids(tmp_path / name) == ids(MINIATURE / name)
