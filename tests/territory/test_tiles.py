from __future__ import annotations

import gzip

import mapbox_vector_tile
import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pmtiles.reader import MmapSource, Reader, all_tiles

from portrea.base.errors import TerritoryError
from portrea.territory import mvt, tiles
from portrea.territory.tiles import LAYERS, build_tiles, digest, latest
from portrea.territory.tiles import settings as rules
from portrea.vocab.tables import CONTOURS


def communes(side: float = 0.05, count: int = 8) -> pl.DataFrame:
    """A square of ``count`` × ``count`` cells in Bretagne, and one islet too small for any tile."""
    cells = [
        (
            "commune",
            f"35{c:01}{r:02}",
            shapely.box(-2 + c * side, 48 + r * side, -2 + (c + 1) * side, 48 + (r + 1) * side).wkb,
        )
        for c in range(count)
        for r in range(count)
    ]
    cells.append(("commune", "97701", shapely.box(-62.8, 17.9, -62.799999, 17.900001).wkb))
    return CONTOURS.check(pl.DataFrame(cells, schema=CONTOURS.schema, orient="row"))


def parents(contours: pl.DataFrame) -> pl.DataFrame:
    owned = pl.col("code").str.starts_with("35")
    return contours.select(
        "code",
        epci=pl.when(owned).then(pl.concat_str(pl.lit("24350000"), pl.col("code").str.slice(2, 1))),
        departement=pl.when(owned).then(pl.lit("35")).otherwise(pl.lit("977")),
    )


def codes_by_zoom(path) -> dict[int, dict[str, set[str]]]:
    found: dict[int, dict[str, set[str]]] = {}
    with path.open("rb") as stream:
        for (zoom, _, _), data in all_tiles(MmapSource(stream)):
            tile = mapbox_vector_tile.decode(gzip.decompress(data))
            for name, layer in tile.items():
                codes = {feature["properties"]["code"] for feature in layer["features"]}
                found.setdefault(zoom, {}).setdefault(name, set()).update(codes)
    return found


def test_every_code_is_kept_at_every_zoom(tmp_path):
    contours = communes()
    path = tmp_path / "tiles" / "communes-a.pmtiles"
    steps: list[float] = []
    report = build_tiles(
        contours, path, parents=parents(contours), progress=lambda share, step: steps.append(share)
    )
    found = codes_by_zoom(path)
    assert sorted(found) == list(range(rules().min_zoom, rules().max_zoom + 1))
    for zoom, layers in found.items():
        assert layers["departements"] == {"35", "977"}
        assert layers["epci"] == {f"24350000{c}" for c in range(8)}
        if zoom >= rules().communes_from:
            assert layers["communes"] == set(contours["code"])
        else:
            assert "communes" not in layers
    assert report.codes == contours.height
    assert report.size == path.stat().st_size
    assert steps == sorted(steps)
    assert list(path.parent.iterdir()) == [path]  # no draft left
    assert latest(path.parent) == path


def test_header_tells_the_layers_and_the_place(tmp_path):
    path = tmp_path / "communes-b.pmtiles"
    build_tiles(communes(), path)
    with path.open("rb") as stream:
        reader = Reader(MmapSource(stream))
        header, metadata = reader.header(), reader.metadata()
    assert (header["min_zoom"], header["max_zoom"]) == (rules().communes_from, rules().max_zoom)
    assert header["min_lon_e7"] == pytest.approx(-62.8e7, abs=10)
    assert [layer["id"] for layer in metadata["vector_layers"]] == list(LAYERS.values())


def test_same_contours_same_bytes_whatever_the_order(tmp_path):
    contours = communes()
    first, second = tmp_path / "communes-1.pmtiles", tmp_path / "communes-2.pmtiles"
    build_tiles(contours, first, parents=parents(contours))
    build_tiles(contours.reverse(), second, parents=parents(contours).reverse())
    assert first.read_bytes() == second.read_bytes()
    assert digest(contours, parents(contours)) == digest(contours.reverse(), parents(contours))
    assert digest(contours, parents(contours)) != digest(contours.head(3), parents(contours))


def test_without_contour_nothing_is_written(tmp_path):
    path = tmp_path / "communes-c.pmtiles"
    with pytest.raises(TerritoryError):
        build_tiles(communes().clear(), path)
    assert list(tmp_path.iterdir()) == []
    assert latest(tmp_path) is None


polygons = st.builds(
    lambda x, y, w, h, hole: shapely.box(x, y, x + w + 4, y + h + 4).difference(
        shapely.box(x + 1, y + 1, x + 2, y + 2) if hole else shapely.Polygon()
    ),
    st.integers(-60, 4000),
    st.integers(-60, 4000),
    st.integers(0, 90),
    st.integers(0, 90),
    st.booleans(),
)


@given(
    st.lists(
        st.one_of(
            polygons, st.builds(lambda a, b: shapely.unary_union([a, b]), polygons, polygons)
        ),
        min_size=1,
        max_size=6,
    )
)
@settings(max_examples=25, deadline=None)
def test_encoded_shapes_are_read_back_by_the_reference_decoder(shapes):
    codes = np.array([f"c{i}" for i in range(len(shapes))], dtype=object)
    data = mvt.encode({"communes": (codes, np.array(shapes, dtype=object))}, extent=4096)
    layer = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})["communes"]
    assert layer["extent"] == 4096
    assert [f["properties"]["code"] for f in layer["features"]] == codes.tolist()
    for feature, shape in zip(layer["features"], shapes, strict=True):
        read = shapely.from_geojson(__import__("json").dumps(feature["geometry"]))
        assert shapely.make_valid(read).symmetric_difference(shape).area == pytest.approx(0)


def test_a_ring_reduced_to_nothing_is_left_out():
    shapes = np.array([shapely.box(5, 5, 5.2, 5.2), shapely.box(0, 0, 9, 9)], dtype=object)
    commands, starts = mvt.polygon_commands(shapes)
    assert starts.tolist() == [0, 0, 11]
    # MoveTo (0, 9)… ClosePath: 4 points, 2·4 + 3 integers, exterior ring of positive area.
    assert len(commands) == 11
    assert commands[0] == mvt.MOVE_TO_ONE
    assert commands[-1] == mvt.CLOSE_PATH


def test_a_tip_thinner_than_a_step_is_not_a_feature_without_geometry():
    """MapLibre refuses the whole tile for one feature without geometry."""
    edge = rules().extent - rules().buffer
    needle = np.array([shapely.Polygon([(99, 999), (edge + 1, 1005), (99, 1010)])], dtype=object)
    cut = list(tiles._cut(np.array(["35001"], dtype=object), needle, rules()))
    assert [tile for tile, _ in cut] == [(0, 0)]
    for _, (_, shapes) in cut:
        _, starts = mvt.polygon_commands(shapes)
        assert (np.diff(starts) > 0).all()
