"""The households that answers may mean, when some are missing: a bounded number of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from portrea.rights.answers import MIXED, household, questions, texts, typed
from portrea.rights.households import faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portrea.rights.answers import Answers, Question
    from portrea.rights.households import Household

MOST = 64
"""Households of one hint: beyond, the answers that miss are not all varied together."""
MOST_TOGETHER = 40
"""Households when some are not: the others are for varying those alone."""
SHARE = "share"


@dataclass(frozen=True, slots=True)
class Scenarios:
    """Every way to fill the answers that miss (``rows``), and the household of each.

    ``households`` are distinct; ``ranks`` gives that of each row. ``held`` are the questions that
    kept one value because too many were missing; each was varied alone, from the first row and from
    the last: ``probes`` are (question, rank of the row’s household, rank of the other). ``fewer``
    tells that some questions kept their ends only.
    """

    rows: tuple[dict[str, Any], ...]
    households: tuple[Household, ...]
    ranks: tuple[int, ...]
    held: tuple[Question, ...] = ()
    probes: tuple[tuple[str, int, int], ...] = ()
    fewer: bool = False


def scenarios_of(answers: Answers) -> Scenarios:
    """Return the households that answers may mean, at most ``MOST``.

    Households that cannot be (a pension at twenty-two) are left out.
    """
    missing = unanswered(answers)
    tries = {question.name: _tries(question, answers) for question in missing}
    if answers.situation == MIXED and answers.income != 0:
        tries[SHARE] = list(texts()["shares"])
    fewer = _keep_ends(tries, missing)
    held = _hold(tries, missing, answers)
    rows: list[dict[str, Any]] = []
    found: dict[Household, int] = {}
    ranks: list[int] = []
    for values in product(*tries.values()):
        row = dict(zip(tries, values, strict=True))
        made = _household(answers, row)
        if _can_be(made):
            rows.append(row)
            ranks.append(found.setdefault(made, len(found)))
    probes = tuple(_probes(answers, (rows[0], rows[-1]), held, found)) if held else ()
    return Scenarios(tuple(rows), tuple(found), tuple(ranks), held, probes, fewer)


def _probes(
    answers: Answers,
    bases: Sequence[dict[str, Any]],
    held: Sequence[Question],
    found: dict[Household, int],
) -> Iterator[tuple[str, int, int]]:
    """Yield what each held question changes alone, adding its households as long as they fit."""
    for base, question in product(bases, held):
        start = found[_household(answers, base)]
        for value in _tries(question, answers):
            made = _household(answers, base | {question.name: value})
            if _can_be(made) and (made in found or len(found) < MOST):
                yield question.name, start, found.setdefault(made, len(found))


def unanswered(answers: Answers) -> list[Question]:
    """Return the questions skipped that may matter, in the order in which they are asked."""
    skipped = [one for one in questions() if getattr(answers, one.name) is None]
    return [one for one in skipped if is_useful(one, answers)]


def is_useful(question: Question, answers: Answers) -> bool:
    """Whether a question may matter: nothing answered so far makes it void."""
    if question.shown_if is None:
        return True
    name, values = question.shown_if
    other = getattr(answers, name)
    return other is None or other in values


def _tries(question: Question, answers: Answers) -> list[Any]:
    told = [typed(question, text) for text in question.tries]
    if question.name == "partner" and len(answers.age or ()) > 1:
        return told[1:]
    return told


def _keep_ends(tries: dict[str, list[Any]], missing: Sequence[Question]) -> bool:
    fewer = False
    for question in sorted(missing, key=lambda one: -one.rank):
        told = tries[question.name]
        if question.ends and len(told) > 2 and _count(tries) > MOST:
            tries[question.name], fewer = [told[0], told[-1]], True
    return fewer


def _hold(
    tries: dict[str, list[Any]], missing: Sequence[Question], answers: Answers
) -> tuple[Question, ...]:
    held: list[Question] = []
    for question in sorted(missing, key=lambda one: -one.rank):
        if _count(tries) > (MOST_TOGETHER if held else MOST):
            tries[question.name] = [_kept(question, answers, tries[question.name])]
            held.append(question)
    return tuple(held)


def _kept(question: Question, answers: Answers, tries: Sequence[Any]) -> Any:
    """Return the usual value of a question, or the first that the other answers allow."""
    usual = typed(question, question.usual)
    for value in (usual, *tries):
        if _can_be(_household(answers, {question.name: value})):
            return value
    return usual


def _can_be(made: Household) -> bool:
    return next(faults(made), None) is None


def _count(tries: dict[str, list[Any]]) -> int:
    return prod(len(values) for values in tries.values())


def _household(answers: Answers, row: dict[str, Any]) -> Household:
    told = {name: value for name, value in row.items() if name != SHARE}
    filled: Answers = replace(answers, **told)
    void = {one.name: None for one in questions() if not is_useful(one, filled)}
    return household(replace(filled, **void), share=row.get(SHARE, 1.0))
