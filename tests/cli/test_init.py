"""The first start: settings written once for systemd, the shell and us; an account; no secret."""

from __future__ import annotations

import os
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.base.errors import DataError, ParameterError
from portrea.cli import init as module
from portrea.cli import portrea
from portrea.cli.env_file import env_text, read_env, write_env

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VALUES = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" "), max_size=40)
SECRET = "postgresql://portrea:tres-secret@base/portrea"


# -- the file --------------------------------------------------------------------------------------


@given(st.dictionaries(st.sampled_from(["PORTREA_A", "PORTREA_B", "C_1"]), VALUES))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, values: dict) -> None:
    path = tmp_path_factory.mktemp("settings") / "portrea.env"
    write_env(path, values)
    assert read_env(path) == values
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@settings(max_examples=25)
@given(VALUES)
def test_a_shell_reads_the_same(tmp_path_factory: pytest.TempPathFactory, value: str) -> None:
    path = tmp_path_factory.mktemp("settings") / "portrea.env"
    write_env(path, {"VALUE": value})
    script = f'. {path}; printf "%s" "$VALUE"'
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True)
    assert done.stdout.decode() == value


@pytest.mark.parametrize("value", ["deux\nlignes", "retour\r", "nul\0"])
def test_a_value_on_two_lines_is_refused(value: str) -> None:
    with pytest.raises(ParameterError, match="PORTREA_A") as told:
        env_text({"PORTREA_A": value})
    assert value not in told.value.message


def test_a_line_that_is_no_setting_is_told_without_its_content(tmp_path: Path) -> None:
    path = tmp_path / "portrea.env"
    path.write_text('# commentaire\nPORTREA_A=1\n\nexport SECRET="x"\n', "utf-8")
    with pytest.raises(DataError, match="ligne 4") as told:
        read_env(path)
    assert "SECRET" not in told.value.message


def test_the_same_settings_are_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "etc" / "portrea.env"
    assert write_env(path, {"PORTREA_A": "1"})
    path.chmod(0o644)
    assert not write_env(path, {"PORTREA_A": "1"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert write_env(path, {"PORTREA_A": "2"})
    assert [entry.name for entry in path.parent.iterdir()] == ["portrea.env"]


# -- the command -----------------------------------------------------------------------------------


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run ``portrea init`` on the base of the tests; the environment is put back afterwards."""
    for name in (*(q.variable for q in module.QUESTIONS), *("PORTREA_" + n for n in DERIVED)):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    monkeypatch.setattr(module, "_prepare_database", lambda: None)

    def run(*words: str, typed: str = "") -> Result:
        command = ["init", "--env-file", str(tmp_path / "portrea.env"), *words]
        return CliRunner().invoke(portrea, command, input=typed, catch_exceptions=False)

    return run


DERIVED = ("HTTPS", "PROXY", "URL")
HOST = ("--host", "aide.ma-commune.fr", "--no-ask")


@pytest.mark.django_db
def test_options_alone_are_enough(start: Callable[..., Result], tmp_path: Path) -> None:
    from portrea.web.accounts.selectors import accounts, has_administrator

    words = (*HOST, "--database", SECRET, "--admin", "jeanne@ma-commune.fr", "--password-stdin")
    assert not has_administrator()
    done = start(*words, "--territory", "departement:35", typed="un long secret de 35 mots\n")
    assert done.exit_code == 0
    assert "tres-secret" not in done.output
    assert "un long secret" not in done.output
    written = read_env(tmp_path / "portrea.env")
    assert written["PORTREA_DATABASE_URL"] == SECRET
    assert written["PORTREA_URL"] == "https://aide.ma-commune.fr"
    assert written["PORTREA_HTTPS"] == written["PORTREA_PROXY"] == "oui"
    assert [email for email, _, _ in accounts()] == ["jeanne@ma-commune.fr"]
    assert has_administrator()
    again = start(*words, typed="un autre secret\n")
    assert "inchangés" in again.output
    assert "déjà ouvert" in again.output


@pytest.mark.django_db
def test_questions_are_asked_and_former_answers_proposed(
    start: Callable[..., Result], tmp_path: Path
) -> None:
    path = tmp_path / "portrea.env"
    kept = {"PORTREA_HOSTS": "aide.ma-commune.fr", "PORTREA_LOG_LEVEL": "INFO"}
    write_env(path, kept | {"PORTREA_DATABASE_URL": SECRET, "PORTREA_HTTPS": "non"})
    answers = ["", "", "", "Mairie", "", "", "aide@ma-commune.fr", "", "", ""]
    done = start(typed="\n".join(answers) + "\n")
    assert done.exit_code == 0, done.output
    assert "tres-secret" not in done.output
    assert "[aide.ma-commune.fr]" in done.output
    written = read_env(path)
    assert written["PORTREA_DATABASE_URL"] == SECRET
    assert (written["PORTREA_PUBLISHER"], written["PORTREA_LOG_LEVEL"]) == ("Mairie", "INFO")
    assert written["PORTREA_HTTPS"] == "non", "what was set by hand stays"
    assert "mentions légales : directrice" in done.output
    assert "aucun courriel ne part" in done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--no-ask",), "Il manque : nom public"),
        ((*HOST, "--host", "https://a.fr"), "nom de site"),
        ((*HOST, "--home", "srv"), "chemin"),
        ((*HOST, "--database", "mysql://a/b"), "PORTREA_DATABASE_URL"),
        ((*HOST, "--mail", "pigeon://a"), "PORTREA_EMAIL_URL"),
        ((*HOST, "--contact", "la mairie"), "courriel"),
        ((*HOST, "--publisher", "a\nb"), "PORTREA_PUBLISHER"),
    ],
)
def test_a_wrong_answer_writes_nothing(
    start: Callable[..., Result], tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    with pytest.raises(ParameterError, match=said):
        start(*words)
    assert not (tmp_path / "portrea.env").exists()


@pytest.mark.django_db
def test_a_weak_password_is_asked_again(start: Callable[..., Result]) -> None:
    from portrea.web.accounts.selectors import has_administrator

    typed = ["", "", "", "", "", "", "", "", *["azerty"] * 2, *["un long secret de 35 mots"] * 2]
    done = start("--host", "localhost", "--admin", "jeanne@ma-commune.fr", typed="\n".join(typed))
    assert done.exit_code == 0, done.output
    assert "http://localhost:8000" in os.environ["PORTREA_URL"]
    assert has_administrator()


@pytest.mark.django_db
def test_an_account_needs_a_password(start: Callable[..., Result]) -> None:
    with pytest.raises(ParameterError, match="mot de passe") as told:
        start(*HOST, "--admin", "jeanne@ma-commune.fr")
    assert "--password-stdin" in told.value.remedy
