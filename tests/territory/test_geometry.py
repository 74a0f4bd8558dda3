from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from portrea.base.errors import TerritoryError
from portrea.territory.drawing import draw, lambert93
from portrea.territory.geometry import (
    Shapes,
    areas,
    bounds,
    dissolve,
    geojson,
    neighbours,
    point_in,
    points,
    read_shapes,
    simplify,
)
from portrea.vocab.tables import CONTOURS


def grid(columns: int = 3, rows: int = 2, west: float = -2.0, south: float = 48.0) -> pl.DataFrame:
    """Squares of 0.1° side by side; the code says the column then the row."""
    cells = [
        (
            "commune",
            f"350{c}{r}",
            shapely.box(
                west + c / 10, south + r / 10, west + (c + 1) / 10, south + (r + 1) / 10
            ).wkb,
        )
        for c in range(columns)
        for r in range(rows)
    ]
    return CONTOURS.check(pl.DataFrame(cells, schema=CONTOURS.schema, orient="row"))


@pytest.fixture
def squares() -> Shapes:
    return read_shapes(grid(), "commune")


def test_neighbours_share_a_border_not_a_corner(squares):
    pairs = set(neighbours(squares).rows())
    assert ("35000", "35001") in pairs
    assert ("35000", "35010") in pairs
    assert ("35000", "35011") not in pairs  # they touch at a corner only
    assert len(pairs) == 2 * 7  # 3 × 2 grid: 3 vertical + 4 horizontal borders


@given(st.integers(1, 4), st.integers(1, 4), st.randoms())
@settings(max_examples=25, deadline=None)
def test_neighbours_are_symmetric_in_any_order(columns, rows, random):
    contours = grid(columns, rows)
    pairs = neighbours(read_shapes(contours, "commune"))
    assert set(pairs.rows()) == {(b, a) for a, b in pairs.rows()}
    assert all(a != b for a, b in pairs.rows())
    shuffled = contours[random.sample(range(contours.height), contours.height)]
    assert neighbours(read_shapes(shuffled, "commune")).equals(pairs)


def test_neighbours_of_some_across_a_gap():
    cells = grid(3, 1)
    apart = cells.with_columns(
        geometry=pl.Series(
            [shapely.to_wkb(shapely.from_wkb(g).buffer(-0.0005)) for g in cells["geometry"]]
        )
    )
    shapes = read_shapes(apart, "commune")
    assert neighbours(shapes).is_empty()
    found = neighbours(shapes, ["35010", "inconnu"], gap=0.002)
    assert found.rows() == [("35010", "35000"), ("35010", "35020")]
    assert neighbours(shapes, ["35000"], gap=0.002).rows() == [("35000", "35010")]


def test_area_is_that_of_the_ellipsoid(squares):
    geod = Geod(ellps="WGS84")
    for row, polygon in zip(areas(squares).iter_rows(named=True), squares.polygons, strict=True):
        dense = shapely.segmentize(polygon, 0.001)
        exact = abs(geod.geometry_area_perimeter(dense)[0]) / 1e6
        assert row["area_km2"] == pytest.approx(exact, rel=1e-6)


def test_dissolve_keeps_the_whole_area(squares):
    parents = {code: "243500139" if code < "35010" else "243500550" for code in squares.codes}
    epci = dissolve(squares, parents, "epci")
    assert epci.codes.tolist() == ["243500139", "243500550"]
    assert areas(epci)["area_km2"].sum() == pytest.approx(areas(squares)["area_km2"].sum())
    assert dissolve(squares, {}, "epci").codes.tolist() == []
    CONTOURS.check(epci.to_contours())


def test_dissolve_copes_with_overlaps():
    cells = [shapely.box(0, 45, 1, 46), shapely.box(0.9, 45, 2, 46)]
    shapes = Shapes("commune", np.array(["01001", "01002"], dtype=object), np.array(cells))
    united = dissolve(shapes, {"01001": "01", "01002": "01"}, "departement")
    assert united.polygons[0].area == pytest.approx(2.0)
    assert united.polygons[0].is_valid


def test_point_in(squares):
    longitude = pl.Series([-1.95, -1.85, None, 10.0, -1.9])
    latitude = pl.Series([48.05, 48.15, 48.0, 48.0, 48.05])
    found = point_in(longitude, latitude, squares).to_list()
    assert found == ["35000", "35011", None, None, "35000"]  # last: on the border, smallest code
    inside = points(squares)
    assert (
        point_in(inside["longitude"], inside["latitude"], squares).to_list()
        == inside["code"].to_list()
    )


