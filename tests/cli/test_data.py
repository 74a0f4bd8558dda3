"""``portrea data`` as a person types it: output, exit codes, store unchanged on error."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from portrea.cli import main
from portrea.sources import fetch as fetching
from portrea.sources.catalogue import catalogue
from portrea.sources.store import Store

MINIATURE = Path(__file__).parents[1] / "data" / "miniature"
BASE = MINIATURE / "base-ic-evol-struct-pop-2020.CSV"


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([str(word) for word in words])
    return int(end.value.code or 0)


def test_add_says_what_was_loaded_and_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("data", "add", BASE) == 0
    out = capsys.readouterr().out
    assert "Chargé : base-ic-evol-struct-pop-2020.CSV" in out
    assert "zéro de tête" in out
    assert "Pour publier : portrea compute" in out
    assert run("data", "add", BASE) == 0
    again = capsys.readouterr().out
    assert "Déjà chargé, rien n’a changé" in again
    assert "portrea compute" not in again


def test_progress_goes_to_the_error_stream(capsys: pytest.CaptureFixture[str]) -> None:
    run("data", "add", BASE)
    assert "Chargement" in capsys.readouterr().err


def test_unknown_file_exits_with_an_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a;b\n1;2\n")
    assert run("data", "add", path) == 3
    assert "Aucune source de Portrea ne reconnaît le fichier x.csv" in capsys.readouterr().err
    assert Store().datasets() == []


def test_absent_file_exits_with_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("data", "add", "/nulle/part.csv") == 3
    assert "introuvable" in capsys.readouterr().err


def test_folder_with_a_refused_file_exits_with_an_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / BASE.name).write_bytes(BASE.read_bytes())
    (folder / "vide.csv").touch()
    assert run("data", "add", folder) == 3
    captured = capsys.readouterr()
    assert "Chargé" in captured.out
    assert "Refusé : vide.csv" in captured.err


def test_list_shows_sources_and_what_is_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("data", "list") == 0
    empty = capsys.readouterr().out
    assert "aucune." in empty
    assert "portrea data fetch insee-rp-for2" in empty
    run("data", "add", BASE)
    capsys.readouterr()
    assert run("data", "list") == 0
    out = capsys.readouterr().out
    assert "insee_recensement_2020_population-iris" in out
    assert "persons_65_plus" in out
    assert "non vérifié" in out


def test_check_finds_a_damaged_file(capsys: pytest.CaptureFixture[str]) -> None:
    run("data", "add", BASE)
    assert run("data", "check") == 0
    assert "aucun défaut" in capsys.readouterr().out
    dataset = Store().datasets()[0]
    (Store().root / "datasets" / dataset.id / "observations.parquet").write_bytes(b"x")
    assert run("data", "check") == 3
    assert "a changé depuis son écriture" in capsys.readouterr().err


def test_check_tells_vintages_that_do_not_join(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run("data", "add", BASE)
    other = tmp_path / "caf_iris_2021.csv"
    text = (MINIATURE / "caf_iris_2021.csv").read_text("utf-8")
    other.write_text(text.replace("352380", "229990"), "utf-8")
    run("data", "add", other)
    capsys.readouterr()
    assert run("data", "check") == 3  # two of three geographies have nothing in common
    error = capsys.readouterr().err
    assert "ne se raccordent à aucun découpage" in error
    assert "229990101" in error


def test_remove_takes_a_dataset_out(capsys: pytest.CaptureFixture[str]) -> None:
    run("data", "add", BASE)
    dataset = Store().datasets()[0]
    assert run("data", "remove", dataset.id) == 0
    assert Store().datasets() == []
    assert run("data", "remove", dataset.id) == 7


def test_fetch_offline_says_so_and_changes_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = dataclasses.replace(next(iter(catalogue().values())), url="http://127.0.0.1:9/f.csv")
    monkeypatch.setattr(fetching, "entry", lambda name: known)
    monkeypatch.setattr(fetching, "FIRST_PAUSE", 0.0)
    assert run("data", "fetch", "essai") == 3
    assert "pas de réseau" in capsys.readouterr().err
    assert Store().datasets() == []


@pytest.mark.parametrize("command", ["list", "add", "fetch", "check", "remove"])
def test_help_is_in_french(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("data", command, "--help") == 0
    out = capsys.readouterr().out
    words = ("Lister", "Charger", "Télécharger", "Vérifier", "Retirer")
    assert any(word in out for word in words)
