"""Differencing attack: with everything given away, nobody finds what is not shown."""

from __future__ import annotations

import csv
import io
import json

import polars as pl
import pytest
from scipy.optimize import linprog

from portrea.base.provenance import Provenance
from portrea.stats.disclosure import DEFAULT_RULES
from portrea.steering import opendata, publication
from portrea.steering.portrait import build_portrait
from portrea.steering.reading import Reader
from portrea.vocab.tables import OBSERVATIONS

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


# -- one's own counts: threshold of 5, complementary suppression ----------------------------------

RSA = "households_rsa"
OWN = {"35001": 3.0, "35002": 40.0, "35003": 60.0}
"""The three communes of EPCI 243500618: 35001 is confidential, the total 103 is not."""


def own_counts(level: str, values: dict[str, float]) -> pl.DataFrame:
    rows = [{"level": level, "code": c, "variable": RSA, "value": v} for c, v in values.items()]
    return OBSERVATIONS.conform(pl.DataFrame(rows).with_columns(status=pl.lit("ok")))


@pytest.mark.parametrize(
    ("level", "values", "hidden"),
    [
        # 103 − 60 − 40 = 3: the smallest neighbour goes too, then 3 is in [0, 43]
        ("commune", OWN, {"35001", "35002"}),
        # 35003 is not in the file: nobody can subtract
        ("commune", {"35001": 3.0, "35002": 40.0}, {"35001"}),
        # 4 + 30 = 34 of the commune's 84 are hidden with the two smallest
        ("iris", dict(zip(("0101", "0102", "0103", "0104"), (4.0, 30.0, 50.0, 60.0), strict=True)),
         {"350030101", "350030102"}),
        ("commune", {"35001": 5.0, "35002": 0.0, "35003": 60.0}, set()),
    ],
)  # fmt: skip
def test_areas_that_would_tell_a_small_count(reader, level, values, hidden):
    codes = {(c if level == "commune" else f"35003{c}"): v for c, v in values.items()}
    territories = reader.computation.table("territories")
    found = publication.confidential([own_counts(level, codes)], territories)
    assert set(found.filter(level=level)["code"]) == hidden
    inside = territories.filter(pl.col("level") == "iris", pl.col("commune").is_in(hidden))
    if level == "commune":
        assert set(found.filter(level="iris")["code"]) == set(inside["code"])


def test_small_counts_of_ones_own_leave_by_no_door(fresh_store, write_mini, estimate_rows):
    """B is known to the person: 3, 40 and 60. Nothing given away leads back to 3."""
    everybody = [*OWN, "35004", "35005"]
    rows = [row for row in estimate_rows() if row["measure"] != "b"]
    counts = OWN | {"35004": 80.0, "35005": 90.0}
    areas = [("commune", c, counts[c]) for c in everybody] + [("epci", "243500618", 103.0)]
    for level, code, n in areas:
        card = {"level": level, "code": code, "name": f"{level} {code}", "measure": "b"}
        card |= dict.fromkeys(("n", "n_low", "n_high"), n) | {"population": 800.0, "quality": "B"}
        card |= dict.fromkeys(("share", "share_low", "share_high"), n / 800)
        rows.append(card | {"vintages": "comptages 2025"})
    own = Provenance(source="comptages", title="CCAS", producer="CCAS", vintage="2025")
    dataset = fresh_store.write_dataset(own, {"observations": own_counts("commune", OWN)})
    write_mini(fresh_store, estimates=rows, card={"datasets": [dataset.id]})
    reader = Reader(fresh_store)
    keys = ["epci:243500618", "departement:35", *(f"commune:{code}" for code in OWN)]
    told = set()
    for key in keys:
        selection = reader.gazetteer.resolve(key)
        lines = csv.DictReader(io.StringIO(opendata.to_csv(reader, selection)))
        told |= {r["code"] for r in lines if r["measure"] == "b" and (r["n_low"] or r["share_low"])}
        shapes = json.loads(opendata.to_geojson(reader, selection))["features"]
        cards = [shape["properties"] for shape in shapes]
        assert {c["code"] for c in cards if c.get("b_n_low") is not None} <= told
        portrait = build_portrait(reader, selection)
        table = next(t for t in portrait.section("besoins").tables if t.id == "besoins-mesures")
        said = next(row for row in table.rows if "chacun compté une fois" in row[0].text)
        assert (said[2].value is not None) == (key.split(":")[1] in told)
    assert told == {
        "35003",
        "35004",
        "243500618",
    }  # 35004: a neighbour, the file says nothing of it
    lines = csv.DictReader(io.StringIO(opendata.zones_csv(reader, "commune", everybody, "b")))
    assert {r["code"] for r in lines if r["n"]} == {"35003", "35004", "35005"}
    hidden = build_portrait(reader, reader.gazetteer.resolve("commune:35001"))
    assert any("moins de 5 personnes" in unknown.why for unknown in hidden.unknowns)
    pair = build_portrait(reader, reader.gazetteer.resolve("commune:35001,commune:35003"))
    assert "non disponible" in next(
        row[2].text for row in pair.section("besoins").tables[0].rows if "une fois" in row[0].text
    )
