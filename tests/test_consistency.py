"""Names, sizes and cleanliness that no linter knows about."""

from __future__ import annotations

import ast
import hashlib
import re
import subprocess
import unicodedata
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from spellchecker import SpellChecker

from portrea.vocab.variables import variables

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "portrea"
CODE = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
DRAWERS = {"utils", "util", "helpers", "misc", "common", "other", "manager", "data2"}
LONG_MODULES: dict[str, int] = {}
"""Modules over 400 lines that are waiting to be split, with their size: keep it empty."""
LONG_FUNCTIONS: set[str] = set()
"""Functions over 40 lines that are waiting to be split: keep it empty."""
HOSTS = (
    "pypi.org",
    "pythonhosted.org",
    "npmjs.org",
    "npmjs.com",
    "deb.debian.org",
    "crates.io",
    "rubygems.org",
    "proxy.golang.org",
)
ADDED = frozenset({"persons", "households", "equipment", "km2"})
"""Units of variables that are added over areas."""
RATIOS = frozenset({"share", "euros", "index"})
"""Units of variables that are not: parts, medians, scores."""
BRITISH = frozenset(
    [
        "centre",
        "centres",
        "licence",
        "licences",
        "metre",
        "metres",
        "normalisation",
        "normalise",
        "organise",
        "programme",
        "programmes",
    ]
)


