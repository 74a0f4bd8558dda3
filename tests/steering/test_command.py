"""``portrea portrait``: files written, refusals in French, nothing left half done."""

from __future__ import annotations

import json

import pytest

from portrea.cli import main


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(["portrait", *arguments])
    return int(stopped.value.code or 0)


@pytest.fixture
def mini_home(mini_store, monkeypatch, tmp_path):
    monkeypatch.setenv("PORTREA_HOME", str(mini_store.home))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_writes_a_pdf_under_a_default_name(mini_home, capsys):
    assert run("epci:243500618") == 0
    written = mini_home / "portrait-epci-243500618.pdf"
    assert written.read_bytes().startswith(b"%PDF-")
    assert "Portrait écrit dans portrait-epci-243500618.pdf" in capsys.readouterr().out


@pytest.mark.parametrize("suffix", ["json", "csv", "geojson"])
def test_the_file_name_gives_the_format(mini_home, suffix):
    assert run("35002", "-o", f"x.{suffix}") == 0
    text = (mini_home / f"x.{suffix}").read_text("utf-8")
    if suffix == "csv":
        assert text.startswith("level,code,name")
    else:
        assert json.loads(text)


def test_refusals_are_french_and_write_nothing(mini_home, capsys):
    assert run("commune:99999") == 5
    assert "Territoire inconnu" in capsys.readouterr().err
    assert run("35002", "-o", "x.doc") == 4
    assert "Forme inconnue" in capsys.readouterr().err
    assert run("35002", "-o", "absent/x.pdf") == 4
    assert "Impossible d’écrire" in capsys.readouterr().err
    assert list(mini_home.iterdir()) == []


def test_without_computation_the_command_to_run_is_given(home, capsys):
    assert run("35002") == 7
    assert "portrea compute" in capsys.readouterr().err
    assert not home.exists()
