"""Evaluate the tree of an expression for the answers given so far."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING

from portrea.surveys.expressions.functions import FUNCTIONS
from portrea.surveys.expressions.values import Value, number_of, same, text_of, truth_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from portrea.surveys.expressions.reading import Tree
    from portrea.surveys.expressions.scope import Scope


def evaluate(tree: Tree, scope: Scope) -> Value:
    """Return the value of an expression: a text, a number, true or false, or a list of texts."""
    kind = tree[0]
    if kind in _OPERATORS:
        return _OPERATORS[kind](evaluate(tree[1], scope), evaluate(tree[2], scope))
    return _KINDS[kind](tree, scope)


def holds(tree: Tree, scope: Scope) -> bool:
    """Return whether a condition is true."""
    return truth_of(evaluate(tree, scope))


def say(tree: Tree, scope: Scope) -> str:
    """Return the text of a calculation: empty when its number is not known."""
    value = evaluate(tree, scope)
    return "" if isinstance(value, float) and math.isnan(value) else text_of(value)


def _called(tree: Tree, scope: Scope) -> Value:
    name, arguments = tree[1], tree[2]
    if name == "indexed-repeat" and arguments[0][0] == "answer":
        rows, at = scope.everywhere(arguments[0][1]), number_of(evaluate(arguments[2], scope))
        return rows[int(at) - 1] if 1 <= at <= len(rows) else ""
    if name == "jr:choice-name" and arguments[1][0] == "text":
        question = arguments[1][1].strip().removeprefix("${").removesuffix("}").strip()
        return scope.label(question, text_of(evaluate(arguments[0], scope)))
    return FUNCTIONS[name].apply(scope, [evaluate(one, scope) for one in arguments])


def _divided(a: float, b: float) -> float:
    if b:
        return a / b
    return math.nan if not a or math.isnan(a) else math.copysign(math.inf, a)


def _rest(a: float, b: float) -> float:
    return math.fmod(a, b) if b and not math.isinf(a) else math.nan


def _on_numbers(operation: Callable[[float, float], Value]) -> Callable[[Value, Value], Value]:
    return lambda left, right: operation(number_of(left), number_of(right))


_OPERATORS: dict[str, Callable[[Value, Value], Value]] = {
    "=": same,
    "!=": lambda left, right: not same(left, right),
    "<": _on_numbers(operator.lt),
    "<=": _on_numbers(operator.le),
    ">": _on_numbers(operator.gt),
    ">=": _on_numbers(operator.ge),
    "+": _on_numbers(operator.add),
    "-": _on_numbers(operator.sub),
    "*": _on_numbers(operator.mul),
    "div": _on_numbers(_divided),
    "mod": _on_numbers(_rest),
}
_KINDS: dict[str, Callable[[Tree, Scope], Value]] = {
    "number": lambda tree, _scope: tree[1],
    "text": lambda tree, _scope: tree[1],
    "answer": lambda tree, scope: scope.answer(tree[1]),
    "column": lambda tree, scope: scope.columns.get(tree[1], ""),
    "self": lambda _tree, scope: scope.value,
    "parent": lambda _tree, _scope: "",
    "minus": lambda tree, scope: -number_of(evaluate(tree[1], scope)),
    "or": lambda tree, scope: any(holds(part, scope) for part in tree[1:]),
    "and": lambda tree, scope: all(holds(part, scope) for part in tree[1:]),
    "call": _called,
}
