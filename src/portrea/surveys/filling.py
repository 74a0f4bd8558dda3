"""Fill a form: for the answers given, what is shown, what is wrong, what is calculated.

Nothing is remembered: the whole form is gone through again for each set of answers, so that a
server, a phone and an import of answers say the same. What is not shown is not kept; a choice
that is no longer offered opens nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.surveys.answering import refused, tidy
from portrea.surveys.checking import columns_of
from portrea.surveys.expressions import Scope, holds, read, say
from portrea.surveys.expressions.values import number_of
from portrea.surveys.form import Choice, Form, Group, Item, Kind, Question, said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from portrea.surveys.expressions import Answers

REQUIRED = "Cette réponse est obligatoire."
_NOT_ALLOWED = "Cette réponse n’est pas permise."
_MOST_ROWS = 200
_CALL = "()"


@dataclass(frozen=True, slots=True)
class Entry:
    """One question, group or repeat that is shown.

    ``inside`` are the repeats it stands in, each with its row from 0; ``value`` is the answer
    as it was given, even if it is wrong; ``rows`` is the number of rows of a repeat.
    """

    item: Item
    inside: tuple[tuple[str, int], ...] = ()
    value: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = False
    fault: str = ""
    rows: int = 0

    @property
    def path(self) -> str:
        """The address of the answer in its form: ``personne/0/prenom``."""
        return path_of(self.item.name, self.inside)


@dataclass(frozen=True, slots=True)
class Filled:
    """A form gone through with its answers: those that are kept, and all that is shown."""

    answers: Answers
    entries: tuple[Entry, ...]

    @property
    def faults(self) -> Mapping[str, str]:
        """Path → what is wrong with the answer, in French."""
        return {entry.path: entry.fault for entry in self.entries if entry.fault}


def path_of(name: str, inside: Sequence[tuple[str, int]]) -> str:
    """Return the address of an answer: the repeats it stands in with their rows, its name."""
    return "/".join([*(f"{repeat}/{row}" for repeat, row in inside), name])


def fill(form: Form, given: Answers, *, now: datetime, language: str = "") -> Filled:
    """Go through a form with the answers given so far.

    ``given`` maps names to texts, and repeats to one mapping for each row; names that are not
    of the form are ignored. An answer that is absent takes the default, an empty one does not.
    """
    filler = _Filler(form, now, language or form.languages[0])
    known: Answers = {}
    for _pass in range(len(list(form.every())) + 2):
        filled = filler.whole(given, known)
        if filled.answers == known:
            break
        known = filled.answers
    return filled


@dataclass(frozen=True)
class _Filler:
    form: Form
    now: datetime
    language: str

    def whole(self, given: Answers, known: Answers) -> Filled:
        entries: list[Entry] = []
        answers = self.level(self.form.items, given, known, (), entries)
        return Filled(answers, tuple(entries))

    def level(
        self,
        items: Sequence[Item],
        given: Answers,
        known: Answers,
        inside: tuple[tuple[str, int], ...],
        entries: list[Entry],
    ) -> Answers:
        """Return the answers kept of one level (the form, a row of a repeat)."""
        kept: dict[str, str | Sequence[Answers]] = {}
        for item in items:
            scope = Scope(known, self.now, inside=inside, label=self.label)
            if item.relevant and not holds(read(item.relevant), scope):
                kept |= _closed(item)
            elif isinstance(item, Question):
                kept[item.name] = self.question(item, given, scope, entries)
            elif item.repeats:
                kept[item.name] = self.repeat(item, given, scope, entries)
            else:
                entries.append(Entry(item, inside))
                kept |= self.level(item.items, given, known, inside, entries)
        return kept

    def question(
        self, question: Question, given: Answers, scope: Scope, entries: list[Entry]
    ) -> str:
        answer = self.answer(question, given, scope)
        if not question.kind.asks:
            return answer
        offered = self.offered(question, scope)
        wrong = refused(question, answer, {choice.name for choice in offered})
        fault = wrong or self.fault(question, answer, scope)
        required = bool(question.required) and holds(read(question.required), scope)
        if not answer and required and question.kind is not Kind.NOTE:
            fault = said(question.required_message, self.language) or REQUIRED
        entries.append(Entry(question, scope.inside, answer, offered, required, fault))
        return "" if wrong else answer

    def answer(self, question: Question, given: Answers, scope: Scope) -> str:
        told = given.get(question.name)
        if question.kind is Kind.NOTE:
            return ""
        if question.calculation and (question.read_only or not question.kind.asks):
            own = Scope(**{**vars(scope), "value": told if isinstance(told, str) else ""})
            return say(read(question.calculation), own)
        if isinstance(told, str):
            return tidy(question, told)
        if "${" in question.default or question.default.endswith(_CALL):
            return say(read(question.default), scope)
        return question.default

    def fault(self, question: Question, answer: str, scope: Scope) -> str:
        if not answer or not question.constraint:
            return ""
        if holds(read(question.constraint), Scope(**{**vars(scope), "value": answer})):
            return ""
        return said(question.constraint_message, self.language) or _NOT_ALLOWED

    def offered(self, question: Question, scope: Scope) -> tuple[Choice, ...]:
        listed = self.form.lists.get(question.choices, ()) if question.kind.chooses else ()
        if not listed or not question.choice_filter:
            return listed
        tree = read(question.choice_filter, columns_of(self.form, question))
        return tuple(
            choice
            for choice in listed
            if holds(tree, Scope(**{**vars(scope), "columns": _columns(choice)}))
        )

    def repeat(
        self, group: Group, given: Answers, scope: Scope, entries: list[Entry]
    ) -> Sequence[Answers]:
        told = given.get(group.name, ())
        rows = [] if isinstance(told, str) else list(told)[:_MOST_ROWS]
        if group.count:
            wanted = number_of(say(read(group.count), scope))
            count = min(_MOST_ROWS, max(0, int(wanted))) if math.isfinite(wanted) else 0
            rows = [*rows, *({} for _ in range(count - len(rows)))][:count]
        entries.append(Entry(group, scope.inside, rows=len(rows)))
        return [
            self.level(group.items, row, scope.answers, (*scope.inside, (group.name, at)), entries)
            for at, row in enumerate(rows)
        ]

    def label(self, question: str, choice: str) -> str:
        return self.form.choice_label(question, choice, self.language)


def _columns(choice: Choice) -> Mapping[str, str]:
    return {"name": choice.name, **choice.columns}


def _closed(item: Item) -> dict[str, str | Sequence[Answers]]:
    """Return what is kept of an item that is not shown: nothing, under every name."""
    if isinstance(item, Question):
        return {item.name: ""}
    if item.repeats:
        return {item.name: []}
    return {name: value for one in item.items for name, value in _closed(one).items()}
