"""Answers as a table: one row a person, one column a question, whatever version was answered."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.base.errors import DataError
from portrea.surveys.expressions import Scope, holds, names_in, read
from portrea.surveys.form import Choice, Form, Group, Kind, Question

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from portrea.surveys.expressions import Answers
    from portrea.surveys.form import Item

    Flags = NDArray[np.bool_]


def asked_once(form: Form) -> Iterator[Question]:
    """Yield the questions that each person answers once: those of repeats are left out."""
    yield from _once(form.items)


def frame_of(form: Form, answers: Iterable[Answers]) -> pl.DataFrame:
    """Return the answers as texts, a column for each question asked once (empty: no answer)."""
    names = [question.name for question in asked_once(form)]
    rows = [[_text(told.get(name)) for name in names] for told in answers]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def rows_of(form: Form, repeat: str, answers: Iterable[Answers]) -> pl.DataFrame:
    """Return the rows of a repeat as a table: one row for each, whoever told it."""
    group = form.item(repeat)
    names = [one.name for one in _once(group.items)] if isinstance(group, Group) else []
    told = [row for one in answers for row in _rows(one.get(repeat))]
    rows = [[_text(row.get(name)) for name in names] for row in told]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def repeats(form: Form) -> list[Group]:
    """Return the repeats of a form that stand in no other repeat."""
    return list(_repeats(form.items))


def only_repeat(form: Form, repeat: Group) -> Form:
    """Return the questions of a repeat as a form of their own."""
    return replace(form, items=repeat.items)


def merged(forms: Sequence[Form]) -> Form:
    """Return the first form, with the questions and choices that only the others had.

    Answers given to an older version are then read like the others; a question that changed its
    kind keeps that of the first form.
    """
    first, *others = forms
    items, lists = list(first.items), dict(first.lists)
    known = {item.name for item in first.every()}
    for form in others:
        for question in asked_once(form):
            if question.name not in known:
                known.add(question.name)
                items.append(question)
        for name, choices in form.lists.items():
            had = {choice.name for choice in lists.get(name, ())}
            new = tuple(choice for choice in choices if choice.name not in had)
            lists[name] = (*lists.get(name, ()), *new)
    return replace(first, items=tuple(items), lists=lists)


def with_column(
    form: Form, answers: pl.DataFrame, question: Question, choices: Mapping[str, str],
    told: Sequence[str],
) -> tuple[Form, pl.DataFrame]:  # fmt: skip
    """Return a form and its answers with one more question of choices: the themes of a free text.

    ``choices`` maps names to labels; ``told`` has the names chosen by each person, with spaces.
    """
    listed = tuple(Choice(name, {"": label}) for name, label in choices.items())
    lists = {**form.lists, question.choices: listed}
    added = replace(form, items=(*form.items, question), lists=lists)
    return added, answers.with_columns(pl.Series(question.name, list(told), dtype=pl.String))


def asked(answers: pl.DataFrame, form: Form, name: str, *, now: datetime) -> Flags:
    """Tell who was asked a question: those for whom it and the groups around it were shown.

    Each different set of answers that its conditions read is tried once.
    """
    found = np.ones(answers.height, dtype=bool)
    for condition in conditions_of(form, name):
        found &= _holding(answers, condition, now)
    return found


def conditions_of(form: Form, name: str) -> list[str]:
    """Return the conditions under which a question is shown, outermost first."""
    path = _path(form.items, name)
    if path is None:
        message = f"Ce questionnaire n’a pas de question « {name} »."
        raise DataError(message, remedy="Choisissez une question de la liste.")
    return [item.relevant for item in path if item.relevant]


@cache
def read_by(condition: str) -> frozenset[str]:
    """Return the names of the answers that a condition reads."""
    return frozenset(names_in(read(condition)))


def _holding(answers: pl.DataFrame, condition: str, now: datetime) -> Flags:
    names = sorted(read_by(condition) & set(answers.columns))
    tree = read(condition)
    if not names:
        return np.full(answers.height, holds(tree, Scope({}, now)))
    told = answers.select(pl.col(names).fill_null(""))
    different = told.unique(maintain_order=True)
    yes = [holds(tree, Scope(row, now)) for row in different.iter_rows(named=True)]
    known = different.with_columns(pl.Series("__shown", yes, dtype=pl.Boolean))
    joined = told.join(known, on=names, how="left", maintain_order="left")
    shown: Flags = joined["__shown"].to_numpy()
    return shown


def _once(items: Sequence[Item]) -> Iterator[Question]:
    for item in items:
        if isinstance(item, Question):
            if item.kind is not Kind.NOTE:
                yield item
        elif not item.repeats:
            yield from _once(item.items)


def _repeats(items: Sequence[Item]) -> Iterator[Group]:
    for item in items:
        if isinstance(item, Group):
            if item.repeats:
                yield item
            else:
                yield from _repeats(item.items)


def _path(items: Sequence[Item], name: str) -> list[Item] | None:
    for item in items:
        if item.name == name:
            return [item]
        if isinstance(item, Group) and (inside := _path(item.items, name)) is not None:
            return [item, *inside]
    return None


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _rows(value: object) -> Sequence[Answers]:
    return value if isinstance(value, list | tuple) else ()
