"""Difficulties and proposals as a public portrait may count them.

A count is told from the threshold of disclosure, seen in two places at least, and rounded to a
multiple of five: no subtraction (a territory inside another, a month later) tells a small number.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from portrea.action.difficulties import clusters, poisson_interval, words
from portrea.stats.disclosure import rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

STEP = 5


@dataclass(frozen=True, slots=True)
class Blocked:
    """What blocked one procedure: about how many situations, with bounds of Poisson (95 %)."""

    procedure: str
    body: str
    code: str
    situations: int
    low: float
    high: float
    places: int


@dataclass(frozen=True, slots=True)
class Seen:
    """Difficulties seen between two days: what blocked, then by body, by cause, by severity.

    ``None`` is a count that is not told.
    """

    first: date
    last: date
    total: int | None
    blocked: tuple[Blocked, ...] = ()
    bodies: tuple[tuple[str, int | None], ...] = ()
    codes: tuple[tuple[str, int | None], ...] = ()
    severities: tuple[tuple[int, int | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A proposal sent to an administration; what everybody may read of it, empty otherwise.

    ``changed`` says what was seen before and after, once the procedure changed.
    """

    sent: date
    answered: date | None = None
    title: str = ""
    body: str = ""
    where: str = ""
    state: str = ""
    changed: str = ""

    @property
    def days(self) -> int | None:
        """Days before the answer, ``None`` while there is none."""
        return (self.answered - self.sent).days if self.answered else None


@dataclass(frozen=True, slots=True)
class Answers:
    """How proposals were answered: sent, still waiting, waiting for too long, median of days."""

    sent: int
    waiting: int
    late: int
    median: float | None


def told(count: int, places: int | None = None) -> int | None:
    """Return a count as it may be published, ``None`` when it may not."""
    few = places is not None and places < int(words()["least_places"]["value"])
    if few or count < int(rule("threshold")):
        return None
    return STEP * ((2 * count + STEP) // (2 * STEP))


def seen(
    found: pl.DataFrame,
    procedures: Mapping[str, tuple[str, str]],
    severities: Mapping[str, int],
    *,
    first: date,
    last: date,
) -> Seen:
    """Count difficulties for a public portrait.

    Parameters
    ----------
    found
        A table of ``DIFFICULTIES``.
    procedures
        Name and administration of each procedure.
    severities
        Severity of the situations of which it was told.
    """
    rows = found.filter(pl.col("day").is_between(first, last))
    bodies = {key: body for key, (_name, body) in procedures.items()}
    graded = pl.DataFrame(
        {"situation": list(severities), "severity": list(severities.values())},
        schema={"situation": pl.String, "severity": pl.Int64},
    )
    named = rows.with_columns(
        body=pl.col("procedure").replace_strict(bodies, default="", return_dtype=pl.String)
    )
    return Seen(
        first,
        last,
        told(rows["situation"].n_unique(), rows["place"].n_unique()),
        _blocked(rows, procedures),
        _counts(named.filter(pl.col("body") != ""), "body"),
        _counts(rows, "code"),
        tuple(sorted(_counts(rows.join(graded, on="situation"), "severity"))),
    )


def answers(letters: Sequence[Letter], *, on: date) -> Answers:
    """Count the answers to proposals, as of a day."""
    waiting = [one for one in letters if one.answered is None]
    after = int(words()["no_answer_after"]["value"])
    late = sum((on - one.sent).days >= after for one in waiting)
    days = [one.days for one in letters if one.days is not None]
    return Answers(len(letters), len(waiting), late, float(median(days)) if days else None)


def _blocked(rows: pl.DataFrame, procedures: Mapping[str, tuple[str, str]]) -> tuple[Blocked, ...]:
    found = [
        (procedures[line["procedure"]], line["code"], count, line["places"])
        for line in clusters(rows).iter_rows(named=True)
        if line["procedure"] in procedures
        and (count := told(line["situations"], line["places"])) is not None
    ]
    lows, highs = poisson_interval(np.array([count for *_, count, _places in found], dtype=float))
    return tuple(
        Blocked(name, body, code, count, float(low), float(high), places)
        for ((name, body), code, count, places), low, high in zip(found, lows, highs, strict=True)
    )


def _counts(rows: pl.DataFrame, column: str) -> tuple[tuple[Any, int | None], ...]:
    """Return the situations by value of a column, the most frequent first, as they may be told."""
    counted = (
        rows.group_by(column)
        .agg(pl.col("situation").n_unique(), pl.col("place").n_unique())
        .sort(["situation", column], descending=[True, False])
    )
    return tuple((value, told(count, places)) for value, count, places in counted.iter_rows())
