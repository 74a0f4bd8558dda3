"""``portrea reach pack``: the pack of the site, with trials given by their address."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from portrea.base.errors import ParameterError
from portrea.cli.reach import reach
from portrea.sources.store import Store
from portrea.steering.downloads import tables_csv
from portrea.steering.pack import build_pack
from portrea.steering.reading import Reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EPCI = "epci:243500618"
PAGE = "https://exemple.org/acces/et-si/"
TRIAL = f"Deux matins={PAGE}?t={EPCI}&besoin=information&ajout=2,commune:35211"


@pytest.fixture
def asked(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.setenv("PORTREA_HOME", str(demo_home))

    def run(*words: str) -> Any:
        return CliRunner().invoke(reach, ["pack", EPCI, *words])

    return run


def test_the_file_is_the_pack(asked: Any, demo_home: Path, tmp_path: Path) -> None:
    path = tmp_path / "dossier.csv"
    done = asked("-o", str(path))
    assert done.exit_code == 0, done.output
    reader = Reader(Store(demo_home))
    made = build_pack(reader, reader.gazetteer.resolve(EPCI))
    assert path.read_text("utf-8").replace("\r\n", "\n") == tables_csv(made).replace("\r\n", "\n")


def test_trials_of_the_command_line_are_side_by_side(asked: Any, tmp_path: Path) -> None:
    path = tmp_path / "dossier.csv"
    other = TRIAL.replace("Deux matins", "Un matin").replace("ajout=2", "ajout=1")
    done = asked("-o", str(path), "--trial", TRIAL, "--trial", other)
    assert done.exit_code == 0, done.output
    lines = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    beside = {line["line"] for line in lines if line["table"] == "essais-ensemble"}
    assert beside == {"Aujourd’hui", "A. Deux matins", "B. Un matin"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--trial", "rien"), "n’est pas un essai"),
        (("--trial", TRIAL) * 4, "3 essais au plus"),
        (("-o", "dossier.doc"), "Forme inconnue"),
        (("--trial", f"x=t={EPCI}&ajout=1,commune:75056"), "pas à portée"),
    ],
)
def test_what_is_wrong_is_told(asked: Any, words: tuple[str, ...], told: str) -> None:
    done = asked(*words)
    assert isinstance(done.exception, ParameterError)
    assert told in done.exception.message
    assert done.exception.remedy
