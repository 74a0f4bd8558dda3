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


RESULTS = ROOT / "benchmarks" / "RESULTS.md"
ENDURANCE = ROOT / "benchmarks" / "ENDURANCE.md"
CAPTURES = ROOT / "docs" / "captures"
PNG = b"\x89PNG\r\n\x1a\n"
SMALLEST_CAPTURE = 5_000


@cache
def figures(path: Path = RESULTS) -> dict[str, tuple[float, float | None]]:
    """Value and limit of each row of the results, read in the columns « Valeur » and « Limite ».

    The long runs (``make endurance``) write the same rows in a file of their own.
    """
    files = [one for one in (path, ENDURANCE) if one.exists()]
    text = "\n".join(one.read_text("utf-8") for one in files)
    rows = re.findall(r"^\| `([^`]+)` \|[^|]*\|([^|]*)\|([^|]*)\|", text, re.MULTILINE)
    return {key: (_amount(value), _amount(limit)) for key, value, limit in rows}


def _amount(cell: str) -> float | None:
    number = re.match(r"\s*(-?[\d,]+(?:e[+-]?\d+)?)", cell)
    return float(number[1].replace(",", ".")) if number else None


def is_capture(path: Path) -> bool:
    """Whether the file is a real picture, not an empty or torn one."""
    if not path.is_file():
        return False
    content = path.read_bytes()
    whole = content.startswith(PNG) and content.endswith(b"IEND\xaeB`\x82")
    return whole and len(content) > SMALLEST_CAPTURE


def missing(
    line: dict[str, Any], *, results: Path = RESULTS, captures: Path = CAPTURES
) -> list[str]:
    """What the line cites and does not exist, is not a picture, or goes over its limit."""
    absent = []
    for cited in line.get("tests", ()):
        path, _, name = cited.partition("::")
        if name.split("[")[0] not in cited_names(ROOT / path):
            absent.append(cited)
    for key in line.get("mesures", ()):
        value, limit = figures(results).get(key, (None, None))
        if value is None or (limit is not None and value > limit):
            absent.append(f"{key} : {value}, limite {limit}")
    absent += [name for name in line.get("captures", ()) if not is_capture(captures / name)]
    return absent + [name for name in line.get("documents", ()) if not (ROOT / name).exists()]


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


def test_a_figure_over_its_limit_is_seen(tmp_path: Path) -> None:
    """Rows as ``benchmarks/run.py`` writes them."""
    from benchmarks import Measure
    from benchmarks.run import HEADER, _row

    rows = [
        Measure("held", "Tenue", 7.96, limit=8.0, floor=2.0),
        Measure("over", "Dépassée", 8.3, limit=8.0),
        Measure("free", "Sans limite", 49_280, unit=""),
        Measure("small", "Petite", 0.00004, limit=0.06),
    ]
    results = tmp_path / "RESULTS.md"
    results.write_text(HEADER + "".join(map(_row, rows)), "utf-8")
    for key in ("held", "free", "small"):
        assert missing({"mesures": [key]}, results=results) == [], key
    assert missing({"mesures": ["over"]}, results=results) == ["over : 8.3, limite 8.0"]


def test_a_torn_capture_is_seen(tmp_path: Path) -> None:
    real = next(CAPTURES.glob("*.png")).read_bytes()
    (tmp_path / "real.png").write_bytes(real)
    (tmp_path / "torn.png").write_bytes(real[: len(real) // 2])
    (tmp_path / "other.png").write_bytes(b"x" * len(real))
    (tmp_path / "tiny.png").write_bytes(PNG + real[-12:])
    assert missing({"captures": ["real.png"]}, captures=tmp_path) == []
    for name in ("torn.png", "other.png", "tiny.png"):
        assert missing({"captures": [name]}, captures=tmp_path) == [name]
