"""A message says where, what, why and how to mend."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from portrea.base.errors import DataError, Diagnostic, StoreError

SOURCE = Path(__file__).resolve().parents[2] / "src/portrea"
ROOMS = ("sources", "steering", "offer", "needs", "reach", "surveys", "action", "rights")
"""What the pages of the site read; a command may name the folder that it was given."""
PATH = re.compile(r"^(\w+\.)*(path|root|home|folder|parent|error)$")
"""Names of what is a path, or of words of the system, which may hold one."""


def test_a_diagnostic_reads_as_a_sentence() -> None:
    fault = Diagnostic(
        "bad-code",
        "code de commune inconnu",
        row=12,
        field="code_insee",
        value="1001",
        remedy="Ajoutez le zéro initial : 01001.",
    )
    assert str(fault) == (
        "ligne 12, colonne « code_insee » : code de commune inconnu (reçu : « 1001 ») "
        "Ajoutez le zéro initial : 01001."
    )


def test_a_diagnostic_without_place_starts_with_its_message() -> None:
    assert str(Diagnostic("empty", "fichier vide")) == "fichier vide"


def test_a_long_list_is_cut_and_counted() -> None:
    faults = tuple(Diagnostic("x", f"faute {rank}") for rank in range(12))
    lines = DataError("Refusé.", diagnostics=faults, remedy="Corrigez.").render().splitlines()
    assert lines[0] == "Refusé."
    assert lines[-2] == "  – et 2 autres"
    assert lines[-1] == "Corrigez."
    assert len(lines) == 1 + 10 + 2


def test_what_is_inside_a_machine_is_for_its_terminal() -> None:
    error = StoreError("Un fichier est abîmé.", remedy="Rétablissez-le.", inside="/srv/portrea/x")
    assert "/srv" not in error.message + error.remedy
    assert error.render().splitlines() == [
        "Un fichier est abîmé.",
        "Sur cette machine : /srv/portrea/x",
        "Rétablissez-le.",
    ]


def test_a_fault_of_the_store_names_no_path_in_what_pages_show() -> None:
    """No message of a StoreError is made of a path: it goes in ``inside``."""
    named: list[str] = []
    read = 0
    for file in sorted(p for room in ROOMS for p in (SOURCE / room).rglob("*.py")):
        text = file.read_text("utf-8")
        for call in ast.walk(ast.parse(text)) if "StoreError(" in text else ():
            if not (isinstance(call, ast.Call) and ast.unparse(call.func) == "StoreError"):
                continue
            read += 1
            shown = [*call.args, *(k.value for k in call.keywords if k.arg == "remedy")]
            values = [each for one in shown for each in ast.walk(one)]
            told = {ast.unparse(v.value) for v in values if isinstance(v, ast.FormattedValue)}
            if any(PATH.search(one) for one in told):
                named.append(f"{file.name}:{call.lineno} {sorted(told)}")
    assert read > 10
    assert not named
