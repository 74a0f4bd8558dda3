"""``portrea reach times|access|priority|place``: the numbers of the pages, from the terminal."""

from __future__ import annotations

import csv
import io
import json

import click
import pytest
from click.testing import CliRunner

from portrea.base.errors import ParameterError, StoreError, TerritoryError
from portrea.cli.reach import COMMANDS, reach
from portrea.cli.reach_place import place
from portrea.cli.usage import explain
from portrea.reach import islands
from portrea.sources.store import Store
from portrea.steering import access
from portrea.steering.priority_files import priority_csv
from portrea.steering.reading import Reader

EPCI = "epci:243500618"
NEED = ("--need", "information")


@pytest.fixture
def asked(demo_home, monkeypatch):
    monkeypatch.setenv("PORTREA_HOME", str(demo_home))

    def run(*words):
        return CliRunner().invoke(reach, list(words))

    return run


def rows_of(done):
    assert done.exit_code == 0, done.output + str(done.exception)
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_help_lists_every_command(asked):
    told = asked("--help").output
    assert all(name in told for name in COMMANDS)


def test_a_territory_alone_is_measured(asked):
    assert asked(EPCI).stdout == asked("measure", EPCI).stdout
    assert "min" in asked(EPCI).stdout


def test_times_are_those_of_the_engine_of_access(asked, demo_home):
    done = asked("times", "commune:35133", *NEED, "--t-max", "20", "--format", "csv")
    rows = rows_of(done)
    assert "moteur crow_fly, profil car" in done.stderr
    assert {row["commune"] for row in rows} == {"35133"}
    reader = Reader(Store(demo_home))
    ground = access.prepare(
        reader, reader.gazetteer.resolve("commune:35133"), access.Question(need="information")
    )
    known = {(o, p): m for o, p, m in ground.scores.times.table().iter_rows() if m <= 20}
    mine = {(r["origin"], r["place"]): float(r["minutes"]) for r in rows}
    assert len(mine) > 5
    expected = {pair: known[pair] for pair in known if pair[0] in {o for o, _ in mine}}
    assert mine == pytest.approx(expected, abs=1e-3)


def test_rational_agents_have_their_cost_and_their_edge(asked):
    done = asked("access", "commune:35211", *NEED, "--method", "raam")
    assert done.exit_code == 0
    assert "Coût" in done.stdout
    assert "équilibre à" in done.stderr
    assert "où l’on coupe la carte" in done.stderr
    assert "Coût" not in asked("access", "commune:35211", *NEED).stdout


@pytest.mark.parametrize("command", ["times", "access"])
def test_the_sea_is_told(asked, command, monkeypatch):
    """As if Paimpont were an island: the demonstration has none."""
    before = rows_of(asked(command, "commune:35211", *NEED, "--format", "csv"))
    monkeypatch.setattr(islands, "islands", lambda: {"Brocéliande": ("35211",)})
    monkeypatch.setattr(islands, "_numbers", lambda: {"35211": 1})
    done = asked(command, "commune:35211", *NEED, "--format", "csv")
    assert "Aucune route ne mène à Brocéliande" in done.stderr
    assert rows_of(done) != before
    assert "Aucune route" not in asked(command, "commune:35133", *NEED).stderr


def test_a_number_beyond_its_bounds_says_them():
    param = next(param for param in place.params if param.name == "openings")
    told = explain(click.BadParameter("300", param=param))
    assert "d’au moins 0 et d’au plus 200" in told


def test_nobody_who_helps_is_told(asked):
    assert "l’accès vaut 0 partout" in asked("access", "commune:35133").stderr


def test_nothing_within_reach_is_told(asked):
    done = asked("times", "commune:35133", "--format", "csv")
    assert rows_of(done) == []
    assert "aucun lieu qui donne cette aide" in done.stderr


def test_access_is_that_of_the_pages(asked, demo_home):
    rows = json.loads(asked("access", EPCI, *NEED, "--who", "a1", "--format", "json").stdout)
    reader = Reader(Store(demo_home))
    question = access.Question(need="information", measure="a1")
    selection = reader.gazetteer.resolve(EPCI)
    table = access.access_of(reader, selection, question, levels=["commune"])
    told = {row["code"]: row["access"] for row in rows}
    assert told == pytest.approx(dict(table.select("code", "access").iter_rows()))
    assert all(row["name"] for row in rows)


def test_priorities_are_the_file_of_the_page(asked, demo_home):
    from portrea.reach.priority_rules import default_rule
    from portrea.steering.priority_ground import Question, prepare

    rows = rows_of(asked("priority", EPCI, *NEED, "--who", "a1", "--first", "2", "--format", "csv"))
    reader = Reader(Store(demo_home))
    question = Question(situation="information", measure="a1")
    ground = prepare(reader, reader.gazetteer.resolve(EPCI), question)
    page = csv.DictReader(io.StringIO(priority_csv(ground, default_rule(first=2))))
    assert rows == list(page)
    assert len(rows) == 8


def test_place_says_where_and_what_is_proven(asked):
    done = asked("place", EPCI, "--p", "2", "--minutes", "8", "--who", "a1")
    assert done.exit_code == 0, done.output
    assert "à moins de 8\xa0minutes en voiture" in done.stdout
    assert "aucun autre choix ne fait mieux" in done.stdout
    rows = rows_of(asked("place", EPCI, "--p", "2", "--minutes", "8", "--format", "csv"))
    assert {row["action"] for row in rows} == {"ouvrir"}
    found = json.loads(
        asked("place", EPCI, "--p", "2", "--minutes", "8", "--format", "json").stdout
    )
    assert [place["id"] for place in found["places"]] == [row["id"] for row in rows]
    assert found["optimal"]


def test_each_more_place_is_told(asked):
    words = ("--p", "2", "--minutes", "8", "--curve", "--format", "csv")
    rows = rows_of(asked("place", EPCI, *words))
    assert [row["openings"] for row in rows] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("place", EPCI, "--p", "150"), "150 lieux à ouvrir"),
        (("place", EPCI, "--who", "zz"), "n’est pas connue"),
        (("access", EPCI, "--decay", "zz"), "décroissance"),
        (("access", EPCI, "--method", "zz"), "méthode"),
        (("priority", EPCI, "--level", "region"), "niveau"),
        (("times", EPCI, "--profile", "zz"), "zz"),
        (("times", EPCI, "--engine", "absent"), "Aucun réseau routier"),
    ],
)
def test_what_cannot_be_is_refused_in_french(asked, words, said):
    done = asked(*words)
    assert isinstance(done.exception, (ParameterError, StoreError)), done.exception
    assert said in done.exception.message


def test_an_unknown_territory_is_refused(asked):
    for name in ("times", "access", "priority", "place"):
        assert isinstance(asked(name, "commune:99999").exception, TerritoryError)
