"""One's own counts enter the estimator as the newest figure of their level, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from portrea.sources.loading import add_path
from portrea.sources.store import Store
from portrea.steering.computation import gather_inputs, needs_table
from portrea.steering.settings import Settings
from portrea.territory import Gazetteer

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow
EPCI, COMMUNE = "epci:243500618", "35223"
HEADER = "niveau;code;variable;valeur;millesime;source\n"


def exposed(store: Store) -> pl.DataFrame:
    inputs = gather_inputs(store)
    selection = Gazetteer(inputs.territories).resolve(EPCI)
    settings = Settings.make(draws=40)
    frame = needs_table(
        store, selection, level="commune", measures=("b",), inputs=inputs, settings=settings
    )
    return frame.sort("code")


def add(store: Store, folder: Path, name: str, rows: str) -> None:
    path = folder / name
    path.write_text(HEADER + rows, "utf-8")
    add_path(store, path)


def test_local_rsa_changes_b_in_that_commune_only(demo_copy: Path, tmp_path: Path) -> None:
    store = Store(demo_copy)
    before = exposed(store)
    add(store, tmp_path, "ccas.csv", f"commune;{COMMUNE};households_rsa;400;2025;CCAS\n")
    after = exposed(store)
    moved = before.filter(before["n"] != after["n"])["code"].to_list()
    assert moved == [COMMUNE]
    there = pl.col("code") == COMMUNE
    assert after.filter(there)["n"].item() > before.filter(there)["n"].item() + 100
    assert "comptages 2025" in after.filter(there)["vintages"].item()
    others = after.filter(~there)
    assert not others["vintages"].str.contains("comptages").any()
    assert others.drop("p_top").equals(before.filter(~there).drop("p_top"))


def test_the_same_figures_loaded_in_three_files_or_one(demo_copy: Path, tmp_path: Path) -> None:
    store = Store(demo_copy)
    codes = (COMMUNE, "35211", "35187")
    rows = [f"commune;{code};households_rsa;200;2025;CCAS\n" for code in codes]
    for code, row in zip(codes, rows, strict=True):
        add(store, tmp_path, f"ccas-{code}.csv", row)
    apart = exposed(store)
    for dataset in store.datasets():
        if dataset.provenance.source == "comptages":
            store.remove_dataset(dataset.id)
    add(store, tmp_path, "ensemble.csv", "".join(rows))
    assert exposed(store).equals(apart)


@pytest.mark.parametrize("year", ["2010", "2035"])
def test_older_counts_do_not_replace_newer_ones(demo_copy: Path, tmp_path: Path, year: str) -> None:
    store = Store(demo_copy)
    before = exposed(store)
    add(store, tmp_path, "ccas.csv", f"commune;{COMMUNE};households_rsa;400;{year};CCAS\n")
    assert exposed(store).equals(before) is (year == "2010")
