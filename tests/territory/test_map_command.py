"""``portrea map build`` on a miniature store."""

from __future__ import annotations

import pytest
import shapely
from click.testing import CliRunner

from portrea.base.errors import TerritoryError
from portrea.base.provenance import Provenance
from portrea.cli.map import map_
from portrea.sources.store import Store


@pytest.fixture
def store(home) -> Store:
    import polars as pl

    store = Store(home)
    codes = ["35188", "35238", "35062"]
    territories = pl.DataFrame({"level": "commune", "code": codes, "name": codes})
    contours = pl.DataFrame(
        {
            "level": "commune",
            "code": codes[:2],
            "geometry": [shapely.box(-2 + i, 48, -1 + i, 49).wkb for i in range(2)],
        }
    )
    card = Provenance(source="essai", title="essai", producer="essai", vintage="2025")
    store.write_dataset(card, {"territories": territories, "contours": contours})
    return store


def test_build_then_nothing_to_do(store):
    first = CliRunner().invoke(map_, ["build"], catch_exceptions=False)
    assert first.exit_code == 0
    assert "2 communes dessinées" in first.output
    assert "35062" in first.output  # has no contour: said, not hidden
    (path,) = (store.home / "tiles").iterdir()
    stamp = path.stat().st_mtime_ns
    again = CliRunner().invoke(map_, ["build"], catch_exceptions=False)
    assert "déjà à jour" in again.output
    assert path.stat().st_mtime_ns == stamp


def test_other_contours_replace_the_former_tiles(store):
    CliRunner().invoke(map_, ["build"], catch_exceptions=False)
    (former,) = (store.home / "tiles").iterdir()
    dataset = store.datasets()[0]
    tables = {kind: store.read(dataset, kind) for kind in ("territories", "contours")}
    tables["contours"] = tables["contours"].head(1)
    store.write_dataset(dataset.provenance, tables)
    CliRunner().invoke(map_, ["build"], catch_exceptions=False)
    (path,) = (store.home / "tiles").iterdir()
    assert path != former


def test_empty_store_is_refused_and_unchanged(home):
    with pytest.raises(TerritoryError, match="aucun contour") as caught:
        CliRunner().invoke(map_, ["build"], catch_exceptions=False)
    assert caught.value.exit_code != 0
    assert not (home / "tiles").exists()
