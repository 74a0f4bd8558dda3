"""Outlines: hand-worked squares, every format, faulty shapes, the real files."""

from __future__ import annotations

import gzip
import json
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pyogrio
import pyproj
import pytest
import shapely

from cases_of_sources import MINIATURE, cases
from portrea.base.errors import DataError
from portrea.sources.geometry import areas_km2
from portrea.sources.loading import load_path
from portrea.vocab.tables import KINDS

if TYPE_CHECKING:
    from pathlib import Path

    from portrea.sources.source import Loaded

CASES = cases("contours")
L93 = pyproj.CRS.from_epsg(2154)


def load_one(path: Path) -> Loaded:
    (loaded,) = load_path(path)
    for kind, table in loaded.tables.items():
        KINDS[kind].conform(table)
    return loaded


def rows_of(loaded: Loaded) -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in loaded.tables["territories"].iter_rows(named=True)}


def shapes_of(loaded: Loaded) -> dict[str, Any]:
    table = loaded.tables["contours"]
    return dict(zip(table["code"], shapely.from_wkb(table["geometry"].to_numpy()), strict=True))


def square(x: float, y: float, side: float) -> dict[str, Any]:
    ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def write_geojson(path: Path, features: list[tuple[dict[str, Any], Any]]) -> Path:
    content = [
        {"type": "Feature", "properties": card, "geometry": shape} for card, shape in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": content}), "utf-8")
    return path


@pytest.mark.parametrize("name", ["iris", "communes", "qpv"])
def test_hand_worked_squares(name: str) -> None:
    case = CASES[name]
    loaded = load_one(MINIATURE / case["file"])
    rows, shapes = rows_of(loaded), shapes_of(loaded)
    for expected in case["rows"]:
        row = rows[expected["code"]]
        assert row["level"] == case["level"]
        for column in ("name", "kind", "commune", "departement", "region"):
            if column in expected:
                assert row[column] == expected[column], column
        assert row["area_km2"] == pytest.approx(expected["area_km2"], rel=2e-3)
        point = shapely.Point(row["longitude"], row["latitude"])
        assert shapes[expected["code"]].contains(point)
    if "mended" in case:
        words = next(str(r) for r in loaded.remarks if r.code == "mended-outline")
        assert all(code in words for code in case["mended"])


def test_reference_point_of_a_square_is_its_centre() -> None:
    case = CASES["iris"]
    expected = case["rows"][0]
    row = rows_of(load_one(MINIATURE / case["file"]))[expected["code"]]
    to_l93 = pyproj.Transformer.from_crs(4326, 2154, always_xy=True)
    assert to_l93.transform(row["longitude"], row["latitude"]) == pytest.approx(
        expected["point"], abs=0.5
    )


def test_area_of_a_known_cell() -> None:
    """A degree cell at the equator of the WGS 84 ellipsoid has 12 309 km² (111.32 x 110.57)."""
    cell = np.array([shapely.box(0, 0, 1, 1)])
    assert areas_km2(cell)[0] == pytest.approx(12308.8, rel=1e-4)


def test_membership_table() -> None:
    case = CASES["membership"]
    territories = load_one(MINIATURE / case["file"]).tables["territories"]
    for expected in case["rows"]:
        found = territories.filter(
            (pl.col("level") == expected["level"]) & (pl.col("code") == expected["code"])
        )
        row = found.row(0, named=True)
        assert {key: row[key] for key in expected} == expected
    communes = territories.filter(pl.col("level") == "commune")["code"].to_list()
    assert not set(case["absent_communes"]) & set(communes)


# -- formats --------------------------------------------------------------------------------------


def layer() -> tuple[np.ndarray, list[np.ndarray], list[str]]:
    meta, _, wkb, columns = pyogrio.raw.read(MINIATURE / CASES["iris"]["file"])
    return wkb, list(columns), list(meta["fields"])


def as_ogr(path: Path, driver: str) -> Path:
    wkb, columns, fields = layer()
    pyogrio.raw.write(
        path,
        wkb,
        columns,
        fields,
        geometry_type="Unknown" if driver == "GPKG" else "Polygon",
        crs="EPSG:2154",
        driver=driver,
        promote_to_multi=False,
    )
    return path


def as_parquet(path: Path, crs: pyproj.CRS | None) -> Path:
    wkb, columns, fields = layer()
    frame = pl.DataFrame(
        {
            name.lower(): pl.Series([str(v) for v in column])
            for name, column in zip(fields, columns, strict=True)
        }
    ).with_columns(geometry=pl.Series(list(wkb), dtype=pl.Binary))
    card: dict[str, Any] = {"encoding": "WKB", "geometry_types": []}
    card["crs"] = crs.to_json_dict() if crs else None
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": card}}
    frame.write_parquet(path, metadata={"geo": json.dumps(geo)})
    return path


@pytest.mark.parametrize("kind", ["gpkg", "shp", "parquet"])
def test_every_format_gives_the_same_outlines(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"contours_iris_2024.{kind}"
    if kind == "parquet":
        as_parquet(path, L93)
    else:
        as_ogr(path, {"gpkg": "GPKG", "shp": "ESRI Shapefile"}[kind])
    loaded = load_one(path)
    expected = load_one(MINIATURE / CASES["iris"]["file"])
    assert loaded.provenance.vintage == "2024"
    assert set(rows_of(loaded)) == set(rows_of(expected))
    for code, row in rows_of(expected).items():
        mine = rows_of(loaded)[code]
        assert mine["area_km2"] == pytest.approx(row["area_km2"], rel=1e-6)
        assert mine["longitude"] == pytest.approx(row["longitude"], abs=1e-6)
        assert (mine["name"], mine["kind"]) == (row["name"], row["kind"])


def test_unknown_projection_is_refused(tmp_path: Path) -> None:
    path = as_parquet(tmp_path / "contours_iris_2024.parquet", None)
    with pytest.raises(DataError, match="projection"):
        load_path(path)


def test_wrong_projection_is_refused(tmp_path: Path) -> None:
    card = {"CODE_IRIS": "352380101", "NOM_IRIS": "Centre", "TYP_IRIS": "H"}
    path = write_geojson(tmp_path / "iris_2024.geojson", [(card, square(352000, 6789000, 1000))])
    with pytest.raises(DataError, match="ne correspondent pas à la projection"):
        load_path(path)


# -- faulty shapes --------------------------------------------------------------------------------


def test_missing_outline_names_the_codes(tmp_path: Path) -> None:
    features = [
        ({"code": "35188", "nom": "Montfort-sur-Meu"}, square(-2, 48, 0.1)),
        ({"code": "35238", "nom": "Rennes"}, None),
    ]
    with pytest.raises(DataError, match="35238"):
        load_path(write_geojson(tmp_path / "communes.geojson", features))


def test_a_few_missing_outlines_are_said_and_their_names_kept(tmp_path: Path) -> None:
    features = [
        ({"code": f"35{i:03}", "nom": f"C{i}"}, square(-2 + i / 100, 48, 0.01))
        for i in range(1, 200)
    ]
    features.append(({"code": "35238", "nom": "Rennes"}, None))
    features = [f for f in features if f[1] or f[0]["nom"] == "Rennes"]
    features = [f for f in features if not (f[0]["code"] == "35238" and f[1])]
    loaded = load_one(write_geojson(tmp_path / "communes.geojson", features))
    assert rows_of(loaded)["35238"]["longitude"] is None
    assert "35238" not in shapes_of(loaded)
    assert any(r.code == "missing-outline" and "35238" in str(r) for r in loaded.remarks)


def test_pieces_of_one_area_are_merged(tmp_path: Path) -> None:
    card = {"code": "29155", "nom": "Ouessant"}
    features = [(card, square(-5.1, 48.4, 0.01)), (card, square(-5.0, 48.4, 0.01))]
    loaded = load_one(write_geojson(tmp_path / "communes.geojson", features))
    (row,) = rows_of(loaded).values()
    assert row["area_km2"] == pytest.approx(2 * 0.824, rel=0.01)
    assert any(r.code == "merged-outline" for r in loaded.remarks)


def test_arrondissements_make_one_commune(tmp_path: Path) -> None:
    features = [
        ({"code": "75101", "nom": "Paris 1er"}, square(2.3, 48.85, 0.01)),
        ({"code": "75102", "nom": "Paris 2e"}, square(2.31, 48.85, 0.01)),
    ]
    loaded = load_one(write_geojson(tmp_path / "communes.geojson", features))
    assert [(r["code"], r["name"]) for r in rows_of(loaded).values()] == [("75056", "Paris")]
    features.append(({"code": "75056", "nom": "Paris"}, square(2.3, 48.85, 0.05)))
    loaded = load_one(write_geojson(tmp_path / "communes.geojson", features))
    assert list(rows_of(loaded)) == ["75056"]
    assert rows_of(loaded)["75056"]["area_km2"] == pytest.approx(20.4, rel=0.01)


def test_points_are_not_outlines(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [-1.6, 48.1]}
    path = write_geojson(tmp_path / "lieux.geojson", [({"code": "35238", "nom": "Mairie"}, point)])
    with pytest.raises(DataError):
        load_path(path)


def test_points_in_a_geopackage_are_not_outlines(tmp_path: Path) -> None:
    path = tmp_path / "lieux.gpkg"
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array([shapely.Point(-1.6, 48.1)])),
        [np.array(["35238"], dtype=object)],
        ["INSEE_COM"],
        geometry_type="Point",
        crs="EPSG:4326",
        driver="GPKG",
    )
    with pytest.raises(DataError, match="Aucune source"):
        load_path(path)


