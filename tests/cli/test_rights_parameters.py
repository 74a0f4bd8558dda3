"""Commands « rights parameters » and « rights aids »: what is old; files read line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from click.testing import CliRunner

from portrea.base.errors import DataError
from portrea.cli import rights_parameters
from portrea.cli.rights_aids import aids
from portrea.cli.rights_parameters import parameters
from portrea.rights.freshness import read_table, table

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """territoire: commune:35188
aides:
  eau:
    nom: Chèque eau
    organisme: CCAS d’Exemple
    du: 2026-01-01
    montant: inconnu
    source: { titre: Délibération d’exemple, date: 2026-01-15 }
    verifie_le: 2026-06-01
    verifie_par: CCAS d’Exemple
"""


def run(command: Any, *words: str) -> str:
    return CliRunner().invoke(command, [*words], catch_exceptions=False).output


@time_machine.travel("2026-11-23T09:00Z", tick=False)
def test_what_is_old_is_told() -> None:
    told = run(parameters)
    assert "openfisca-france 176.1.8" in told
    (line,) = [one for one in told.splitlines() if "cs.cmu.plafond_base" in one]
    assert line.endswith("depuis le 01/04/2024 (à vérifier)")


def test_the_table_is_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what OpenFisca answers held still: asking it is a slow test of tests/rights."""
    (tmp_path / "params").mkdir()
    monkeypatch.setattr(rights_parameters, "files", lambda _package: tmp_path)
    monkeypatch.setattr(rights_parameters, "_asked_again", lambda _month, _today: table())
    assert "Écrit :" in run(parameters, "--write")
    written = (tmp_path / "params" / "parametres.json").read_text("utf-8")
    assert read_table(written) == table()


def test_a_month_to_come_is_refused() -> None:
    with pytest.raises(DataError, match="2027-03"):
        run(parameters, "--write", "--month", "2027-03")


@time_machine.travel("2026-11-23T09:00Z", tick=False)
def test_a_file_of_aids_is_read(tmp_path: Path) -> None:
    path = tmp_path / "aides.yaml"
    path.write_text(GOOD, "utf-8")
    assert run(aids, "check", str(path)) == (
        "commune:35188 : aucune faute, nombre d’aides : 1\n  eau : Chèque eau\n"
    )
    path.write_text(GOOD.replace("2026-06-01", "2025-06-01"), "utf-8")
    assert "à relire" in run(aids, "check", str(path))


@pytest.mark.parametrize(
    ("content", "says"),
    [(GOOD.replace("du: 2026", "du: vingt"), "Ligne 6"), (b"\xff\xfe", "UTF-8")],
)
def test_a_file_that_cannot_be_read_says_where(tmp_path: Path, content: Any, says: str) -> None:
    path = tmp_path / "aides.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError) as error:
        run(aids, "check", str(path))
    assert says in error.value.message
