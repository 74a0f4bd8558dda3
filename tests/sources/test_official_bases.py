"""Every IRIS and commune base of the census that ``add`` must know, whatever its vintage.

Columns are those of INSEE's published dictionaries (``P`` principal, ``C`` complementary); the
figures are invented.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from portrea.sources.loading import load_path
from portrea.vocab.tables import KINDS

if TYPE_CHECKING:
    from pathlib import Path

BASES = {
    "evol-struct-pop": (
        {"P{}_POP": 1000, "P{}_POP65P": 210, "P{}_POP0014": 190, "P{}_POP75P": 90},
        {"persons": 1000, "persons_65_plus": 210, "persons_0_14": 190, "persons_75_plus": 90},
    ),
    "couples-familles-menages": (
        {"C{}_MEN": 430, "C{}_MENPSEUL": 120, "C{}_PMEN": 990, "C{}_PMEN_MENPSEUL": 120},
        {"persons_living_alone": 120},
    ),
    "activite-residents": (
        {"P{}_POP1564": 620, "P{}_ACT1564": 480, "P{}_CHOM1564": 45},
        {"persons_15_64": 620, "persons_active_15_64": 480, "persons_unemployed_15_64": 45},
    ),
    "diplomes-formation": (
        {
            "P{}_NSCOL15P": 700, "P{}_NSCOL15P_DIPLMIN": 150, "P{}_NSCOL15P_BEPC": 40,
            "P{}_NSCOL15P_CAPBEP": 200, "P{}_NSCOL15P_BAC": 130, "P{}_NSCOL15P_SUP2": 80,
            "P{}_NSCOL15P_SUP34": 60, "P{}_NSCOL15P_SUP5": 40,
        },
        {"non_schooled_15_plus": 700, "non_schooled_no_diploma": 150, "non_schooled_bepc": 40},
    ),
}  # fmt: skip
AREAS = {"ic": ("IRIS", "352380101", "iris"), "cc": ("CODGEO", "35238", "commune")}


@pytest.mark.parametrize("vintage", ["2017", "2021", "2022"])
@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("base", BASES)
def test_base_is_recognised_by_its_columns(
    base: str, area: str, vintage: str, tmp_path: Path
) -> None:
    """The file's name says nothing: content alone."""
    columns, expected = BASES[base]
    key, code, level = AREAS[area]
    names = [key, *(name.format(vintage[2:]) for name in columns)]
    path = tmp_path / "telechargement.csv"
    path.write_text(f"{';'.join(names)}\n{code};{';'.join(map(str, columns.values()))}\n", "utf-8")
    (item,) = load_path(path)
    table = KINDS["observations"].conform(item.tables["observations"])
    assert item.provenance.source == "insee_recensement"
    assert item.provenance.vintage == vintage
    assert set(table["level"]) == {level}
    assert set(table["code"]) == {code}
    found = dict(table.select("variable", pl.col("value").cast(pl.Int64)).iter_rows())
    assert expected.items() <= found.items()