def test_outlines_of_departements_are_not_taken_for_communes(tmp_path: Path) -> None:
    features = [({"code": "35", "nom": "Ille-et-Vilaine"}, square(-2, 48, 1))]
    with pytest.raises(DataError, match="Aucune source"):
        load_path(write_geojson(tmp_path / "departements.geojson", features))


def test_compressed_geojson_is_read(tmp_path: Path) -> None:
    path = tmp_path / "contours_iris_2023.geojson.gz"
    path.write_bytes(gzip.compress((MINIATURE / CASES["iris"]["file"]).read_bytes()))
    loaded = load_one(path)
    assert len(rows_of(loaded)) == 4
    assert loaded.provenance.vintage == "2023"


def test_zipped_shapefile_is_read(tmp_path: Path) -> None:
    as_ogr(tmp_path / "CONTOURS-IRIS_2022.shp", "ESRI Shapefile")
    archive = tmp_path / "contours.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for piece in tmp_path.glob("CONTOURS-IRIS_2022.*"):
            packed.write(piece, f"CONTOURS/{piece.name}")
    loaded = load_one(archive)
    assert len(rows_of(loaded)) == 4
    assert loaded.provenance.vintage == "2022"


# -- real files -----------------------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.slow
def test_all_iris_of_metropole(shared_data: Path) -> None:
    loaded = load_one(shared_data / "geo" / "iris_2020_metropole_l93.parquet")
    territories = loaded.tables["territories"]
    assert territories.height == loaded.tables["contours"].height == 48592
    shapes = shapely.from_wkb(loaded.tables["contours"]["geometry"].to_numpy())
    points = shapely.points(territories["longitude"].to_numpy(), territories["latitude"].to_numpy())
    assert shapely.is_valid(shapes).all()
    assert shapely.intersects(shapes, points).all()
    assert territories["area_km2"].sum() == pytest.approx(549_000, rel=0.01)
    assert territories["region"].null_count() == 0
    assert territories["region"].n_unique() == 13
    assert "75056" in territories["commune"].to_list()
    assert "75101" not in territories["commune"].to_list()


