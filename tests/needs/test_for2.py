"""From INSEE's own table to the estimate: acceptance ③ of request 01, on the real file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from portrea.needs import estimate
from portrea.sources.loading import load_path
from portrea.sources.store import Store

if TYPE_CHECKING:
    from pathlib import Path

A2_OF_AUVERGNE = 413_487
INDEPENDENCE = 494_058
"""What the 2023 tool would say, supposing age and diploma independent."""


@pytest.mark.shared
def test_the_real_table_gives_the_exact_a2(world, shared_reference: Path, tmp_path: Path) -> None:
    """Loaded, kept in a store, read again, estimated: not one person lost."""
    path = shared_reference / "method" / "insee_for2_auvergne_rp2012.csv"
    store = Store(tmp_path / "for2")
    store.write_datasets(load_path(path))
    crosstab = store.gather("crosstab")
    world.place("region", "83").place("commune", "63001", region="83")
    frame = estimate(world.territories, world.observations, crosstab, measures=["a2"])
    row = frame.filter((pl.col("level") == "region") & (pl.col("code") == "83"))
    assert row["n"].item() == pytest.approx(A2_OF_AUVERGNE, abs=1e-6)
    assert row["n_low"].item() < A2_OF_AUVERGNE < row["n_high"].item()
    assert row["n_high"].item() < INDEPENDENCE
    older = crosstab.filter(pl.col("age") == "65+")["persons"].sum()
    nobody = crosstab.filter(pl.col("diploma") == "no_diploma")["persons"].sum()
    total = crosstab["persons"].sum()
    assert older + nobody * (total - older) / total == pytest.approx(INDEPENDENCE, abs=2)


def test_an_area_above_a_table_inherits_none_of_its_errors(world):
    """Région 53 = one commune described by a table (exact A2) and one by its ages and diplomas.

    The région's half-width is that of the second commune alone, not of both.
    """
    for code in ("35001", "35002"):
        world.commune(code, [f"{code}0000", f"{code}0001"])
        for iris in ("0000", "0001"):
            world.three_bands(f"{code}{iris}", 300, 900, 300)
        world.figure("commune", code, {"share_low_diploma_of_15_plus": 0.5}, vintage="2017")
    options = {"measures": ["a2"], "draws": 1000}
    before = estimate(world.territories, world.observations, world.crosstab, **options)
    world.table("commune", "35001", ["15-64", "65+"], ["no_diploma", "bac"],
                [[300, 1200], [300, 300]])  # fmt: skip
    after = estimate(world.territories, world.observations, world.crosstab, **options)

    def width(frame, code):
        rows = frame.filter(frame["code"] == code)
        return rows["n_high"][0] - rows["n_low"][0]

    assert width(after, "35001") < 1e-3
    assert width(after, "53") == pytest.approx(width(after, "35002"), rel=0.02)
    assert width(before, "53") > 1.2 * width(after, "53")
