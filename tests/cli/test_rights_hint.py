"""``portrea rights hint`` and ``grid``: told, told first from the grid, explained when wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from click.testing import CliRunner

from portrea.base.errors import DataError
from portrea.cli.rights import rights as command
from portrea.rights import grid
from portrea.rights.answers import AnswerError
from portrea.sources import openfisca

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MONTH = "2026-11"
FULL = (
    "commune=35238", "age=36", "partner=seul", "children=aucun", "housing=prive", "rent=450",
    "situation=travail", "income=1 200,50 €", "before=non", "disability=aucun", "residence=eee",
)  # fmt: skip


class Engine:
    """Answers 100 euros to all, as the process of OpenFisca would."""

    stopped = False

    def ask(self, asked: dict[str, Any], *, seconds: float) -> dict[str, list[float]]:
        assert seconds > 0
        persons = asked["persons"]["household"]
        sizes = {"asi": len(persons), "aah": len(persons)}
        return {
            one["variable"]: [100.0] * sizes.get(one["variable"], max(persons) + 1)
            for one in asked["asked"]
        }

    def stop(self) -> None:
        self.stopped = True


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Engine]:
    made = Engine()
    monkeypatch.setattr(openfisca, "process", lambda: made)
    monkeypatch.setenv("PORTREA_HOME", str(tmp_path))
    with time_machine.travel("2026-11-24T09:00:00Z"):
        yield made


def run(*words: str, given: str | None = None) -> Any:
    return CliRunner().invoke(command, [*words], input=given, catch_exceptions=False)


def test_a_hint_is_told_with_its_month_and_its_engine(engine: Engine) -> None:
    told = run("hint", *FULL).output
    assert f"seul l’organisme décide. Montants de {MONTH}, OpenFisca-France" in told
    assert "RSA – probable : environ 100 € par mois" in told
    assert "Supposé : Vos revenus" in told
    assert engine.stopped


def test_a_hint_in_json_from_the_input() -> None:
    answers = dict(text.split("=", 1) for text in FULL if not text.startswith("rent"))
    told = json.loads(run("hint", "--json", given=json.dumps(answers)).output)
    assert told["mois"] == MONTH
    assert told["situations_essayees"] == 3
    assert {one["droit"] for one in told["droits"]} >= {"rsa", "c2s"}
    assert "décide" in told["avertissement"]


def test_a_grid_is_made_then_gives_a_first_idea(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="rights grid"):
        run("hint", "--first", *FULL)
    rows = [row for row in grid.archetypes() if row.children == "" and not row.couple]
    monkeypatch.setattr(grid, "archetypes", lambda: iter(rows))
    assert f"{len(rows)} cas de {MONTH}" in run("grid").output
    assert [one.name for one in (tmp_path / "rights").iterdir()] == [f"grid-{MONTH}.parquet"]
    assert "Première idée" in run("hint", "--first", *FULL).output
    with pytest.raises(DataError, match="aucun cas"):
        run("hint", "--first", "age=36")


@pytest.mark.parametrize("month", ["demain", "2026-13", "11/2026"])
def test_a_month_that_is_none_is_refused(month: str) -> None:
    assert run("grid", "--month", month).exit_code == 2


@pytest.mark.parametrize("given", ["{", "[1]", '"age"'])
def test_an_input_that_is_not_answers_is_explained(given: str) -> None:
    with pytest.raises(DataError, match="JSON"):
        run("hint", given=given)


def test_answers_that_cannot_be_are_explained() -> None:
    with pytest.raises(DataError, match="n’est pas une réponse"):
        run("hint", "trente")
    with pytest.raises(AnswerError, match="140"):
        run("hint", "age=140")
