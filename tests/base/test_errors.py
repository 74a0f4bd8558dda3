"""A message says where, what, why and how to mend."""

from __future__ import annotations

from portrea.base.errors import DataError, Diagnostic


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
