"""``portrea action``: records brought in, seen, undone and taken away from a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from portrea.base.errors import ParameterError
from portrea.cli import action
from portrea.cli.action import action as command
from portrea.steering.activity_files import read_activities
from portrea.web.action.models import Record, RecordImport

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
LIST = (
    "type;date;lieu;personnes\nindividuel;2026-05-04;domicile;\ncollectif;2026-05-05;autre;8\n"
    "individuel;2026-05-06;lune;\n"
)


@pytest.fixture(autouse=True)
def in_the_test_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the database of the test: the command would prepare that of the home."""
    monkeypatch.setattr(action, "_prepare", lambda: None)


def run(*words: str) -> Any:
    return CliRunner().invoke(command, [*words], catch_exceptions=False)


def test_a_file_comes_in_once_is_undone_and_taken_away(tmp_path: Path) -> None:
    path, out = tmp_path / "liste.csv", tmp_path / "sortie.xlsx"
    path.write_text(LIST, "utf-8")
    where = ("--territory", "commune:35188")
    tried = run("import", str(path), *where, "--dry-run").output
    assert "3 lignes lues, 1 qui ne vont pas" in tried
    assert "ligne 4 : Colonne « Lieu » : « lune »" in tried
    assert not RecordImport.objects.exists()
    assert "Ajoutés : 2" in run("import", str(path), *where).output
    assert "0 à ajouter, 2 déjà là" in run("import", str(path), *where).output
    assert str(out) in run("export", str(out), *where).output
    kept = {row.uuid for row in Record.objects.all()}
    assert {line.uuid for line in read_activities(out).lines} == kept
    first = RecordImport.objects.order_by("pk").first()
    assert first is not None
    assert "Retirés : 2" in run("undo", first.key).output
    assert not Record.objects.exists()


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="ni un"):
        run("export", str(tmp_path / "sortie.pdf"), "--territory", "commune:35188")
