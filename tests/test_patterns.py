"""Patterns of our own never explode, and no text received becomes one; scripts write only text.

The patterns a person writes (constraints of a questionnaire) go through RE2, which cannot explode.
Ours are read as trees: a repetition inside a repetition must be parted by a character that the
inner one cannot eat, and the branches of a repeated choice must begin differently. That is enough
to forbid exponential time; it is stricter than needed.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from re import _constants as signs  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src/portrea"
USES = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
MANY = 20
"""Repetitions from which « some » is « many »."""
SIGNS = frozenset(map(chr, range(0x250))) | set("’–—…«» \u202f\u00a0")
CATEGORIES = {
    signs.CATEGORY_DIGIT: str.isdigit,
    signs.CATEGORY_SPACE: str.isspace,
    signs.CATEGORY_WORD: lambda sign: sign.isalnum() or sign == "_",
}
NEGATED = {
    signs.CATEGORY_NOT_DIGIT: signs.CATEGORY_DIGIT,
    signs.CATEGORY_NOT_SPACE: signs.CATEGORY_SPACE,
    signs.CATEGORY_NOT_WORD: signs.CATEGORY_WORD,
}
REPEATS = {signs.MAX_REPEAT, signs.MIN_REPEAT}


# -- reading a pattern -----------------------------------------------------------------------------


def eaten(token: Any) -> frozenset[str]:
    """Signs that one token may eat (for a repetition or a group, at its first place or any)."""
    kind, told = token
    if kind is signs.LITERAL:
        return frozenset(chr(told))
    if kind is signs.NOT_LITERAL:
        return SIGNS - {chr(told)}
    if kind is signs.ANY:
        return SIGNS - {"\n"}
    if kind is signs.IN:
        return _class(told)
    return frozenset().union(*(eaten(one) for part in inside(token) for one in part))


def _class(told: list[Any]) -> frozenset[str]:
    found: set[str] = set()
    for kind, value in told:
        if kind is signs.LITERAL:
            found.add(chr(value))
        elif kind is signs.RANGE:
            found |= {chr(code) for code in range(value[0], min(value[1], 0x250) + 1)}
        elif kind is signs.CATEGORY:
            test = CATEGORIES[NEGATED.get(value, value)]
            found |= {sign for sign in SIGNS if test(sign) is (value not in NEGATED)}
    return frozenset(SIGNS - found if told[0][0] is signs.NEGATE else found)


def inside(token: Any) -> list[Any]:
    """Sequences that a token holds."""
    kind, told = token
    if kind in REPEATS or kind is signs.POSSESSIVE_REPEAT:
        return [told[2]]
    if kind is signs.SUBPATTERN:
        return [told[3]]
    if kind is signs.BRANCH:
        return list(told[1])
    return []


def is_many(token: Any) -> bool:
    return token[0] in REPEATS and token[1][1] >= MANY


def repeats(sequence: Any) -> Iterator[Any]:
    """Every repetition of many, at any depth."""
    for token in sequence:
        if is_many(token):
            yield token
        for part in inside(token):
            yield from repeats(part)


def first(sequence: Any) -> frozenset[str]:
    """Signs a sequence may begin with."""
    found: frozenset[str] = frozenset()
    for token in sequence:
        if token[0] in {signs.AT, signs.ASSERT, signs.ASSERT_NOT}:
            continue
        parts = inside(token)
        found |= frozenset().union(*map(first, parts)) if parts else eaten(token)
        if not (token[0] in REPEATS and token[1][0] == 0):
            break
    return found


def flat(sequence: Any) -> list[Any]:
    """Tokens of a sequence, groups opened."""
    return [
        one
        for token in sequence
        for one in (flat(token[1][3]) if token[0] is signs.SUBPATTERN else [token])
    ]


def fault(pattern: str) -> str:
    """Why a pattern might explode, nothing when it cannot."""
    for outer in repeats(parser.parse(pattern)):
        body = flat(outer[1][2])
        inner = list(repeats(body))
        if inner:
            greedy = frozenset().union(*(eaten(one) for one in inner))
            needed = [token for token in body if token[0] in {signs.LITERAL, signs.IN}]
            if not any(eaten(token).isdisjoint(greedy) for token in needed):
                return "a repetition in a repetition, and nothing parts them"
        for token in body:
            if token[0] is signs.BRANCH:
                starts = [first(part) for part in token[1][1]]
                alike = sum(map(len, starts)) != len(frozenset().union(*starts))
                if alike or starts.count(frozenset()) > 1:
                    return "branches of a repeated choice that begin alike"
    return ""


# -- where patterns are written --------------------------------------------------------------------


@cache
def written() -> tuple[tuple[str, ast.expr], ...]:
    """(place, first argument) of each use of a pattern in the package."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text("utf-8")
        if "re." not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            function = node.func if isinstance(node, ast.Call) else None
            if (
                isinstance(function, ast.Attribute)
                and function.attr in USES
                and isinstance(function.value, ast.Name)
                and function.value.id == "re"
                and node.args
            ):
                place = f"{path.relative_to(PACKAGE).as_posix()}:{node.lineno}"
                found.append((place, node.args[0]))
    return tuple(found)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+$",
        r"(a|a)*b",
        r"(\w+\s?)*$",
        r"(.*,)*x",
        r"(abc|a\w\w)+d",
        r"^(\d+|\d+\.)*$",
        r"([^a]*b?)*",
    ],
)
def test_a_pattern_that_explodes_is_seen(pattern: str) -> None:
    assert fault(pattern)


