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