@pytest.mark.shared
def test_areas_agree_with_geodesy_and_with_the_published_total(shared_data: Path) -> None:
    """Geodesic areas are an independent computation; INSEE publishes the cadastral area."""
    loaded = load_one(shared_data / "geo" / "iris_ge_ign_dep22_exact.parquet")
    shapes, rows = shapes_of(loaded), rows_of(loaded)
    geodesy = pyproj.Geod(ellps="WGS84")
    for code in sorted(rows)[:40]:
        square_metres, _ = geodesy.geometry_area_perimeter(shapes[code])
        assert rows[code]["area_km2"] == pytest.approx(abs(square_metres) / 1e6, rel=1e-5)
    path = shared_data / "census" / "communes_superficie_population_1876_2022.parquet"
    published = pl.read_parquet(path).filter(pl.col("id") == "D22")["sup"][0]
    assert sum(row["area_km2"] for row in rows.values()) == pytest.approx(published, rel=0.02)


@pytest.mark.shared
def test_departement_files_live_side_by_side(shared_data: Path) -> None:
    parts = [
        load_one(shared_data / "geo" / f"iris_ge_ign_dep{dep}_exact.parquet").part
        for dep in ("22", "69")
    ]
    assert parts == ["iris_22", "iris_69"]


@pytest.mark.shared
def test_communes_without_outline_are_named(shared_data: Path) -> None:
    loaded = load_one(shared_data / "geo" / "communes_2025_wgs84.parquet")
    assert loaded.tables["territories"].height == 34875
    assert loaded.tables["contours"].height == 34867
    words = next(str(r) for r in loaded.remarks if r.code == "missing-outline")
    assert "12218" in words
    row = rows_of(loaded)["35188"]
    assert (row["epci"], row["departement"], row["region"]) == ("243500550", "35", "53")


@pytest.mark.shared
def test_membership_of_every_iris(shared_data: Path) -> None:
    loaded = load_one(shared_data / "geo" / "table_iris_commune_epci_2020.parquet")
    territories = loaded.tables["territories"]
    iris = territories.filter(pl.col("level") == "iris")
    assert iris.height == 49409  # 49 423 lines, 14 of them twice
    assert iris.filter(pl.col("region").str.len_chars() != 2).height == 0
    assert any(r.code == "double-rows" for r in loaded.remarks)
    assert iris.filter(pl.col("commune") == "75056").height == 992
