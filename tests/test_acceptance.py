"""Each line of a request is tied to the test, figure, screenshot or page that shows it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "docs" / "acceptation").glob("*.yaml"))
STATES = {"montre", "a_faire"}
KINDS = ("tests", "mesures", "captures", "documents")


def load(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text("utf-8"))


LINES = [
    pytest.param(line, id=f"{path.stem}:{line['id']}")
    for path in FILES
    for line in load(path)["lignes"]
]


@cache
def cited_names(path: Path) -> frozenset[str]:
    """Names of the tests of a file, those of classes written ``Class::test``."""
    if not path.exists():
        return frozenset()
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{f.name}" for f in node.body if isinstance(f, ast.FunctionDef)}
    return frozenset(name for name in found if name.split("::")[-1].startswith("test_"))


@cache
def figure_keys() -> frozenset[str]:
    path = ROOT / "benchmarks" / "RESULTS.md"
    text = path.read_text("utf-8") if path.exists() else ""
    return frozenset(re.findall(r"^\| `([^`]+)`", text, re.MULTILINE))


def missing(line: dict[str, Any]) -> list[str]:
    """What the line cites and does not exist."""
    absent = []
    for cited in line.get("tests", ()):
        path, _, name = cited.partition("::")
        if name.split("[")[0] not in cited_names(ROOT / path):
            absent.append(cited)
    absent += [key for key in line.get("mesures", ()) if key not in figure_keys()]
    files = [f"docs/captures/{name}" for name in line.get("captures", ())]
    files += line.get("documents", ())
    return absent + [name for name in files if not (ROOT / name).exists()]


@pytest.mark.parametrize("line", LINES)
def test_what_a_line_cites_exists(line: dict[str, Any]) -> None:
    assert not missing(line)


@pytest.mark.parametrize("line", LINES)
def test_line_is_well_formed(line: dict[str, Any]) -> None:
    assert line["texte"].strip()
    assert line["etat"] in STATES
    assert set(line) <= {"id", "texte", "etat", "note", *KINDS}
    if line["etat"] == "montre":
        assert any(line.get(kind) for kind in KINDS), "a line shown cites what shows it"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_complete_request_has_nothing_left(path: Path) -> None:
    request = load(path)
    left = [line["id"] for line in request["lignes"] if line["etat"] == "a_faire"]
    assert not (request["complet"] and left)
    identifiers = [line["id"] for line in request["lignes"]]
    assert len(identifiers) == len(set(identifiers))


def test_a_missing_citation_is_seen() -> None:
    assert missing({"tests": ["tests/test_acceptance.py::test_a_missing_citation_is_seen"]}) == []
    assert missing({"tests": ["tests/test_acceptance.py::test_gone"]})
    assert missing({"tests": ["tests/gone.py::test_gone"]})
    assert missing({"mesures": ["gone"]})
    assert missing({"captures": ["gone.png"]})
    assert missing({"documents": ["docs/gone.md"]})
