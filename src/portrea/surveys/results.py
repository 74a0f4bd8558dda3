"""What a survey found, question by question: who was asked, who answered, and what they said."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.surveys.estimates import Estimate, mean, share
from portrea.surveys.form import Form, Kind, Question, said
from portrea.surveys.frames import asked, asked_once, conditions_of
from portrea.surveys.tallies import tally

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from portrea.surveys.estimates import Sample
    from portrea.surveys.tallies import Tallies

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

CHOSEN = {Kind.ONE, Kind.SEVERAL, Kind.RANK}
NUMBERS = {Kind.INTEGER, Kind.DECIMAL, Kind.RANGE}
DATES = {Kind.DATE, Kind.MOMENT}


@dataclass(frozen=True, slots=True)
class Numbers:
    """A question answered by a number: mean with its interval, quartiles, ends."""

    mean: Estimate
    first: float
    median: float
    third: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Result:
    """What was found of one question; only what its kind allows is filled.

    ``table`` holds frequencies; ``months`` counts answers by month; ``texts`` are written answers
    with the rank of the row they come from. ``conditions`` are those under which it was asked.
    """

    question: Question
    label: str
    asked: int
    answered: int
    conditions: tuple[str, ...] = ()
    table: pl.DataFrame | None = None
    numbers: Numbers | None = None
    months: tuple[tuple[str, int], ...] = ()
    texts: tuple[tuple[int, str], ...] = ()

    @property
    def missing(self) -> int:
        """How many were asked and did not answer."""
        return max(0, self.asked - self.answered)

    @property
    def several(self) -> bool:
        """Whether one person may give several choices."""
        return self.question.kind is Kind.SEVERAL


@dataclass(frozen=True, eq=False)
class Survey:
    """The answers of a survey with their form and sample, counted once."""

    form: Form
    answers: pl.DataFrame
    sample: Sample
    tallies: Tallies
    now: datetime

    @classmethod
    def of(cls, form: Form, answers: pl.DataFrame, sample: Sample, *, now: datetime) -> Survey:
        """Count everything; ``now`` is only read by conditions that name today."""
        return cls(form, answers, sample, tally(answers, form, sample), now)

    def results(self) -> list[Result]:
        """Return what was found of every question asked once, in the order they are asked."""
        return [self.result(one) for one in asked_once(self.form) if one.kind.asks]

    def results_of(self, names: Sequence[str]) -> list[Result]:
        """Return what was found of some questions."""
        asked = {one.name: one for one in asked_once(self.form)}
        return [self.result(asked[name]) for name in names if name in asked]

    def result(self, question: Question) -> Result:
        """Return what was found of one question."""
        told = self.answers[question.name].fill_null("").str.strip_chars()
        answered = (told != "").to_numpy()
        shown = asked(self.answers, self.form, question.name, now=self.now) | answered
        base = Result(
            question=question,
            label=said(question.label, self.form.languages[0]) or question.name,
            asked=int(shown.sum()),
            answered=int(answered.sum()),
            conditions=tuple(conditions_of(self.form, question.name)),
        )
        return self._filled(base, told, answered)

    def crossed(self, name: str, by: str) -> pl.DataFrame:
        """Return the frequencies of a question for everybody, then in the groups of another."""
        return self.tallies.table([name], [by])

    def together(self, name: str, choices: Sequence[str]) -> Estimate:
        """Return the share of those who said at least one of some choices."""
        told = self.answers[name].fill_null("").str.strip_chars()
        answered = (told != "").to_numpy()
        lists = told.filter(told != "").str.split(" ")
        yes = lists.list.eval(pl.element().is_in(list(choices))).list.any().to_numpy()
        return share(yes, self.sample.only(answered))

    def only(self, name: str, choice: str) -> Survey:
        """Return the survey of those who gave a choice to a question of a single answer."""
        kept = (self.answers[name].fill_null("") == choice).to_numpy()
        sample = replace(self.sample.only(kept), population=None)
        return Survey.of(self.form, self.answers.filter(kept), sample, now=self.now)

    def _filled(self, base: Result, told: pl.Series, answered: Flags) -> Result:
        kind = base.question.kind
        if kind in CHOSEN and base.question.name in self.tallies.places:
            return replace(base, table=self.tallies.table([base.question.name]))
        if kind in NUMBERS:
            return replace(base, numbers=numbers_of(told, self.sample))
        if kind in DATES:
            return replace(base, months=months_of(told.filter(answered).to_list()))
        if kind is Kind.TEXT:
            ranks = np.flatnonzero(answered).tolist()
            return replace(base, texts=tuple((rank, told[rank]) for rank in ranks))
        return base


def numbers_of(told: pl.Series, sample: Sample) -> Numbers | None:
    """Return mean and quartiles of the numbers told; None when there are none."""
    values = told.cast(pl.Float64, strict=False)
    kept = values.is_not_null().to_numpy()
    if not kept.any():
        return None
    numbers, who = values.filter(kept).to_numpy(), sample.only(kept)
    first, median, third = (quantile(numbers, who.weights, part) for part in (0.25, 0.5, 0.75))
    return Numbers(
        mean(numbers, who), first, median, third, float(numbers.min()), float(numbers.max())
    )


def quantile(values: Floats, weights: Floats, part: float) -> float:
    """Return the least value reached by a part of the weights; halfway when reached exactly."""
    order = np.argsort(values, kind="stable")
    ranked, reached = values[order], np.cumsum(weights[order])
    goal = part * reached[-1]
    at = int(np.searchsorted(reached, goal * (1 - 1e-12)))
    exactly = abs(reached[at] - goal) <= 1e-12 * reached[-1] and at + 1 < len(ranked)
    return float((ranked[at] + ranked[at + 1]) / 2 if exactly else ranked[at])


def months_of(days: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Return how many answers fall in each month (« 2026-01 »), in order."""
    return tuple(sorted(Counter(day[:7] for day in days).items()))