def test_simplified_borders_stay_shared():
    west = shapely.Polygon([(0, 45), (1, 45), (1.001, 45.5), (1, 46), (0, 46)])
    east = shapely.Polygon([(1, 45), (2, 45), (2, 46), (1, 46), (1.001, 45.5)])
    shapes = Shapes("commune", np.array(["01001", "01002"], dtype=object), np.array([west, east]))
    simple = simplify(shapes, 20_000)
    assert shapely.coverage_is_valid(simple.polygons)
    assert shapely.get_num_coordinates(simple.polygons).sum() < 12
    assert not shapely.is_empty(simple.polygons).any()


def test_geojson_is_rounded(squares):
    document = geojson(squares.pick(["35000"]), {"35000": {"name": "A"}}, decimals=2)
    text = json.dumps(document)
    assert json.loads(text)["features"][0]["properties"] == {"code": "35000", "name": "A"}
    ring = document["features"][0]["geometry"]["coordinates"][0]
    assert {value for pair in ring for value in pair} == {-2.0, -1.9, 48.0, 48.1}


def test_bounds(squares):
    assert bounds(squares) == pytest.approx((-2.0, 48.0, -1.7, 48.2))


def test_newest_contour_wins():
    old, new = grid(1, 1), grid(1, 1, west=5.0)
    both = pl.concat(
        [
            old.with_columns(dataset=pl.lit("a"), vintage=pl.lit("2020"), source=pl.lit("s")),
            new.with_columns(dataset=pl.lit("b"), vintage=pl.lit("2025"), source=pl.lit("s")),
        ]
    )
    assert bounds(read_shapes(both, "commune"))[0] == 5.0
    assert bounds(read_shapes(both.reverse(), "commune"))[0] == 5.0


def test_missing_geometry_is_said(squares):
    with pytest.raises(TerritoryError, match="35999"):
        squares.pick(["35000", "35999"])
    assert squares.missing(["35000", "35999"]) == ["35999"]
    with pytest.raises(TerritoryError, match="Aucun contour de niveau « IRIS »"):
        read_shapes(grid(), "iris")
    broken = grid(1, 1).with_columns(geometry=pl.lit(b"not a geometry"))
    with pytest.raises(TerritoryError, match="illisible"):
        read_shapes(broken, "commune")


@given(st.floats(-5, 10), st.floats(41, 51.5))
@settings(max_examples=30, deadline=None)
def test_lambert93_is_that_of_proj(longitude, latitude):
    to_93 = Transformer.from_crs("EPSG:4326", "EPSG:2154", always_xy=True)
    ours = lambert93(np.array([[longitude, latitude]]))[0]
    assert ours == pytest.approx(to_93.transform(longitude, latitude), abs=0.01)


def test_drawing_fits_its_page(squares):
    drawing = draw(squares, width=300, margin=10)
    assert set(drawing.paths) == set(squares.codes)
    numbers = [
        [float(v) for v in pair.split()]
        for path in drawing.paths.values()
        for pair in path.replace("Z", "").replace("M", "L").split("L")
        if pair
    ]
    xy = np.array(numbers)
    assert xy.min() >= 9.9
    assert xy[:, 0].max() <= 290.1
    assert xy[:, 1].max() <= drawing.height - 9.9
    ends = drawing.place(np.array([-2.0, -1.7]), np.array([48.0, 48.0]))
    metres = np.hypot(*(ends[1] - ends[0])) * drawing.metres_per_unit
    exact = Geod(ellps="WGS84").inv(-2.0, 48.0, -1.7, 48.0)[2]
    assert metres == pytest.approx(exact, rel=2e-3)  # Lambert 93 stretches by less than 0.2 %
    centre = drawing.place(np.array([-1.85]), np.array([48.1]))[0]
    assert centre == pytest.approx([150, drawing.height / 2], abs=2)


def test_overseas_is_drawn_too():
    drawing = draw(read_shapes(grid(2, 2, west=55.4, south=-21.2), "commune"))
    assert drawing.projection.startswith("local")
    assert all(path.startswith("M") and path.endswith("Z") for path in drawing.paths.values())


@pytest.mark.slow
def test_real_contours(real_contours, real_territories):
    communes = read_shapes(real_contours, "commune")
    ille = [code for code in communes.codes if code.startswith("35")]
    shapes = communes.pick(ille)
    pairs = neighbours(shapes)
    montfort = set(pairs.filter(pl.col("code") == "35188")["neighbour"])
    around = real_territories.filter(pl.col("level") == "commune", pl.col("code").is_in(montfort))
    assert set(around["name"]) == {"Iffendic", "Bédée", "Breteil", "Talensac"}
    assert areas(shapes)["area_km2"].sum() == pytest.approx(6_775, rel=0.02)  # Ille-et-Vilaine
    halls = real_territories.filter((pl.col("level") == "commune") & pl.col("code").is_in(ille))
    found = point_in(halls["longitude"], halls["latitude"], communes)
    assert (found == halls["code"]).mean() > 0.97
