"""``portrea reach tour``: from a list of stops to a calendar, and again when a stop goes."""

from __future__ import annotations

import json

import polars as pl
import pytest
from click.testing import CliRunner

from portrea.base.errors import ParameterError
from portrea.cli.reach_tour import tour

LIST = """arret;commune;duree;rythme;horaires
Marché;Montfort-sur-Meu;2 h;toutes les semaines;vendredi matin
Salle;Iffendic;1h30;une semaine sur deux;
Mairie;Bédée;2h;une semaine sur deux;
"""
WHEN = ("--start", "2026-12-07", "--weeks", "2")


@pytest.fixture
def asked(demo_home, monkeypatch, tmp_path):
    monkeypatch.setenv("PORTREA_HOME", str(demo_home))
    path = tmp_path / "arrets.csv"
    path.write_text(LIST, "utf-8")

    def run(*words):
        return CliRunner().invoke(tour, [*words, *WHEN], catch_exceptions=False)

    return run, path


def test_a_calendar_then_the_same_one_without_a_stop(asked, tmp_path):
    run, path = asked
    calendar = tmp_path / "calendrier.csv"
    run("--stops", str(path), "--format", "csv", "--out", str(calendar))
    table = pl.read_csv(calendar)
    assert table.filter(stop="Marché")["date"].to_list() == ["2026-12-11", "2026-12-18"]
    path.write_text(LIST.replace("Salle;Iffendic;1h30;une semaine sur deux;\n", ""), "utf-8")
    again = run("--stops", str(path), "--previous", str(calendar), "--format", "json")
    assert "Stabilité : 3 des 3 passages" in again.stderr
    kept = json.loads(again.stdout)["visits"]
    before = table.filter(pl.col("stop") != "Salle")
    assert [(v["date"], v["start"]) for v in kept] == before.select("date", "start").rows()
    told = run(
        "--stops", str(path), "--previous", str(calendar), "--format", "ics", "--revision", "3"
    ).stdout
    assert told.count("STATUS:CANCELLED") == table.height - before.height
    assert told.count("SEQUENCE:3") == table.height - before.height
    assert told.count("STATUS:CONFIRMED") == before.height


def test_without_stops_nor_territory_it_says_what_lacks(asked):
    run, _ = asked
    with pytest.raises(ParameterError, match="arrêts"):
        run()