@cache
def tracked() -> list[Path]:
    """Files that git knows."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"], check=True, capture_output=True, text=True, cwd=ROOT
    )
    paths = (ROOT / name for name in listing.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# -- names -----------------------------------------------------------------------------------------


@cache
def glossary() -> dict[str, dict[str, object]]:
    return yaml.safe_load((PACKAGE / "vocab/glossary.yaml").read_text("utf-8"))


def words_of(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]


def names_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case ast.keyword(arg=str(name)):
                yield name
            case _:
                pass


BORROWED = frozenset({"savez"})
"""Names of libraries that happen to be French words (``numpy.savez``)."""


@cache
def french_words() -> frozenset[str]:
    """French words, unaccented, that are not English ones."""
    english = set(SpellChecker(language="en").word_frequency.dictionary)
    french = SpellChecker(language="fr").word_frequency.dictionary
    plain = {
        unicodedata.normalize("NFD", word).encode("ascii", "ignore").decode() for word in french
    }
    return frozenset(plain - english - BRITISH)


def test_french_nouns_of_the_code_are_in_the_glossary() -> None:
    known = {
        word + plural
        for code in (*glossary(), *(str(card["code"]) for card in glossary().values()))
        for word in code.split("_")
        for plural in ("", "s")
    }
    producers = {path for path in CODE if path.parent.parent == PACKAGE / "sources"}
    known |= {word for path in producers for word in path.parent.name.split("_")}
    strange = defaultdict(set)
    for path in set(CODE) - producers:  # a producer's words stay until ``to_portrea.py``
        for name in names_in(ast.parse(path.read_text("utf-8"))):
            for word in words_of(name):
                if len(word) > 3 and word in french_words() and word not in known | BORROWED:
                    strange[word].add(relative(path))
    assert not strange, "Add these to vocab/glossary.yaml, or use the English word"


def test_the_glossary_test_sees_french() -> None:
    assert {"departement", "equipement", "arrondissements"} <= french_words()
    assert not {"place", "estimate", "commune", "neighbour"} & french_words()


@pytest.mark.parametrize("code", sorted(glossary()))
def test_glossary_entry_is_complete(code: str) -> None:
    card = glossary()[code]
    assert {"term", "code", "definition", "reference"} <= set(card) <= {
        "term", "code", "definition", "reference", "instead_of",
    }  # fmt: skip
    assert str(card["definition"]).endswith(".")


def test_words_the_glossary_forbids_are_absent() -> None:
    forbidden = {word for card in glossary().values() for word in card.get("instead_of", ())}
    used = {
        (word, relative(path))
        for path in CODE
        for name in names_in(ast.parse(path.read_text("utf-8")))
        for word in (*words_of(name), name)
        if word in forbidden
    }
    assert not used


def test_no_drawer_names() -> None:
    stems = {relative(path) for path in (*CODE, *TEMPLATES) if path.stem.strip("_") in DRAWERS}
    folders = {relative(path.parent) for path in CODE if path.parent.name in DRAWERS}
    assert not stems | folders


def test_variables_are_well_formed() -> None:
    for variable in variables().values():
        assert variable.unit in ADDED | RATIOS, variable
        assert variable.aggregate == ("none" if variable.unit in RATIOS else "sum")


# -- sizes -----------------------------------------------------------------------------------------


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
    return (node.end_lineno or 0) - first.lineno + 1


def test_modules_are_short() -> None:
    sizes = {relative(path): len(path.read_text("utf-8").splitlines()) for path in CODE}
    long = {name: size for name, size in sizes.items() if size > 400}
    assert set(long) <= set(LONG_MODULES), long
    assert all(size <= 700 for size in long.values())


def test_functions_are_short() -> None:
    long = {
        f"{relative(path)}::{node.name}": body_lines(node)
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and body_lines(node) > 40
    }
    assert set(long) <= LONG_FUNCTIONS, long


def test_templates_and_tests_are_short() -> None:
    tests = sorted((ROOT / "tests").rglob("*.py"))
    limits = [(path, 120) for path in TEMPLATES] + [(path, 1000) for path in tests]
    long = [relative(p) for p, most in limits if len(p.read_text("utf-8").splitlines()) > most]
    assert not long


# -- cleanliness -----------------------------------------------------------------------------------


def test_no_file_names_a_registry_host() -> None:
    this = Path(__file__).resolve()
    named = {
        (relative(path), host)
        for path in tracked()
        if path != this and path.suffix not in {".png", ".woff2", ".parquet", ".pdf", ".ico"}
        for host in HOSTS
        if host in path.read_text("utf-8", errors="ignore")
    }
    assert not named


def test_locks_are_pinned_with_hashes() -> None:
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        text = lock.read_text("utf-8")
        assert "//" not in text
        for block in re.split(r"\n(?=[a-z0-9])", text.strip()):
            assert re.match(r"[a-z0-9][a-z0-9._-]*==\S+", block), block[:80]
            assert "--hash=sha256:" in block, block[:80]


def test_lock_covers_the_declared_dependencies() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"]
    dev = {*project["project"]["dependencies"], *groups["dev"], *groups["build"]}
    core = {*project["project"]["dependencies"], *groups["build"]}
    for lock, wanted in (("core", core), ("dev", dev)):
        text = (ROOT / f"requirements/{lock}.txt").read_text("utf-8")
        pinned = set(re.findall(r"^([a-z0-9][a-z0-9._-]*)==", text, re.MULTILINE))
        names = {re.split(r"[\[<>=~!;]", name)[0].strip().lower() for name in wanted}
        assert {name.replace("_", "-") for name in names} <= pinned, "run make lock"


@pytest.mark.shared
@pytest.mark.slow
def test_no_real_file_is_committed(shared_data: Path) -> None:
    """Nothing of ../shared is copied in the repository."""
    sizes = {path.stat().st_size: path for path in tracked() if path.stat().st_size > 500}
    for path in shared_data.parent.rglob("*"):
        if path.is_file() and path.stat().st_size in sizes:
            same = sizes[path.stat().st_size]
            assert _sha(path) != _sha(same), f"{path} is committed as {relative(same)}"


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_no_third_party_code_is_copied() -> None:
    """Front-end libraries come from packages at build time."""
    copied = [relative(path) for path in tracked() if re.search(r"\.min\.(js|css)$", path.name)]
    large = [
        relative(path)
        for path in tracked()
        if path.suffix in {".js", ".mjs", ".css", ".scss"} and path.stat().st_size > 60_000
    ]
    assert not copied + large
