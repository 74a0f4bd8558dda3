"""Priority areas of a territory, from the store: same access as elsewhere, nothing hidden told."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from portrea.base.errors import ParameterError
from portrea.base.estimates import Estimate, Quality
from portrea.reach.causes import causes
from portrea.reach.priority_readings import kept
from portrea.reach.priority_rules import default_rule
from portrea.reach.priority_tables import Status
from portrea.sources.store import Store
from portrea.steering import access, priorities
from portrea.steering import priority_words as said
from portrea.steering.priority_files import COLUMNS, priority_csv
from portrea.steering.priority_ground import Question, levels_inside, prepare
from portrea.steering.reading import Reader
from portrea.steering.subject import Subject

EPCI = "epci:243500618"
RULE = default_rule(first=2)


@pytest.fixture(scope="module")
def reader(demo_home):
    return Reader(Store(demo_home))


@pytest.fixture(scope="module")
def ground(reader):
    selection = reader.gazetteer.resolve(EPCI)
    return prepare(reader, selection, Question(situation="information", measure="a1", draws=40))


def test_the_access_is_that_of_the_other_pages(reader, ground):
    question = access.Question(need="information", measure="a1", draws=40)
    table = access.access_of(reader, reader.gazetteer.resolve(EPCI), question, levels=["commune"])
    mine = priorities.table_of(ground, RULE).select("code", "access", "imputed_share")
    both = table.join(mine, on="code")
    assert both.height == 8
    assert both["access"].to_list() == pytest.approx(both["access_right"].to_list(), rel=1e-6)


def test_persons_are_those_of_the_portrait(reader, ground):
    table = priorities.table_of(ground, RULE)
    known = reader.estimates("commune", table["code"].to_list(), "a1")["n"].to_list()
    assert table["persons"].to_list() == pytest.approx(known, rel=1e-6)
    total = priorities.total_of(ground, RULE)
    assert total is None or total.value == pytest.approx(table["uncovered"].sum(), rel=1e-6)


def test_least_access_comes_first_among_those_above_the_bar(ground):
    table = priorities.table_of(ground, RULE).filter(status=str(Status.COVERED))
    assert table["access"].is_sorted()


def test_causes_stand_beside_the_need_with_their_year(reader, ground):
    table = priorities.causes_beside(ground)
    assert set(table["cause"].unique()) >= {"fixed", "mobile", "help"}
    ranked = set(priorities.table_of(ground, RULE).columns)
    assert not ranked & set(causes())
    assert table.filter(cause="fixed")["vintage"].unique().to_list() == ["2019"]
    means = priorities.references_of(ground, table)
    assert 0 <= means["fixed"] <= 1


def test_a_part_of_an_area_with_a_hidden_iris_is_not_told(ground, monkeypatch):
    code = ground.codes[0]
    monkeypatch.setitem(ground.__dict__, "hidden", frozenset({code}))
    rule = default_rule(first=2, threshold=1e9)
    whole = priorities.table_of(ground, rule).filter(code=code).row(0, named=True)
    # Everyone is under such a bar: the number is that of the commune, already told.
    assert whole["uncovered"] == pytest.approx(whole["persons"])
    part = pl.DataFrame({
        "code": [code], "uncovered": [5.0], "uncovered_low": [0.0], "uncovered_high": [9.0],
        "persons": [12.0], "persons_low": [8.0], "persons_high": [16.0],
    })  # fmt: skip
    assert priorities._published(part, ground)["uncovered"].to_list() == [None]


def test_a_hidden_iris_has_no_number(ground):
    alone = replace(ground, level="iris")
    alone.__dict__["hidden"] = frozenset(ground.codes[:1])
    table = priorities.table_of(alone, RULE)
    # Last of the table, with no rank: its place would tell who it is larger than.
    assert table["code"].to_list()[-1] == ground.codes[0]
    row = table.filter(code=ground.codes[0]).row(0, named=True)
    assert row["status"] == Status.UNKNOWN
    assert row["rank"] == table.height + 1
    assert row["persons"] is row["uncovered"] is row["p_first"] is None


def test_other_choices_are_tried_on_the_same_areas(ground):
    table = priorities.sensitivity_of(ground, RULE, ["a2"])
    names = set(kept(table)["variant"])
    assert names == {
        "base", "decay:seuil20", "decay:apl2012", "decay:gaussienne", "share:0.25", "share:0.75",
        "measure:a2",
    }  # fmt: skip
    assert table.group_by("variant").len()["len"].unique().to_list() == [8]


def test_the_file_says_what_the_page_says(ground):
    rows = list(csv.DictReader(io.StringIO(priority_csv(ground, RULE))))
    assert len(rows) == 8
    assert set(COLUMNS) <= set(rows[0])
    assert {row["measure"] for row in rows} == {"a1"}
    assert all(row["fixed_year"] == "2019" for row in rows)
    # Rounded as on the page: tens of persons in a commune.
    assert all(float(row["persons"]) % 10 == 0 for row in rows)


def test_levels_and_first_areas(reader, ground):
    assert priorities.usual_first(ground) == 2
    assert levels_inside(ground.subject) == ("commune", "iris")
    departement = Subject.of(reader, reader.gazetteer.resolve("departement:35"))
    assert levels_inside(departement) == ("epci", "commune")
    with pytest.raises(ParameterError, match="ne convient pas"):
        prepare(reader, reader.gazetteer.resolve(EPCI), Question(level="region"))


def test_a_territory_wider_than_a_region_is_refused(reader, monkeypatch):
    small = {"most_zones": {"value": 1}}
    monkeypatch.setattr("portrea.steering.priority_ground.parameters", lambda _: small)
    with pytest.raises(ParameterError, match="plus grand qu’une région"):
        prepare(reader, reader.gazetteer.resolve(EPCI), Question())


@pytest.mark.parametrize(
    ("counts", "first", "words"),
    [
        ({"covered": 8}, 2, "Aucune commune n’est sous le seuil d’accès choisi."),
        ({"first": 1, "after": 3}, 1, "Une commune est assez sûrement la première."),
        ({"first": 7, "after": 9}, 10, "7 communes sont assez sûrement parmi les 10 premières."),
        ({"unrankable": 9}, 8, "Aucune commune n’est assez sûrement parmi les 8 premières."),
        # No more under the bar than are called « first »: nothing more is told than being under.
        ({"first": 1, "covered": 97}, 10, "Une commune est assez sûrement sous le seuil d’accès."),
    ],
)
def test_headline(counts, first, words):
    found = said.headline(counts, first=first, level="commune", total=None)
    assert found.text == words


def test_headline_tells_the_persons_with_their_range():
    total = Estimate(5000, 2012, 8430, Quality.C)
    text = said.headline({"first": 2}, first=2, level="commune", total=total).text
    assert text.endswith("vivent entre 2\u202f000 et 8\u202f500 personnes concernées.")


def test_cells():
    assert said.hours_cell(1.24, 5, 31.6) == "1,2\u00a0–\u00a032\u00a0h"
    assert said.hours_cell(None, None, None) == "inconnu"
    assert said.persons_cell(None, None, None, "commune") == "non publié"
    assert said.chance({"p_first": 0.5, "p_first_low": 0.43, "p_first_high": 0.57}) == (
        "43\u00a0–\u00a057\u202f%"
    )
    ranked = {"status": "first", "rank": 3, "rank_low": 2.0, "rank_high": 9.0}
    assert said.rank(ranked) == "2 à 9"
    assert said.rank(ranked | {"status": "unrankable"}) == "–"
    row = {"cause": "mobile", "value": None, "state": "no_antenna", "from_level": "commune"}
    assert said.cause_cell(row, "commune") == "aucune antenne dans la commune"
    lent = {"cause": "fibre", "value": 0.004, "state": "ok", "from_level": "commune"}
    assert said.cause_cell(lent, "iris") == "0,4\u202f% (commune)"


def test_a_count_of_everyone_is_the_one_already_told():
    row = {"uncovered": 12.0, "persons": 12.0, "uncovered_low": 8.0, "persons_low": 8.0}
    assert said.is_whole(row)
    assert not said.is_whole(row | {"uncovered_low": 0.0})
    assert not said.is_whole(row | {"uncovered": None})
    assert not said.is_whole(row | {"uncovered": 0.0, "persons": 0.0})


def test_zones_of_the_territory_only_are_ranked(ground):
    assert ground.inside.sum() == len(ground.owners)
    assert len(ground.inside) > ground.inside.sum()
    assert np.isin(ground.owners, ground.codes).all()
