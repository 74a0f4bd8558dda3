"""Differencing attack: with everything given away, nobody finds what is not shown."""

from __future__ import annotations

import csv
import io
import json

import polars as pl
import pytest
from scipy.optimize import linprog

from portrea.stats.disclosure import DEFAULT_RULES
from portrea.steering import opendata, publication
from portrea.steering.portrait import build_portrait
from portrea.steering.reading import Reader

MEASURE = "a1"


def raw(reader: Reader, level: str) -> dict[str, dict]:
    """What the server knows and an attacker would like to know."""
    rows = reader.computation.table("estimates").filter(level=level, measure=MEASURE)
    return {row["code"]: row for row in rows.iter_rows(named=True)}


def given_away(reader: Reader, keys: list[str]) -> set[tuple[str, str]]:
    """Areas whose numbers appear in some file, page or object of these territories."""
    found = set()
    for key in keys:
        selection = reader.gazetteer.resolve(key)
        for row in csv.DictReader(io.StringIO(opendata.to_csv(reader, selection))):
            if row["n_low"] or row["n"] or row["population"] or row["share_low"]:
                found.add((row["level"], row["code"]))
        for shape in json.loads(opendata.to_geojson(reader, selection))["features"]:
            card = shape["properties"]
            if card[f"{MEASURE}_n_low"] is not None:
                found.add((card["level"], card["code"]))
        portrait = build_portrait(reader, selection)
        if portrait.headline.numbers:
            found.add(tuple(key.split(":")))
        for table in portrait.tables():
            for line in table.rows:
                level, _, code = line[0].territory.partition(":")
                if level == "iris" and any(cell.value is not None for cell in line[1:]):
                    found.add((level, code))
    zones = [code for level, code in found if level == "iris"]
    for row in csv.DictReader(io.StringIO(opendata.zones_csv(reader, "iris", zones, MEASURE))):
        assert row["n_low"], row
    return found


def attack(
    reader: Reader, commune: str, shown: set[tuple[str, str]], field: str
) -> dict[str, tuple]:
    """Bound each hidden IRIS, every shown number being known exactly, intervals included."""
    parts = reader.gazetteer.table.filter(level="iris", commune=commune)["code"].to_list()
    known = raw(reader, "iris")
    total = sum(known[code][field] for code in parts)
    rows, totals = [[1.0] * len(parts)], [total]
    for place, code in enumerate(parts):
        if ("iris", code) in shown:
            rows.append([float(i == place) for i in range(len(parts))])
            totals.append(known[code][field])
    found = {}
    for place, code in enumerate(parts):
        goal = [float(i == place) for i in range(len(parts))]
        low = linprog(goal, A_eq=rows, b_eq=totals).fun
        high = -linprog([-g for g in goal], A_eq=rows, b_eq=totals).fun
        found[code] = (low, high)
    return {code: bounds for code, bounds in found.items() if ("iris", code) not in shown}


def keys_of(reader: Reader, commune: str) -> list[str]:
    table = reader.gazetteer.table
    parts = table.filter(level="iris", commune=commune)["code"].to_list()
    epci = table.filter(level="commune", code=commune)["epci"][0]
    return [f"commune:{commune}", f"epci:{epci}", "departement:35", *(f"iris:{c}" for c in parts)]


def test_the_attack_would_succeed_on_the_small_areas_alone(reader):
    """Hiding 35003·0103 (50 persons) alone, the commune minus the others is 50 exactly."""
    everything = {("iris", f"35003010{i}") for i in (1, 2, 4)}
    low, high = attack(reader, "35003", everything, "population")["350030103"]
    assert (low, high) == pytest.approx((50, 50))


@pytest.mark.parametrize("field", ["population", "n"])
def test_nothing_hidden_is_found_in_the_miniature(reader, field):
    shown = given_away(reader, keys_of(reader, "35003"))
    assert ("iris", "350030101") in shown
    found = attack(reader, "35003", shown, field)
    assert set(found) == {"350030102", "350030103"}
    rest = sum(raw(reader, "iris")[code][field] for code in found)
    for low, high in found.values():
        assert (low, high) == pytest.approx((0, rest))