@pytest.mark.parametrize(
    "pattern",
    [r"(\d+,)*\d+", r"[a-z]+(?:-[a-z]+)*", r"(?:\s*;\s*\d+)+", r"(a|b)*", r"\s*x\s*", r"(a{2}){3}"],
)
def test_a_pattern_that_does_not_is_left_alone(pattern: str) -> None:
    assert not fault(pattern)


@pytest.mark.slow
def test_no_pattern_of_ours_explodes() -> None:
    constants = [
        (place, node.value)
        for place, node in written()
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert len(constants) > 100, "the walk finds the patterns"
    faults = {place: f"{fault(text)}: {text}" for place, text in constants if fault(text)}
    assert faults == {}


OURS = re.compile(r"\b_?[A-Z][A-Z0-9_]*\b")
FROM_OUR_FILES = {
    "steering/editions.py": "words of parameters/editions.yaml",
    "surveys/privacy.py": "words of privacy.yaml",
    "surveys/proofreading.py": "words of the rules of proofreading",
}
"""Modules whose patterns are made of words of our own files."""


def is_ours(node: ast.AST) -> bool:
    """Tell whether a piece of a pattern is a constant of the code, a number, or escaped."""
    told = ast.unparse(node)
    return "re.escape(" in told or bool(OURS.search(told))


@pytest.mark.slow
def test_texts_are_escaped_before_they_become_patterns() -> None:
    pieces = {
        f"{place}: {ast.unparse(value.value)}"
        for place, node in written()
        if isinstance(node, ast.JoinedStr) and place.partition(":")[0] not in FROM_OUR_FILES
        for value in node.values
        if isinstance(value, ast.FormattedValue) and not is_ours(value.value)
    }
    assert pieces == set()


FORBIDDEN = re.compile(
    r"\.(innerHTML|outerHTML)\b|insertAdjacentHTML|document\.write|\beval\(|new Function\("
    r"|__proto__|set(Timeout|Interval)\(\s*[\"'`]"
)


def test_scripts_write_no_html_of_others() -> None:
    """Texts go through textContent; nothing becomes HTML nor code, no prototype is named."""
    assert FORBIDDEN.search("x.innerHTML = name")
    assert FORBIDDEN.search('setTimeout("x()")')
    scripts = sorted((ROOT / "frontend/js").rglob("*.js"))
    assert scripts
    assert [p.name for p in scripts if FORBIDDEN.search(p.read_text("utf-8"))] == []
