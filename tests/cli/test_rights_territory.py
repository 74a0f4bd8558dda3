"""``portrea rights eligible``: what is written, what is told, what is refused in French."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from portrea.base.errors import EngineError
from portrea.cli import main
from portrea.sources import openfisca
from portrea.steering import eligible as work

RIGHTS = 5
"""Rights looked for, of each area."""


class Standing:
    """A process that opens every right, and counts those that were stopped."""

    version = "176.1.8"
    stopped = 0

    def __init__(self, _python: str) -> None:
        self.asked = 0

    def ask(self, question: dict[str, Any], *, seconds: float) -> dict[str, list[Any]]:
        assert seconds > 0
        count = max(question["persons"]["household"]) + 1
        return {
            one["variable"]: [2 if one["variable"] == "zone_apl" else 1.0] * count
            for one in question["asked"]
        }

    def stop(self) -> None:
        Standing.stopped += 1


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(["rights", "eligible", *arguments])
    return int(stopped.value.code or 0)


@pytest.fixture
def home(demo_copy, monkeypatch) -> Path:
    monkeypatch.setenv("PORTREA_HOME", str(demo_copy))
    monkeypatch.setattr(openfisca, "Process", Standing)
    monkeypatch.setattr(openfisca, "python_with_openfisca", lambda: "python")
    Standing.stopped = 0
    return Path(demo_copy)


def ground(_store: Any) -> work.Ground:
    row = {
        "code": "35002", "epci": "243500618", "departement": "35", "region": "53",
        "households": 900.0, "persons": 2000.0, "persons_0_19": 480.0, "persons_65_plus": 400.0,
        "alone": 0.3, "lone_parent": 0.09, "under_25": 0.12, "hlm": 0.05,
        "median_income": 22_000.0, "poverty_rate": 0.12,
    }  # fmt: skip
    return work.Ground(pl.DataFrame([row]), {"rsa": 66.0}, "RP 2021, Filosofi 2021, CAF 2023", 3)


def test_the_table_is_written_with_its_card(home, monkeypatch, capsys) -> None:
    monkeypatch.setattr(work, "ground_of", ground)
    assert run("--departement", "35", "--month", "2026-10", "--households", "5000") == 0
    told = capsys.readouterr()
    path = home / "rights" / "eligible-departement-35.parquet"
    table = pl.scan_parquet(path).collect()
    assert set(table["level"]) == {"commune", "epci", "departement"}
    assert table.height == 3 * RIGHTS
    card = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert card["engine"] == "OpenFisca-France 176.1.8"
    assert card["month"] == "2026-10"
    assert card["territories"] == ["departement:35"]
    assert "3 communes sans revenu publié" in told.out
    assert "jamais un décompte ni une décision" in told.out
    assert "ménages sur" in told.err
    assert Standing.stopped == 2


def test_a_month_to_come_is_refused_before_any_work(home, capsys) -> None:
    assert run("--month", "2030-01") == 4
    assert "ne sont pas connus" in capsys.readouterr().err
    assert not (home / "rights").exists()


def test_a_departement_that_does_not_exist_is_told(home, capsys) -> None:
    assert run("--departement", "999", "--month", "2026-10") != 0
    assert "999" in capsys.readouterr().err
    assert not (home / "rights").exists()


def test_the_processes_are_stopped_when_it_fails(home, monkeypatch, capsys) -> None:
    def failing(*_given: Any, **_options: Any) -> None:
        raise EngineError("Le calcul des droits n’a pas répondu à temps.", remedy="Recommencez.")

    monkeypatch.setattr(work, "computed", failing)
    assert run("--month", "2026-10") != 0
    assert "à temps" in capsys.readouterr().err
    assert Standing.stopped == 2
    assert not (home / "rights").exists()


def test_without_openfisca_how_to_install_it_is_told(home, monkeypatch, capsys) -> None:
    monkeypatch.setattr(openfisca, "python_with_openfisca", lambda: None)
    assert run("--month", "2026-10") != 0
    assert "pip install" in capsys.readouterr().err
    assert not (home / "rights").exists()
