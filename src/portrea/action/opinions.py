"""What those who came thought of workshops: shares with their interval, never who said what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.action.joining import number, words
from portrea.action.tallies import hidden
from portrea.stats.disclosure import rule
from portrea.stats.shares import wilson

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Share:
    """One answer: how many gave it, and the bounds of its share in [0, 1]."""

    count: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share itself."""
        return self.count / self.of


@dataclass(frozen=True, slots=True)
class Summary:
    """Opinions: how many, and each answer; ``None`` when it is hidden, nothing when they are few.

    ``mostly`` is the answer that nearly all gave, when the detail is hidden.
    """

    total: int
    shown: Mapping[str, Share | None]
    mostly: str | None = None


def summary(counts: Mapping[str, int]) -> Summary:
    """Return what may be told of opinions, counted by answer (codes of ``useful``)."""
    answers = {code: counts.get(code, 0) for code in words()["useful"]}
    total = sum(answers.values())
    if total < number("few_opinions"):
        return Summary(total, {})
    told = hidden(answers, whole=True)
    shown = {code: None if count is None else _share(count, total) for code, count in told.items()}
    if any(one is not None for one in shown.values()):
        return Summary(total, shown)
    nearly = (code for code, count in answers.items() if total - count < rule("threshold"))
    return Summary(total, shown, next(nearly, None))


def _share(count: int, total: int) -> Share:
    low, high = wilson(count / total, total, number("quantile"))
    return Share(count, total, float(low), float(high))
