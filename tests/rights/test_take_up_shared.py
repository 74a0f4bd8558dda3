"""Rounding and secrecy as supposed, against real RSA files: communes hold what is above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from cases_of_sources import observations
from portrea.rights.take_up import Range, added, by_rate, lines, published

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared
FILE = "caf_rsa_communes_2017_2023.parquet"


def held(shared_data: Path, level: str, parent: pl.Expr, half: float) -> tuple[int, int]:
    """Count the areas of a level whose published number is within the sum of their communes."""
    path = shared_data / "benefits" / FILE
    rows = observations(path).filter(vintage="2023", variable="households_rsa")
    owners = pl.read_parquet(path).select(code="id", parent=parent)
    communes = rows.filter(level="commune").join(owners, on="code")
    whole = dict(rows.filter(level=level).select("code", "value").iter_rows())
    inside = known = 0
    for (code,), parts in communes.group_by("parent"):
        pairs = parts.select("value", "status").iter_rows()
        total = added([published(*pair, hidden_below=5) for pair in pairs])
        if total is not None and code in whole:
            known += 1
            inside += total.low - half <= whole[code] <= total.high + half
    return inside, known


def test_communes_hold_their_departement(shared_data: Path) -> None:
    departement = pl.col("dep").str.slice(1).str.zfill(2)
    assert held(shared_data, "departement", departement, 0.0) == (100, 101)


def test_communes_hold_their_epci(shared_data: Path) -> None:
    assert held(shared_data, "epci", pl.col("code_epci"), 2.5) == (1249, 1255)


def test_ille_et_vilaine_as_the_method_note_says(shared_data: Path) -> None:
    rows = observations(shared_data / "benefits" / FILE)
    (value,) = rows.filter(
        level="departement", code="35", vintage="2023", variable="households_rsa"
    )["value"]
    told = by_rate(lines()["rsa"], published(value, "ok", hidden_below=5))
    assert value == 19_766
    assert told.unclaimed == Range(
        pytest.approx(4_788.04, abs=0.01),
        pytest.approx(10_182.48, abs=0.01),
        pytest.approx(10_411.10, abs=0.01),
    )
