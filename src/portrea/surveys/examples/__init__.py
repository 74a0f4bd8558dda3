"""Synthetic answers to the ready questionnaires, so named everywhere: nobody ever gave them.

Each file says what must come out of the answers (shares by group, rounded to people); everything
else is drawn with a seed that is written there, and means nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import yaml

from portrea.base.errors import ParameterError
from portrea.surveys.expressions import Scope, holds, read
from portrea.surveys.filling import fill
from portrea.surveys.form import Kind
from portrea.surveys.frames import conditions_of
from portrea.surveys.models import models
from portrea.surveys.sampling import quotas

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.surveys.expressions import Answers
    from portrea.surveys.form import Form, Question

SYNTHETIC = "Jeu synthétique"
_OWN = {"remarque"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One synthetic answer: its identifier, when it was « given », what it says."""

    uuid: UUID
    answered: datetime
    answers: Answers


@dataclass(frozen=True, slots=True)
class Example:
    """A synthetic survey: what it is called, how « asked », its margins, report and answers."""

    model: str
    title: str
    purpose: str
    design: str
    population: int | None
    margins: Mapping[str, Mapping[str, float]]
    margins_source: str
    report: Mapping[str, Any]
    answers: tuple[Drawn, ...]


def names() -> list[str]:
    """Return the ready questionnaires that have a synthetic survey."""
    found = (one.name for one in files(__package__).iterdir())
    return sorted(name.removesuffix(".yaml") for name in found if name.endswith(".yaml"))


@cache
def example(name: str) -> Example:
    """Return a synthetic survey, always the same.

    Raises
    ------
    ParameterError
        There is none of that name.
    """
    if name not in names():
        message = f"Il n’y a pas de jeu synthétique « {name} »."
        raise ParameterError(message, remedy=f"Jeux : {', '.join(names())}.")
    told = yaml.safe_load((files(__package__) / f"{name}.yaml").read_text("utf-8"))
    return Example(
        model=told["model"],
        title=told["title"],
        purpose=told["purpose"],
        design=told["design"],
        population=told.get("population"),
        margins=told["margins"],
        margins_source=told["margins_source"],
        report=told["report"] | {"synthetic": True},
        answers=_drawn(told),
    )


def _drawn(told: Mapping[str, Any]) -> tuple[Drawn, ...]:
    form = models()[told["model"]].form
    rng = np.random.default_rng(told["seed"])
    split = told["split"]
    groups = [
        [{split["question"]: group} for _row in range(count)]
        for group, count in split["counts"].items()
    ]
    if not told["margins"]:  # shares come out of everybody at once
        groups = [[row for group in groups for row in group]]
    rows = [row for group in groups for row in _group(form, told, group, rng)]
    start, end = (date.fromisoformat(day) for day in told["days"])
    order = rng.permutation(len(rows))
    days = np.sort(rng.integers(0, (end - start).days + 1, len(rows)))
    found = []
    for gone, at in zip(days.tolist(), order.tolist(), strict=True):
        moment = datetime.combine(start + timedelta(days=gone), time(10, 0), tzinfo=UTC)
        identifier = UUID(bytes=rng.bytes(16), version=4)
        kept = fill(form, _dated(form, rows[at], moment), now=moment)
        found.append(Drawn(identifier, moment, kept.answers))
    return tuple(found)


def _group(
    form: Form, told: Mapping[str, Any], rows: list[dict[str, Any]], rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Answer every question for the people of a group, those asked only, in order."""
    now = datetime.combine(date.fromisoformat(told["days"][1]), time(), tzinfo=UTC)
    for question in form.questions():
        conditions = [read(one) for one in conditions_of(form, question.name)]
        shown = [
            row
            for row in rows
            if question.name not in row and all(holds(one, Scope(row, now)) for one in conditions)
        ]
        exact = told["exact"].get(question.name)
        if exact and shown:
            _as_told(question, exact, shown, rng)
        else:
            for row in shown:
                row[question.name] = _any(form, question, rng)
    return rows


def _as_told(
    question: Question, exact: Mapping[str, float], rows: list[dict[str, Any]],
    rng: np.random.Generator,
) -> None:  # fmt: skip
    if question.kind is Kind.SEVERAL:
        given: list[list[str]] = [[] for _row in rows]
        for choice, share in exact.items():
            for at in rng.permutation(len(rows))[: round(share * len(rows))].tolist():
                given[at].append(choice)
        least = next(iter(exact)) if "aucune" not in exact else "aucune"
        rest = [name for name in exact if name != least] or [least]
        for row, chosen in zip(rows, given, strict=True):
            row[question.name] = " ".join(chosen or rest[:1])
        return
    counts = quotas(dict(exact), len(rows))
    told = [choice for choice, count in counts.items() for _one in range(count)]
    for row, at in zip(rows, rng.permutation(len(rows)).tolist(), strict=True):
        row[question.name] = told[at]


def _any(form: Form, question: Question, rng: np.random.Generator) -> str:
    """Return an answer that means nothing."""
    listed = [one.name for one in form.lists.get(question.choices, ())]
    alone = {"aucune", "rien", "non", "autre", "inconnu"}
    if question.kind is Kind.ONE:
        return str(rng.choice(listed))
    if question.kind is Kind.SEVERAL:
        plain = [name for name in listed if name not in alone]
        return " ".join(rng.permutation(plain)[: int(rng.integers(1, 3))].tolist())
    if question.kind is Kind.INTEGER:
        return str(int(rng.integers(1, 40)))
    if question.kind is Kind.TEXT and question.name not in _OWN:
        return "Exemple"
    return ""


def _dated(form: Form, row: Mapping[str, Any], moment: datetime) -> dict[str, Any]:
    days = {
        one.name: moment.date().isoformat() for one in form.questions() if one.kind is Kind.DATE
    }
    return {**row, **days}
