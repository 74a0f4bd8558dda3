"""Words of places: found whole or by their beginning, else with a typing error.

The same code answers for every database: no index of SQLite or PostgreSQL is needed, and both give
the same places.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from portrea.offer.searching.tags import settings
from portrea.territory.naming import normalise

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_WORDS = 8
LONGEST = 40


class Words:
    """Which rows hold each word; rows are numbered from 0."""

    def __init__(self, texts: pl.Series) -> None:
        """Index texts already folded by :func:`portrea.territory.naming.normalise_all`."""
        self.rows = texts.len()
        told = (
            pl.DataFrame({"word": texts})
            .with_row_index("row")
            .with_columns(pl.col("word").str.split(" "))
            .explode("word", empty_as_null=True)
            .group_by("word")
            .agg(pl.col("row").unique())
            .filter(pl.col("word").fill_null("") != "")
            .sort("word")
        )
        self.words: list[str] = told["word"].to_list()
        self._sorted = np.array(self.words, dtype=object)
        self._lengths = told["word"].str.len_chars().cast(pl.Int64).to_numpy()
        self._starts = np.concatenate(
            ([0], np.cumsum(told["row"].list.len().cast(pl.Int64).to_numpy()))
        )
        self._held = told["row"].explode(empty_as_null=False).to_numpy()
        self._rows_of = lru_cache(maxsize=512)(self._find)

    def mask(self, text: str) -> NDArray[np.bool_]:
        """Return the rows where every word typed is found, with accents and errors forgiven."""
        typed = normalise(text[: MOST_WORDS * LONGEST]).split()[:MOST_WORDS]
        kept = np.ones(self.rows, dtype=bool)
        for word in typed:
            found = np.zeros(self.rows, dtype=bool)
            found[self._rows_of(word[:LONGEST])] = True
            kept &= found
        return kept

    def _find(self, word: str) -> NDArray[np.uint32]:
        first, last = self._beginning(word)
        if first < last:
            return self._held[self._starts[first] : self._starts[last]]
        return self._held_by(self._alike(word))

    def _beginning(self, word: str) -> tuple[int, int]:
        """Return the slice of the words that begin like one."""
        ends = np.searchsorted(self._sorted, np.array([word, word + "\uffff"], dtype=object))
        return int(ends[0]), int(ends[1])

    def _alike(self, word: str) -> list[int]:
        """Return the words written almost alike: as few errors as possible."""
        rule: dict[str, Any] = settings()["words"]
        most = (len(word) >= rule["one_error_from"]) + (len(word) >= rule["two_errors_from"])
        near = np.flatnonzero(abs(self._lengths - len(word)) <= most) if most else ()
        found = process.extract(
            word,
            [self.words[rank] for rank in near],
            scorer=OSA.distance,
            score_cutoff=most,
            limit=50,
        )
        best = min((distance for _, distance, _ in found), default=0)
        return [int(near[rank]) for _, distance, rank in found if distance == best]

    def _held_by(self, ranks: list[int]) -> NDArray[np.uint32]:
        parts = [self._held[self._starts[rank] : self._starts[rank + 1]] for rank in ranks]
        return np.concatenate(parts) if parts else self._held[:0]
