"""``portrea offer``: faults told in French, faulty rows kept, the store safe."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest
import yaml
from click.testing import CliRunner

from portrea.base.errors import DataError, StoreError
from portrea.cli.offer import offer
from portrea.sources.store import Store

CASES = Path(__file__).parents[1] / "cases/vocab/mednum.yaml"
BASE = yaml.safe_load(CASES.read_text("utf-8"))["base"]


def write(path: Path, rows: list[dict]) -> Path:
    pl.DataFrame(rows, infer_schema_length=None).write_csv(path)
    return path


def run(*arguments):
    return CliRunner().invoke(offer, [str(a) for a in arguments])


def test_a_clean_file_is_loaded(home, tmp_path):
    path = write(tmp_path / "lieux.csv", [BASE])
    result = run("import", path)
    assert result.exit_code == 0, result.output
    assert "1 lignes lues, 1 lieux valables" in result.output
    (dataset,) = Store().datasets()
    assert dataset.rows == {"places": 1}
    assert not (tmp_path / "lieux_a-corriger.csv").exists()


def test_faulty_rows_are_told_and_kept_beside(home, tmp_path):
    rows = [
        BASE,
        {**BASE, "id": "b", "telephone": "02 99 00 00 00"},
        {**BASE, "id": "c", "nom": None},
    ]
    result = run("import", write(tmp_path / "lieux.csv", rows))
    assert result.exit_code == 0, result.output
    assert "ligne 3, colonne « telephone »" in result.output
    assert "Lu ici : « +33299000000 »" in result.output
    assert "ligne 4, colonne « nom »" in result.output
    with (tmp_path / "lieux_a-corriger.csv").open(encoding="utf-8") as stream:
        kept = list(csv.DictReader(stream))
    assert [(row["ligne"], row["chargee"]) for row in kept] == [("3", "oui"), ("4", "non")]
    assert kept[0]["telephone"] == "02 99 00 00 00"  # as received
    assert "sans nom" in kept[1]["raisons"]
    (dataset,) = Store().datasets()
    assert dataset.rows == {"places": 2}


def test_the_rows_kept_beside_run_no_formula(home, tmp_path):
    hostile = '=HYPERLINK("http://evil.example")'
    rows = [BASE, {**BASE, "id": "c", "nom": None, "presentation_resume": hostile}]
    assert run("import", write(tmp_path / "lieux.csv", rows)).exit_code == 0
    text = (tmp_path / "lieux_a-corriger.csv").read_text("utf-8")
    cells = [cell for row in csv.reader(text.splitlines()) for cell in row]
    assert f"'{hostile}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "@"))]


def test_strict_refuses_the_whole_file(home, tmp_path):
    rows = [BASE, {**BASE, "id": "b", "date_maj": "02/04/2024"}]
    result = run("import", write(tmp_path / "lieux.csv", rows), "--strict")
    assert isinstance(result.exception, DataError)
    assert "refusé" in str(result.exception)
    assert "ligne 3" in str(result.exception)
    assert Store().datasets() == []
    assert (tmp_path / "lieux_a-corriger.csv").exists()


def test_a_file_without_any_valid_place_is_refused(home, tmp_path):
    result = run("import", write(tmp_path / "lieux.csv", [{**BASE, "nom": None}]))
    assert isinstance(result.exception, DataError)
    assert Store().datasets() == []


def test_another_file_is_refused_with_what_was_expected(home, tmp_path):
    result = run("import", write(tmp_path / "autre.csv", [{"a": 1, "b": 2}]))
    assert isinstance(result.exception, DataError)
    assert "colonnes lues : a, b" in str(result.exception)
    assert result.exception.exit_code != 0
    assert Store().datasets() == []


def test_an_unwritable_report_is_said(home, tmp_path):
    path = write(tmp_path / "lieux.csv", [{**BASE, "telephone": "0"}])
    result = run("import", path, "--faults", tmp_path / "absent" / "fautes.csv")
    assert isinstance(result.exception, DataError)
    assert "--faults" in str(result.exception)
    assert Store().datasets() == []


def test_listing_needs_a_computation(home):
    assert isinstance(run("list", "commune:35188").exception, StoreError)


@pytest.mark.parametrize("words", [["--help"], ["import", "--help"], ["list", "--help"]])
def test_help_is_french(words):
    result = run(*words)
    assert result.exit_code == 0
    assert any(word in result.output for word in ("Vérifier", "Lister"))