@pytest.mark.slow
def test_nothing_hidden_is_found_in_a_departement(demo_home):
    """Every commune of Ille-et-Vilaine that has hidden IRIS, on the real figures."""
    from portrea.sources.store import Store

    reader = Reader(Store(demo_home))
    concealed = reader.snapshot.withheld
    table = reader.gazetteer.table.filter(pl.col("level") == "iris")
    sizes = dict(table["commune"].value_counts().iter_rows())
    several = sorted({c for c in concealed["commune"] if sizes[c] > 1})
    assert several
    keys = {key for commune in several for key in keys_of(reader, commune)}
    shown = given_away(reader, sorted(keys))
    for commune in several:
        found = attack(reader, commune, shown, "population")
        rest = sum(raw(reader, "iris")[code]["population"] for code in found)
        assert rest >= DEFAULT_RULES.rest_persons
        for low, high in found.values():
            assert high - low == pytest.approx(rest)


def test_a_hidden_iris_has_no_number_anywhere(reader):
    """Its page, its files, its line in every table, its access: words and travel times only."""
    for key in ("350030102", "350030103"):
        selection = reader.gazetteer.resolve(f"iris:{key}")
        content = json.loads(opendata.to_json(build_portrait(reader, selection)))
        assert content["headline"]["numbers"] == []
        rows = next(s for s in content["sections"] if s["id"] == "besoins")["tables"][0]["rows"]
        assert {cell["value"] for row in rows for cell in row} == {None}
        for row in reader.estimates("iris", [key]).iter_rows(named=True):
            kept = {name for name, value in row.items() if value is not None}
            assert kept <= {*publication.KEPT, "quality", "withheld"}
            assert row["quality"] == "N"


def test_smallness_and_neighbourhood_are_not_told_apart(reader):
    """Saying which IRIS is hidden for another's sake would give the other one's bounds away."""
    rows = csv.DictReader(
        io.StringIO(opendata.to_csv(reader, reader.gazetteer.resolve("commune:35003")))
    )
    cards = {
        row["code"]: {name: text for name, text in row.items() if name not in ("code", "name")}
        for row in rows
        if row["measure"] == MEASURE
    }
    assert cards["350030102"] == cards["350030103"]


def test_far_persons_of_a_hidden_iris_are_not_shown():
    """An IRIS is far or not: its persons beyond 20 minutes are its A1, its commune's a part."""

    def row(level, code, beyond, persons):
        shares = dict.fromkeys(publication.REACH_NUMBERS[:3], beyond)
        return {
            "level": level,
            "code": code,
            "nearest_minutes": 25.0,
            "persons_beyond_20": persons,
            **shares,
        }

    table = pl.DataFrame(
        [row("iris", "a", 1.0, 12.0), row("iris", "b", 0.0, 0.0), row("commune", "x", 0.2, 12.0),
         row("commune", "y", 0.2, 30.0), row("epci", "e", 0.1, 42.0)]
    )  # fmt: skip
    shown = publication.reach(table, pl.DataFrame({"code": ["a"], "commune": ["x"]}))
    assert shown["persons_beyond_20"].to_list() == [None, 0.0, None, 30.0, 42.0]
    assert shown["nearest_minutes"].to_list() == [25.0] * 5
    whole = table.with_columns(share_beyond_10=1.0, share_beyond_20=1.0, share_beyond_30=1.0)
    shown = publication.reach(whole, pl.DataFrame({"code": ["a"], "commune": ["x"]}))
    assert shown["persons_beyond_20"].to_list() == [None, 0.0, 12.0, 30.0, 42.0]


def test_json_numbers_are_those_of_the_page(reader):
    """No number of the JSON is more precise than its text."""
    content = json.loads(
        opendata.to_json(build_portrait(reader, reader.gazetteer.resolve("commune:35002")))
    )
    for number in content["headline"]["numbers"]:
        for field in ("value", "low", "high"):
            assert number[field] == pytest.approx(round(number[field], 3))
    values = [c["value"] for s in content["sections"] for t in s["tables"] for r in t["rows"]
              for c in r if c["value"] is not None]  # fmt: skip
    assert values
    assert all(abs(v - round(v, 3)) < 1e-9 for v in values)


def test_a_trial_on_a_hidden_iris_is_about_its_commune(demo_home):
    """Trying other parameters is another way out: it never goes below the commune."""
    from portrea.sources.store import Store
    from portrea.steering.computation import gather_inputs
    from portrea.steering.scenarios import Trial

    reader = Reader(Store(demo_home))
    code, commune = reader.snapshot.withheld.drop_nulls().sort("code").row(0)
    selection = reader.gazetteer.resolve(f"iris:{code}")
    trial = Trial.of(gather_inputs(reader.store), selection, level="commune")
    whole = reader.gazetteer.table.filter(level="iris", commune=commune)["code"].to_list()
    assert sorted(trial.atoms) == sorted(whole)
