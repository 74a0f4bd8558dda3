"""Conditions and limits as somebody builds them without a formula, and the way back.

What the builder cannot say is ``None``: the expression is then kept as it is written.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.surveys.expressions import read
from portrea.surveys.expressions.reading import ExpressionError
from portrea.surveys.form import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.surveys.expressions import Tree

COMPARED = {"est": "=", "pas": "!=", "plus": ">", "moins": "<", "au_moins": ">=", "au_plus": "<="}
_WORDS = {sign: word for word, sign in COMPARED.items()}
NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.RANGE})
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_SELF = ("self",)
_TODAY = ("call", "today", ())


@dataclass(frozen=True, slots=True)
class Comparison:
    """« question, is, value ».

    ``operator`` is a word of ``COMPARED``, or « contient », « sans » (of choices), « repondu »,
    « vide ».
    """

    question: str
    operator: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """Tests that must hold: all of them, or one of them."""

    tests: tuple[Comparison, ...]
    every: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an answer may be: between two values, before or after today, so many choices at most.

    ``dates`` is « passe », « futur » or nothing; ``alone`` a choice that goes with no other.
    """

    least: str = ""
    most: str = ""
    dates: str = ""
    most_choices: str = ""
    alone: str = ""


def condition_understood(expression: str) -> Condition | None:
    """Return what a condition says, ``None`` when the builder cannot say it."""
    tree = _tree(expression)
    if tree is None:
        return None
    every = tree[0] != "or"
    parts = tree[1:] if tree[0] in {"and", "or"} else (tree,)
    tests = [_test(part) for part in parts]
    told = tuple(test for test in tests if test is not None)
    return Condition(told, every) if len(told) == len(parts) else None


def condition_written(condition: Condition, kinds: Mapping[str, Kind]) -> str:
    """Return the expression of a condition; ``kinds`` are those of the questions it names."""
    joined = " and " if condition.every else " or "
    return joined.join(_written(test, kinds.get(test.question)) for test in condition.tests)


def limits_understood(expression: str) -> Limits | None:
    """Return what a constraint says, ``None`` when the builder cannot say it."""
    if not expression.strip():
        return Limits()
    tree = _tree(expression)
    if tree is None:
        return None
    told: dict[str, str] = {}
    for part in tree[1:] if tree[0] == "and" else (tree,):
        found = _limit(part)
        if found is None or found[0] in told:
            return None
        told[found[0]] = found[1]
    return Limits(**told)


def limits_written(limits: Limits) -> str:
    """Return the constraint of some limits, empty when there is none."""
    parts = [
        f". >= {_value(limits.least)}" if limits.least else "",
        f". <= {_value(limits.most)}" if limits.most else "",
        {"passe": ". <= today()", "futur": ". >= today()"}.get(limits.dates, ""),
        f"count-selected(.) <= {limits.most_choices}" if limits.most_choices else "",
    ]
    said = [part for part in parts if part]
    if limits.alone:
        alone = f"not(selected(., {quoted(limits.alone)})) or count-selected(.) = 1"
        said.append(f"({alone})" if said else alone)
    return " and ".join(said)


def quoted(text: str) -> str:
    """Return a text between marks that it does not hold."""
    if "'" not in text:
        return f"'{text}'"
    return '"' + text.replace('"', "”") + '"'


def _tree(expression: str) -> Tree | None:
    try:
        return read(expression)
    except ExpressionError:
        return None


def _test(tree: Tree) -> Comparison | None:
    match tree:
        case ("=" | "!=", ("answer", name), ("text", "")):
            return Comparison(name, "vide" if tree[0] == "=" else "repondu")
        case (sign, ("answer", name), ("text" | "number", value)) if sign in _WORDS:
            return Comparison(name, _WORDS[sign], _said(value))
        case ("call", "selected", (("answer", name), ("text", value))):
            return Comparison(name, "contient", value)
        case ("call", "not", (("call", "selected", (("answer", name), ("text", value))),)):
            return Comparison(name, "sans", value)
    return None


def _written(test: Comparison, kind: Kind | None) -> str:
    answer = f"${{{test.question}}}"
    match test.operator:
        case "repondu":
            return f"{answer} != ''"
        case "vide":
            return f"{answer} = ''"
        case "contient":
            return f"selected({answer}, {quoted(test.value)})"
        case "sans":
            return f"not(selected({answer}, {quoted(test.value)}))"
    number = kind in NUMBERS and _NUMBER.fullmatch(test.value)
    return f"{answer} {COMPARED[test.operator]} {test.value if number else quoted(test.value)}"


def _limit(tree: Tree) -> tuple[str, str] | None:
    match tree:
        case ("<=" | ">=", left, right) if left == _SELF and right == _TODAY:
            return "dates", "passe" if tree[0] == "<=" else "futur"
        case ("<=" | ">=", left, right) if left == _SELF and (value := _bound(right)):
            return "most" if tree[0] == "<=" else "least", value
        case ("<=", ("call", "count-selected", (one,)), ("number", n)) if one == _SELF:
            return "most_choices", _said(n)
        case ("or", ("call", "not", (("call", "selected", (one, ("text", name))),)), count):
            single = ("=", ("call", "count-selected", (_SELF,)), ("number", 1.0))
            return ("alone", name) if one == _SELF and count == single else None
    return None


def _bound(tree: Tree) -> str:
    match tree:
        case ("number" | "text", value):
            return _said(value)
        case ("minus", ("number", value)):
            return f"-{_said(value)}"
    return ""


def _said(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return str(int(value)) if math.isfinite(value) and value == int(value) else str(value)


def _value(text: str) -> str:
    return text if _NUMBER.fullmatch(text) else quoted(text)
