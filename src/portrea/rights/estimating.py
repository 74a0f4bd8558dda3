"""From answers to hints: one question for OpenFisca, over what the missing answers may be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from portrea.rights.answers import MIXED, SAME, is_couple, texts
from portrea.rights.catalogue import amounts_month, rights
from portrea.rights.grid import amounts_of, near
from portrea.rights.hints import CLOSE, Hint, Saying, cover_of, hint_of
from portrea.rights.households import check
from portrea.rights.questions import amounts, question
from portrea.rights.scenarios import SHARE, scenarios_of, unanswered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import polars as pl

    from portrea.rights.answers import Answers
    from portrea.rights.scenarios import Scenarios

    Ask = Callable[[Mapping[str, Any]], Mapping[str, Sequence[Any]]]
    """A question for OpenFisca → variable → one value by member of its entity."""

ORDER = (Saying.PROBABLE, Saying.POSSIBLE, Saying.UNSURE, Saying.NO)
LESS_SURE = {Saying.PROBABLE: Saying.POSSIBLE, Saying.NO: Saying.UNSURE}
COVER = 30
"""Euros by month that a change of the health cover weighs in the order of questions."""
MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What may be said of each right for a month, « 2026-11 »; never a decision.

    ``hints`` go from the surest and largest to what is not open. ``worth`` names the questions
    still worth answering, the most useful first. ``assumed`` are French sentences. ``scenarios``
    counts the households computed. ``first`` marks a first idea, read in a table made before.
    """

    month: str
    hints: tuple[Hint, ...]
    worth: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    scenarios: int = 1
    first: bool = False


def estimate(answers: Answers, *, day: date, ask: Ask) -> Estimate:
    """Estimate the rights of who gave these answers, on a day.

    What is said holds over all the scenarios tried, not between them. A right that an answer held
    at its usual value may change is never said for sure.

    Parameters
    ----------
    ask
        Asks OpenFisca, once.

    Raises
    ------
    ParameterError
        The amounts of that month are not known.
    """
    month = amounts_month(day)
    tried = scenarios_of(answers)
    check(tried.households[0], month=month)
    asked = question(tried.households, month=month)
    found = amounts(ask(asked), asked)
    weights, unsure = _changes(tried, found)
    hints = [hint_of(name, found, day=day) for name in rights()]
    hints = [less_sure(hint) if hint.right.name in unsure else hint for hint in hints]
    return Estimate(
        month=month,
        hints=in_order(hints),
        worth=tuple(sorted(weights, key=lambda name: -weights[name])),
        assumed=tuple(_assumed(answers, tried)),
        scenarios=len(tried.households),
    )


def first_hints(answers: Answers, grid: pl.DataFrame) -> Estimate | None:
    """Return a first idea at once, from the cases around these answers in a grid made before.

    Nothing is said for sure. ``None`` where no archetype is like the answers, and where an answer
    that changes everything is missing. Whether the grid is of this month is looked at by
    :func:`portrea.rights.grid.is_of`.
    """
    rows = near(answers, grid)
    if rows is None:
        return None
    found, month = amounts_of(rows), str(grid["month"][0])
    hints = [hint_of(name, found, day=date.fromisoformat(f"{month}-01")) for name in rights()]
    missing = sorted(unanswered(answers), key=lambda one: one.rank)
    return Estimate(
        month=month,
        hints=in_order([less_sure(hint) for hint in hints]),
        worth=tuple(one.name for one in missing),
        assumed=(texts()["assumed"]["first"],),
        scenarios=rows.height,
        first=True,
    )


def in_order(hints: Sequence[Hint]) -> tuple[Hint, ...]:
    """Return hints from the surest to what is not open, then from the largest by month."""
    return tuple(sorted(hints, key=lambda hint: (ORDER.index(hint.saying), -_by_month(hint))))


def less_sure(hint: Hint) -> Hint:
    """Return a hint that says neither yes nor no for sure."""
    return replace(hint, saying=LESS_SURE.get(hint.saying, hint.saying))


def _by_month(hint: Hint) -> float:
    return hint.high / (MONTHS if hint.right.unit == "year" or hint.right.yearly else 1)


def _changes(
    tried: Scenarios, found: Mapping[str, Sequence[Any]]
) -> tuple[dict[str, float], set[str]]:
    """Return what each missing answer changes, and the rights that a held one changes.

    The first is in euros by month, all rights together, for the questions that change something.
    """
    values = dict(_by_household(found))
    weights: dict[str, float] = {}
    for name, groups in _groups(tried).items():
        gaps = [_gap(one, ranks) for one in values.values() for ranks in groups]
        if max(gaps) > CLOSE:
            weights[name] = sum(gaps) / len(groups)
    unsure: set[str] = set()
    for name, *ranks in tried.probes:
        gaps_of = {right: _gap(one, ranks) for right, one in values.items()}
        changed = {right for right, gap in gaps_of.items() if gap > CLOSE}
        unsure |= changed
        if changed:
            weights[name] = max(weights.get(name, 0), sum(gaps_of.values()))
    return weights, unsure


def _groups(tried: Scenarios) -> dict[str, list[list[int]]]:
    """Return, for each varied question, the households that differ by it alone."""
    found: dict[str, list[list[int]]] = {}
    for name in tried.rows[0].keys() - {SHARE, *(one.name for one in tried.held)}:
        groups: dict[tuple[Any, ...], list[int]] = {}
        for row, rank in zip(tried.rows, tried.ranks, strict=True):
            others = tuple(value for key, value in row.items() if key != name)
            groups.setdefault(others, []).append(rank)
        found[name] = list(groups.values())
    return found


def _gap(values: Sequence[float], ranks: Sequence[int]) -> float:
    told = [values[rank] for rank in ranks]
    return max(told) - min(told)


def _by_household(found: Mapping[str, Sequence[Any]]) -> Iterator[tuple[str, list[float]]]:
    """Yield, for each right, what it is worth by month to each household."""
    for right in rights().values():
        if right.name == "c2s":
            pairs = zip(*(found[variable] for variable in right.also), strict=True)
            covers = [cover_of(*pair) for pair in pairs]
            kinds = sorted(set(covers))
            yield right.name, [float(COVER * kinds.index(cover)) for cover in covers]
        else:
            pace = MONTHS if right.unit == "year" or right.yearly else 1
            yield right.name, [float(value) / pace for value in found[right.variable]]


def _assumed(answers: Answers, tried: Scenarios) -> Iterator[str]:
    said = texts()["assumed"]
    if tried.held:
        yield said["held"]
        yield from (one.held for one in tried.held)
    elif tried.fewer:
        yield said["fewer"]
    yield said["always"] if answers.before in {None, SAME} else said["before"]
    yield said["savings"]
    if answers.situation in {"travail", MIXED, "etudes"}:
        yield said["work"]
    if answers.situation == MIXED:
        yield said["mixed"]
    couple = is_couple(answers)
    if couple:
        yield said["partner"]
    if couple and len(answers.age or ()) == 1:
        yield said["partner_age"]
    if answers.children:
        yield said["children"]
        if not couple:
            yield said["alone"]
