"""Check that a form holds together: names, lists, expressions, no circle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import re2

from portrea.base.errors import Diagnostic
from portrea.surveys.expressions import Tree, names_in, read
from portrea.surveys.expressions.reading import ExpressionError, parts_of
from portrea.surveys.form import Form, Group, Item, Question

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_OF_A_GROUP = {"relevant": "relevant", "count": "repeat_count"}
_OF_A_QUESTION = {
    "relevant": "relevant",
    "constraint": "constraint",
    "required": "required",
    "calculation": "calculation",
    "choice_filter": "choice_filter",
}


def check(form: Form, lines: Mapping[str, int]) -> list[Diagnostic]:
    """Return what is wrong with a form; ``lines`` says where each item was written."""
    faults: list[Diagnostic] = []
    for item in form.every():
        line = lines.get(item.name)
        faults += _list_fault(form, item, line)
        for column, tree, fault in _expressions(form, item):
            told = fault or _tree_fault(form, tree)
            if told:
                remedy = "Corrigez cette condition, ou ajoutez ce qui manque."
                message = f"feuille « survey » : {told}"
                faults.append(Diagnostic("xlsform", message, line, column, remedy=remedy))
    return faults or _circles(form, lines)


def columns_of(form: Form, question: Question) -> frozenset[str]:
    """Return the columns that a filter of a question's choices may read."""
    listed = form.lists.get(question.choices, ())
    return frozenset({"name"}).union(*(choice.columns for choice in listed))


def _list_fault(form: Form, item: Item, line: int | None) -> list[Diagnostic]:
    if isinstance(item, Group) or not item.kind.chooses or form.lists.get(item.choices):
        return []
    listed = ", ".join(sorted(form.lists)) or "aucune"
    message = f"feuille « survey » : la liste de choix « {item.choices} » n’existe pas."
    remedy = f"Ajoutez-la à la feuille « choices ». Listes connues : {listed}."
    return [Diagnostic("xlsform", message, line, "type", remedy=remedy)]


def _expressions(form: Form, item: Item) -> Iterator[tuple[str, Tree, str]]:
    told = _OF_A_GROUP if isinstance(item, Group) else _OF_A_QUESTION
    for attribute, column in told.items():
        written = getattr(item, attribute)
        if not written:
            continue
        try:
            tree = read(written, _columns(form, item, attribute))
        except ExpressionError as error:
            yield column, (), error.message
        else:
            yield column, tree, ""


def _columns(form: Form, item: Item, attribute: str) -> frozenset[str]:
    if attribute == "choice_filter" and isinstance(item, Question):
        return columns_of(form, item)
    return frozenset()


def _tree_fault(form: Form, tree: Tree) -> str:
    known = {item.name for item in form.every()}
    missing = sorted(names_in(tree) - known)
    if missing:
        return f"« ${{{missing[0]}}} » ne désigne aucune question."
    for pattern in _patterns(tree):
        try:
            re2.compile(pattern)
        except re2.error:
            return f"le modèle de regex « {pattern} » ne peut pas être lu."
    return ""


def _patterns(tree: Tree) -> Iterator[str]:
    if tree[0] == "call" and tree[1] == "regex" and tree[2][1][0] == "text":
        yield tree[2][1][1]
    for part in parts_of(tree):
        yield from _patterns(part)


def _circles(form: Form, lines: Mapping[str, int]) -> list[Diagnostic]:
    needs = dict(_needs(form.items, frozenset()))
    for start in needs:
        circle = _circle(start, needs)
        if circle:
            told = " → ".join(circle)
            message = f"feuille « survey » : ces conditions tournent en cercle : {told}."
            remedy = "Une question ne peut pas dépendre d’elle-même : ôtez une des conditions."
            return [Diagnostic("xlsform", message, lines.get(start), "relevant", remedy=remedy)]
    return []


def _needs(items: tuple[Item, ...], above: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield, for each item, the answers that decide whether it is shown and what it says."""
    for item in items:
        written = [item.relevant, item.count if isinstance(item, Group) else item.calculation]
        names = above.union(*(names_in(read(text)) for text in written if text))
        yield item.name, names
        if isinstance(item, Group):
            yield from _needs(item.items, names)


def _circle(start: str, needs: Mapping[str, frozenset[str]]) -> list[str]:
    trail: dict[str, str] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        for needed in sorted(needs.get(name, frozenset())):
            if needed == start:
                return [*_back(name, start, trail), start]
            if needed not in trail:
                trail[needed] = name
                waiting.append(needed)
    return []


def _back(name: str, start: str, trail: Mapping[str, str]) -> list[str]:
    path = [name]
    while path[-1] != start:
        path.append(trail[path[-1]])
    return path[::-1]
