"""``portrea surveys``: ready questionnaires, files made elsewhere, tables of answers."""

from __future__ import annotations

import csv
import io
import json

import pytest
from click.testing import CliRunner

from portrea.base.errors import DataError, ParameterError
from portrea.cli.surveys import surveys
from portrea.sources.xlsform import read_workbook, write_workbook
from portrea.surveys.models import models
from portrea.surveys.xlsform import read_sheets

ANSWERS = """regle;reviendrait;manque;_uuid
oui;oui;;00000000-0000-4000-8000-000000000001
oui;oui;;00000000-0000-4000-8000-000000000002
partie;oui;du temps;00000000-0000-4000-8000-000000000003
non;non;quelqu’un;00000000-0000-4000-8000-000000000004
"""
"""Two of four « oui »: half."""


def run(*words: str):
    return CliRunner().invoke(surveys, words)


@pytest.fixture
def answers(tmp_path):
    path = tmp_path / "reponses.csv"
    path.write_text(ANSWERS, "utf-8")
    return path


def test_ready_questionnaires_are_listed():
    rows = json.loads(run("models", "--format", "json").stdout)
    assert [row["name"] for row in rows] == list(models())


@pytest.mark.parametrize("name", ["satisfaction", "acteurs"])
def test_what_is_exported_is_read_the_same(name, tmp_path):
    path = tmp_path / "formulaire.xlsx"
    assert run("export", name, "-o", str(path)).exit_code == 0
    assert read_sheets(read_workbook(path.read_bytes())).form == models()[name].form
    done = run("check", str(path))
    assert done.exit_code == 0, done.output
    assert models()[name].form.title in done.stdout
    assert run("export", str(path), "-o", str(tmp_path / "f.xml")).exit_code == 0
    assert f'id="{name}"' in (tmp_path / "f.xml").read_text("utf-8")


def test_a_table_counts_shares_and_gives_no_margin_to_volunteers(answers):
    done = run("table", "satisfaction", str(answers), "regle", "--format", "csv")
    rows = {row["choice"]: row for row in csv.DictReader(io.StringIO(done.stdout))}
    assert (rows["oui"]["answers"], rows["oui"]["share"], rows["oui"]["low"]) == ("2", "0.5", "")
    assert "4 réponses" in done.stderr


def test_margins_weigh_a_draw(answers, tmp_path):
    """« reviendrait »: 3 oui and 1 non, for 10 and 10 people: one « non » weighs three."""
    margins = tmp_path / "totaux.csv"
    margins.write_text(
        "question,choix,personnes\nreviendrait,oui,10\nreviendrait,non,10\n", "utf-8"
    )
    words = ("--design", "tirage", "--margins", str(margins), "--format", "json")
    done = run("table", "satisfaction", str(answers), "regle", *words)
    shares = {row["choice"]: row["share"] for row in json.loads(done.stdout)}
    assert shares == pytest.approx({"oui": 1 / 3, "partie": 1 / 6, "non": 1 / 2})
    assert "effet de plan 1,33" in done.stderr


def test_small_counts_are_hidden_when_published(answers):
    words = ("--publish", "--format", "json")
    rows = json.loads(run("table", "satisfaction", str(answers), "regle", *words).stdout)
    assert all(row["hidden"] and row["answers"] is None for row in rows)


def test_records_are_read_too(tmp_path):
    path = tmp_path / "reponses.json"
    path.write_text(json.dumps({"results": [{"regle": "oui", "reviendrait": "non"}]}), "utf-8")
    done = run(
        "table", "satisfaction", str(path), "reviendrait", "--by", "regle", "--format", "json"
    )
    assert [row["group"] for row in json.loads(done.stdout)][:2] == ["", ""]


@pytest.mark.parametrize(
    ("words", "error", "says"),
    [
        (("export", "inconnu", "-o", "x.xlsx"), ParameterError, "satisfaction"),
        (("table", "satisfaction", "{answers}", "couleur"), DataError, "couleur"),
        (("table", "satisfaction", "{answers}", "manque"), DataError, "manque"),
        (("table", "acteurs", "{answers}", "offres"), DataError, "aucune question"),
    ],
)
def test_what_cannot_be_answered_is_told(words, error, says, answers):
    done = run(*(word.format(answers=answers) for word in words))
    assert isinstance(done.exception, error)
    assert says in done.exception.render()


def test_a_damaged_questionnaire_says_its_faults(tmp_path):
    path = tmp_path / "formulaire.xlsx"
    path.write_bytes(write_workbook({"survey": [{"type": "texte", "name": "a", "label": "A"}]}))
    done = run("check", str(path))
    assert isinstance(done.exception, DataError)
    assert "ligne 2" in done.exception.render()
