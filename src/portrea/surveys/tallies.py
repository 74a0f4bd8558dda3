"""Every table of a survey at once: each question alone, then in each group of the others.

Answers become columns of 0 and 1; the products of those columns two by two give every count, Σw
and Σw² that a crossed table needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.base.errors import DataError
from portrea.surveys.form import Kind, said
from portrea.surveys.frames import asked_once
from portrea.surveys.sums import Sums, shares_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from portrea.surveys.estimates import Sample
    from portrea.surveys.form import Choice, Form, Question

    Floats = NDArray[np.float64]

ROWS = 4_096
"""Rows of a product: what fits in the cache of a processor."""


@dataclass(frozen=True, eq=False)
class Tallies:
    """Columns of 0 and 1: everybody, then for each question its choices and « answered ».

    ``counts``, ``weights`` and ``squares`` are the products of columns two by two.
    """

    places: dict[str, slice]
    answered: dict[str, int]
    choices: dict[str, tuple[Choice, ...]]
    labels: dict[str, list[str]]
    counts: Floats
    weights: Floats
    squares: Floats
    sample: Sample

    def table(self, names: Sequence[str], groups: Sequence[str] = ()) -> pl.DataFrame:
        """Return the frequencies of questions for everybody, then in the groups of others.

        Columns ``question``, ``by`` (empty: everybody), then those of ``FREQUENCIES``. A question
        is not crossed with itself.
        """
        parts = [(name, "", 0, "") for name in names]
        parts += [
            (name, by, self.places[by].start + at, choice.name)
            for by in groups
            for at, choice in enumerate(self.choices[by])
            for name in names
            if name != by
        ]
        cells = np.concatenate([np.arange(0), *(self._cells(name) for name, *_rest in parts)])
        sizes = [len(self.choices[name]) for name, *_rest in parts]
        within = np.repeat([column for *_rest, column, _choice in parts], sizes)
        bases = np.repeat([self.answered[name] for name, *_rest in parts], sizes)
        sums = Sums(
            *(product[cells, within] for product in (self.counts, self.weights, self.squares)),
            *(product[bases, within] for product in (self.counts, self.weights, self.squares)),
        )
        found = shares_of(sums, design=self.sample.design, population=self.sample.population)
        return pl.DataFrame(
            {
                "question": np.repeat([name for name, *_rest in parts], sizes),
                "by": np.repeat([by for _name, by, *_rest in parts], sizes),
                "group": np.repeat([choice for *_rest, choice in parts], sizes),
                "choice": [one.name for name, *_rest in parts for one in self.choices[name]],
                "label": [label for name, *_rest in parts for label in self.labels[name]],
                "answers": sums.yes.astype(np.int64),
                "base": sums.base.astype(np.int64),
                "share": found.value,
                "low": found.low,
                "high": found.high,
                "saying": pl.Series(found.saying, dtype=pl.String),
            }
        ).with_columns(pl.col("share", "low", "high").fill_nan(None))

    def _cells(self, name: str) -> NDArray[np.intp]:
        place = self.places[name]
        return np.arange(place.start, place.stop)


def tally(answers: pl.DataFrame, form: Form, sample: Sample) -> Tallies:
    """Count everything that tables of the questions of choices need; one stratum only.

    Raises
    ------
    DataError
        The sample has strata: their tables are made one by one (``analysis.crossed``).
    """
    if sample.strata.any():
        message = "Les tableaux d’un tirage par strates se font un à un."
        raise DataError(message, remedy="Demandez un seul tableau croisé.")
    asked = [one for one in asked_once(form) if one.kind in {Kind.ONE, Kind.SEVERAL, Kind.RANK}]
    asked = [one for one in asked if one.name in answers.columns]
    columns = [np.ones((answers.height, 1), dtype=np.uint8)]
    places, answered, at = {}, {}, 1
    for question in asked:
        listed = form.lists[question.choices]
        columns.append(_chosen(answers[question.name], question, listed))
        places[question.name] = slice(at, at + len(listed))
        answered[question.name] = at + len(listed)
        at += len(listed) + 1
    products = _products(np.hstack(columns), sample.weights)
    choices = {one.name: form.lists[one.choices] for one in asked}
    labels = {
        name: [said(choice.label, form.languages[0]) for choice in listed]
        for name, listed in choices.items()
    }
    return Tallies(places, answered, choices, labels, *products, sample)


def _chosen(told: pl.Series, question: Question, listed: Sequence[Choice]) -> NDArray[np.uint8]:
    """Return a column of 0 and 1 for each choice, then who answered."""
    ranks = {choice.name: rank for rank, choice in enumerate(listed)}
    found = np.zeros((len(told), len(listed) + 1), dtype=np.uint8)
    texts = told.fill_null("").str.strip_chars().to_frame("text").with_row_index("row")
    texts = texts.filter(pl.col("text") != "")
    found[texts["row"].to_numpy(), -1] = 1
    if question.kind is Kind.SEVERAL:
        texts = texts.with_columns(pl.col("text").str.split(" ")).explode("text")
    if question.kind is Kind.RANK:  # what comes first
        texts = texts.with_columns(pl.col("text").str.split(" ").list.first())
    known = texts.with_columns(
        pl.col("text").replace_strict(ranks, default=None, return_dtype=pl.Int64).alias("rank")
    ).drop_nulls("rank")
    found[known["row"].to_numpy(), known["rank"].to_numpy()] = 1
    return found


def _products(columns: NDArray[np.uint8], weights: Floats) -> tuple[Floats, Floats, Floats]:
    size = columns.shape[1]
    counts, sums, squares = (np.zeros((size, size)) for _product in range(3))
    alike = not np.ptp(weights) if len(weights) else True
    for start in range(0, len(columns), ROWS):
        part = columns[start : start + ROWS].astype(np.float64)
        own = weights[start : start + ROWS, None]
        counts += part.T @ part
        if not alike:
            weighted = part * own
            sums += weighted.T @ part
            squares += weighted.T @ weighted
    if alike:
        one = float(weights[0]) if len(weights) else 1.0
        return counts, counts * one, counts * one * one
    return counts, sums, squares
