"""The table of the ASVS: every line of levels 1 and 2 has a state, and what it cites exists."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
LEVELS = yaml.safe_load((ROOT / "tests/cases/operation/asvs_levels.yaml").read_text("utf-8"))


@cache
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("asvs", ROOT / "scripts/asvs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def levels() -> dict[str, int]:
    """Number of each requirement → its level."""
    return {
        f"{section}.{rank}": int(level)
        for sections in LEVELS.values()
        for section, written in sections.items()
        for rank, level in enumerate(written, 1)
    }


def lines() -> dict[str, Any]:
    return script().table()["lignes"]


def test_the_levels_are_those_of_the_standard() -> None:
    """345 requirements: 70 of level 1, 183 of level 2, 92 of level 3."""
    found = list(levels().values())
    assert [found.count(level) for level in (1, 2, 3)] == [70, 183, 92]


def test_every_line_of_levels_1_and_2_is_there_in_order() -> None:
    table = script().table()
    asked = {name for name, level in levels().items() if level in table["niveaux"]}
    assert set(table["lignes"]) == asked | set(table["en_plus"])
    assert {levels()[name] for name in table["en_plus"]} == {3}
    ranks = [tuple(map(int, name[1:].split("."))) for name in table["lignes"]]
    assert ranks == sorted(ranks)


def test_no_line_is_without_a_state_and_what_shows_it() -> None:
    for name, card in lines().items():
        assert card["etat"] in script().STATES, name
        assert set(card) <= {"texte", "etat", "essais", "documents", "note"}, name
        assert len(card["texte"]) >= 4, name
        match card["etat"]:
            case "couvert":
                assert card["essais"], name
            case "document":
                assert card["documents"], name
            case "hebergement":
                assert card["documents"], name
            case "partiel":
                assert card.get("essais") or card.get("documents"), name
                assert card["note"], name
            case _:
                assert card["note"], name


def test_every_test_cited_exists() -> None:
    files = script().table()["fichiers"]
    missing = []
    for name, card in lines().items():
        for written in card.get("essais", ()):
            file, function = script().test_of(written, files)
            path = ROOT / file
            text = path.read_text("utf-8") if path.is_file() else ""
            if not re.search(rf"^def {function}\(", text, re.MULTILINE):
                missing.append(f"{name} {file}::{function}")
    assert missing == []


def test_every_document_cited_exists() -> None:
    cited = {document for card in lines().values() for document in card.get("documents", ())}
    assert [document for document in cited if not (ROOT / document).is_file()] == []
