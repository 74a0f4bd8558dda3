"""``portrea offer import`` of any list: shown, saved, sent again, put in the census."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import openpyxl
import pytest
import yaml
from click.testing import CliRunner

from portrea.base.errors import DataError, ParameterError
from portrea.cli.offer import offer
from portrea.sources.store import Store

if TYPE_CHECKING:
    from pathlib import Path

LIST = """Liste des lieux 2024;;;
;;;
Nom;Adresse;CP;Ville;Tél;Référent
Mairie de Bourg;1 rue du Test;1000;Bourg-en-Bresse;04 74 00 00 00;Zoé Kermadec
;2 rue du Test;01000;Bourg;;
Bus;;;Rennes;javascript:x;
"""


def run(*arguments):
    return CliRunner().invoke(offer, ["import", *map(str, arguments)])


@pytest.fixture
def path(tmp_path) -> Path:
    target = tmp_path / "lieux.csv"
    target.write_bytes(LIST.encode("cp1252"))
    return target


def test_a_trial_shows_all_and_changes_nothing(home, path):
    result = run(path, "--dry-run")
    assert result.exit_code == 0, result.output
    for words in (
        "cp1252, séparateur « ; »",
        "« Nom » → Nom",
        "« Référent » → laissée de côté : donnée personnelle",
        "3 lignes lues, 2 acceptées",
        "1 refusées",
        "lieu sans nom (1)",
        "colonne « Référent » : 1 nom de personne retiré",
        "zéro initial remis",
        "rien n’a été changé",
    ):
        assert words in result.output, words
    assert "ermadec" not in result.output
    assert Store().datasets() == []
    assert not list(home.glob("*.sqlite3"))


def test_refused_rows_are_kept_and_read_back(home, path):
    run(path, "--dry-run")
    target = path.with_name("lieux_a-corriger.csv")
    with target.open(encoding="utf-8-sig") as stream:
        (row,) = list(csv.DictReader(stream, delimiter=";"))
    assert row["ligne d’origine"] == "5"
    assert "lieu sans nom" in row["raison"]
    assert row["Adresse"] == "2 rue du Test"
    target.write_text(target.read_text("utf-8-sig").replace("\n;2 rue", "\nCCAS;2 rue"), "utf-8")
    again = run(target, "--dry-run")
    assert "1 lignes lues, 1 acceptées" in again.output, again.output


def test_a_profile_is_saved_corrected_and_used(home, path, tmp_path):
    saved, places = tmp_path / "mien.yaml", tmp_path / "lieux.jsonl"
    run(path, "--dry-run", "--save-profile", saved)
    card = yaml.safe_load(saved.read_text("utf-8"))
    assert card["id"] == "mien"
    card["fields"]["kind"] = {"constant": "MUNI"}
    saved.write_text(yaml.safe_dump(card, allow_unicode=True), "utf-8")
    result = run(path, "--dry-run", "--profile", saved, "--places", places)
    assert "profil « mien »" in result.output
    told = [json.loads(line) for line in places.read_text("utf-8").splitlines()]
    assert [place["kind"] for place in told] == ["MUNI", "MUNI"]
    assert told[0]["postcode"] == "01000"


@pytest.mark.parametrize(
    ("told", "error"), [("inconnu", ParameterError), ("absent.yaml", DataError)]
)
def test_a_profile_that_does_not_exist(home, path, told, error):
    assert isinstance(run(path, "--dry-run", "--profile", told).exception, error)


def test_strict_refuses_faults_and_persons(home, path, tmp_path):
    assert isinstance(run(path, "--dry-run", "--strict").exception, DataError)
    clean = tmp_path / "net.csv"
    clean.write_text("nom;ville;cp\nMairie;Rennes;35000\n", "utf-8")
    assert run(clean, "--dry-run", "--strict").exit_code == 0


def test_a_sheet_is_chosen(home, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Notice"
    book.active.append(["Mode d’emploi"])
    sheet = book.create_sheet("Lieux")
    for row in (["nom", "ville"], ["Mairie", "Rennes"]):
        sheet.append(row)
    book.save(tmp_path / "l.xlsx")
    assert "1 acceptées" in run(tmp_path / "l.xlsx", "--dry-run").output
    assert isinstance(run(tmp_path / "l.xlsx", "--dry-run", "--sheet", "X").exception, DataError)


def test_a_file_without_any_place(home, tmp_path):
    (tmp_path / "x.csv").write_text("nom;ville\n;Rennes\n", "utf-8")
    assert isinstance(run(tmp_path / "x.csv").exception, DataError)
    assert not list(home.glob("*.sqlite3"))


@pytest.mark.django_db
def test_places_reach_the_census_and_a_second_time_change_nothing(home, path, monkeypatch):
    from portrea.web.offer.models import ImportBatch, ImportRow, Place

    monkeypatch.setattr("portrea.cli.serve.prepare_database", lambda: None)
    monkeypatch.setattr("portrea.cli.census.photograph_census", lambda store: None)
    result = run(path)
    assert result.exit_code == 0, (result.output, result.exception)
    assert "2 lieux ajoutés" in result.output
    assert sorted(Place.objects.values_list("name", flat=True)) == ["Bus", "Mairie de Bourg"]
    batch = ImportBatch.objects.get()
    assert batch.report["refused"] == 1
    kept = json.dumps([row.before for row in ImportRow.objects.all()]) + json.dumps(batch.report)
    assert "ermadec" not in kept
    assert "2 inchangés" in run(path).output
    assert Place.objects.count() == 2


@pytest.mark.django_db
def test_rows_mended_and_sent_again_join_their_list(home, path, monkeypatch):
    from portrea.web.offer.models import ImportBatch, Place

    monkeypatch.setattr("portrea.cli.serve.prepare_database", lambda: None)
    monkeypatch.setattr("portrea.cli.census.photograph_census", lambda store: None)
    run(path)
    target = path.with_name("lieux_a-corriger.csv")
    target.write_text(target.read_text("utf-8-sig").replace("\n;2 rue", "\nCCAS;2 rue"), "utf-8")
    assert "1 lieux ajoutés" in run(target).output
    assert set(ImportBatch.objects.values_list("source", flat=True)) == {"lieux"}
    listed = Place.objects.filter(listed=True).values_list("name", flat=True)
    assert sorted(listed) == ["Bus", "CCAS", "Mairie de Bourg"], "nothing left the list"
