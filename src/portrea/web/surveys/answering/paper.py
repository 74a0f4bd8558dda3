"""The same form on paper: every question in the same order, its number, its condition in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from portrea.surveys.answering import refused, tidy
from portrea.surveys.expressions import Tree, read
from portrea.surveys.filling import Entry, path_of
from portrea.surveys.form import Form, Group, Item, Kind, Question, said
from portrea.web.surveys.answering.state import found_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from portrea.surveys.expressions import Answers

ROWS_PRINTED = 3
"""Rows of a repeat that a sheet of paper leaves room for."""
_MORE = {"<": "moins de {}", "<=": "{} au plus", ">": "plus de {}", ">=": "au moins {}"}


def numbers_of(form: Form) -> Mapping[str, str]:
    """Return the number of each question somebody answers, by name, from 1."""
    asked = [
        one.name for one in form.questions()
        if one.kind.asks and one.kind is not Kind.NOTE and not one.read_only
    ]  # fmt: skip
    return {name: str(rank) for rank, name in enumerate(asked, start=1)}


def every_entry(form: Form, answers: Answers, *, rows: int = 0) -> tuple[Entry, ...]:
    """Return every question, shown or not, with what was written and why it is refused.

    ``rows`` is the least number of rows of each repeat.
    """
    return tuple(_entries(form, form.items, answers, (), rows))


def _entries(
    form: Form,
    items: Sequence[Item],
    answers: Answers,
    inside: tuple[tuple[str, int], ...],
    rows: int,
) -> Iterator[Entry]:
    for item in items:
        if isinstance(item, Question):
            if item.kind.asks:
                yield _entry(form, item, answers, inside)
            continue
        if not item.repeats:
            yield from _entries(form, item.items, answers, inside, rows)
            continue
        told = found_at(answers, path_of(item.name, inside).split("/"))
        count = max(rows, 0 if isinstance(told, str) else len(told))
        yield Entry(item, inside, rows=count)
        for at in range(count):
            yield from _entries(form, item.items, answers, (*inside, (item.name, at)), rows)


def _entry(
    form: Form, question: Question, answers: Answers, inside: tuple[tuple[str, int], ...]
) -> Entry:
    told = found_at(answers, path_of(question.name, inside).split("/"))
    value = tidy(question, told) if isinstance(told, str) else ""
    offered = form.lists.get(question.choices, ()) if question.kind.chooses else ()
    fault = refused(question, value, {choice.name for choice in offered})
    return Entry(question, inside, value, offered, question.required == "true()", fault)


# -- conditions in words --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Teller:
    form: Form
    numbers: Mapping[str, str]
    language: str

    def condition(self, tree: Tree) -> str:
        """Return a condition in words, empty when it is not one of those people say."""
        told = ""
        match tree:
            case ("or", *parts):
                told = self.joined(parts, _(" ou "))
            case ("and", *parts):
                told = self.joined(parts, _(" et "))
            case ("call", "not", (("call", "selected", (("answer", name), ("text", value))),)):
                told = self.chosen(name, value, _("question %(n)s : sans « %(v)s »"))
            case ("call", "selected", (("answer", name), ("text", value))):
                told = self.chosen(name, value, _("question %(n)s : « %(v)s »"))
            case ("=", ("answer", name), ("text" | "number", value)):
                told = self.chosen(name, value, _("question %(n)s : « %(v)s »"))
            case ("!=", ("answer", name), ("text" | "number", value)):
                told = self.chosen(name, value, _("question %(n)s : autre chose que « %(v)s »"))
            case (("<" | "<=" | ">" | ">=") as sign, ("answer", name), ("number", value)):
                more = _MORE[sign].format(f"{value:g}")
                told = self.chosen(name, more, _("question %(n)s : %(v)s"))
        return told

    def joined(self, parts: Sequence[Tree], word: str) -> str:
        told = [self.condition(part) for part in parts]
        return word.join(told) if all(told) else ""

    def chosen(self, name: str, value: Any, pattern: str) -> str:
        if name not in self.numbers:
            return ""
        if value == "":
            label = _("rien")
        elif isinstance(value, float):
            label = f"{value:g}"
        else:
            label = self.form.choice_label(name, str(value), self.language) or str(value)
        return pattern % {"n": self.numbers[name], "v": label}


def conditions_of(form: Form, language: str) -> Mapping[str, str]:
    """Return, for each question or group asked on a condition, that condition in words."""
    teller = _Teller(form, numbers_of(form), language)
    return {
        item.name: teller.condition(read(item.relevant)) or _("selon les réponses d’avant")
        for item in form.every()
        if item.relevant
    }


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the sheet: its title, when it is filled in, its questions."""

    title: str
    condition: str
    entries: tuple[Entry, ...]
    repeats: bool = False


def parts_of(form: Form, language: str) -> list[Part]:
    """Return the form as it is printed, group by group, in the same order."""
    told = conditions_of(form, language)
    return [
        Part(title, condition, tuple(entries), repeats)
        for title, condition, entries, repeats in _parts(form, form.items, language, told)
        if entries
    ]


def _parts(
    form: Form, items: Sequence[Item], language: str, told: Mapping[str, str]
) -> Iterator[tuple[str, str, list[Entry], bool]]:
    loose: list[Entry] = []
    for item in items:
        if isinstance(item, Question):
            loose += [_entry(form, item, {}, ())] if item.kind.asks else []
            continue
        yield "", "", loose, False
        loose = []
        title, condition = said(item.label, language), told.get(item.name, "")
        yield from _group(form, item, (title, condition), language, told)
    yield "", "", loose, False


def _group(
    form: Form, group: Group, head: tuple[str, str], language: str, told: Mapping[str, str]
) -> Iterator[tuple[str, str, list[Entry], bool]]:
    for rank, part in enumerate(_parts(form, group.items, language, told)):
        title, condition, entries, repeats = part
        if not entries:
            continue
        first = rank == 0 and not title
        yield (head if first else (title, condition or head[1])) + (
            entries,
            repeats or group.repeats,
        )
