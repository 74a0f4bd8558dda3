"""A demo is put back to its beginning; a site never is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from portrea.base.errors import ParameterError
from portrea.cli import portrea
from portrea.cli.demo_reset import MADE, MARK, reset

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a demo leaves, beside a file of somebody's."""
    monkeypatch.delenv("PORTREA_DATABASE_URL", raising=False)
    folder = tmp_path / "demo"
    monkeypatch.setenv("PORTREA_HOME", str(folder))
    (folder / "store" / "computations").mkdir(parents=True)
    (folder / "store" / "current").write_text("1", "utf-8")
    (folder / MARK).write_text("{}", "utf-8")
    (folder / "notes.txt").write_text("à moi", "utf-8")
    (folder / "cle-secrete").write_text("cle", "utf-8")
    with closing(sqlite3.connect(folder / "portrea.sqlite3")) as base:
        base.execute("CREATE TABLE accounts_user (id INTEGER)")
        base.executemany("INSERT INTO accounts_user VALUES (?)", [(1,), (2,)])
        base.commit()
    return folder


def test_what_the_demo_made_goes_and_the_rest_stays(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reset(home, confirmed=True)
    assert sorted(path.name for path in home.iterdir()) == ["cle-secrete", "notes.txt"]
    assert "2 compte(s)" in capsys.readouterr().err


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_nothing_goes_without_a_yes(home: Path, answer: str) -> None:
    before = sorted(home.rglob("*"))

    @click.command()
    def command() -> None:
        reset(home, confirmed=False)

    assert CliRunner().invoke(command, input=answer).exit_code == 1
    assert sorted(home.rglob("*")) == before


def test_a_site_is_refused(home: Path) -> None:
    (home / MARK).unlink()
    before = sorted(home.rglob("*"))
    with pytest.raises(ParameterError, match="pas le dossier d’une démonstration"):
        reset(home, confirmed=True)
    assert sorted(home.rglob("*")) == before


def test_a_postgresql_base_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTREA_DATABASE_URL", "postgresql:///portrea")
    with pytest.raises(ParameterError, match="PostgreSQL"):
        reset(home, confirmed=True)
    assert (home / "store" / "current").exists()


def test_a_link_is_removed_not_what_it_leads_to(home: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "kept").touch()
    (home / "tiles").symlink_to(precious)
    reset(home, confirmed=True)
    assert (precious / "kept").exists()
    assert not (home / "tiles").is_symlink()


def test_a_reset_cut_short_starts_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mark goes last: until then, the folder is known as a demo."""

    def fail(path: Path) -> None:
        raise PermissionError(path)

    with monkeypatch.context() as cut:
        cut.setattr("portrea.cli.demo_reset.shutil.rmtree", fail)
        with pytest.raises(PermissionError):
            reset(home, confirmed=True)
    reset(home, confirmed=True)
    assert not any((home / name).exists() for name in MADE)


def test_the_option_asks_before_any_work(home: Path) -> None:
    done = CliRunner().invoke(portrea, ["demo", "--reset", "--home", str(home), "--no-serve"])
    assert isinstance(done.exception, SystemExit)
    assert (home / "store" / "current").exists()
    assert "Effacer et tout refaire" in done.output
