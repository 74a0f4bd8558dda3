"""What of the results may be published: small counts hidden, in a table and between questions.

Who was asked a question is known from the answers to another: what the second publishes must not
give back what the first hides. Where it would, its shares are said in tenths, without any count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.stats.disclosure import rule
from portrea.surveys.analysis import publishable
from portrea.surveys.expressions import Scope, holds, read
from portrea.surveys.frames import read_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from portrea.surveys.form import Form
    from portrea.surveys.results import Result, Survey


@dataclass(frozen=True, slots=True)
class Released:
    """What may be published of a question: ``table`` has a column ``hidden``; None: nothing.

    ``rough``: only tenths may be said, since counts would give back those of another question.
    """

    result: Result
    table: pl.DataFrame | None
    rough: bool = False
    months: tuple[tuple[str, int | None], ...] = ()

    @property
    def base(self) -> int | None:
        """How many answered, when it may be told."""
        told = None if self.table is None or self.rough else self.table["base"][0]
        return None if told is None else int(told)


def release(survey: Survey, results: Sequence[Result]) -> list[Released]:
    """Return what may be published of each question; tables of numbers need enough answers."""
    tables = {
        one.question.name: publishable(one.table.drop("question", "by"), several=one.several)
        for one in results
        if one.table is not None
    }
    return [
        Released(
            one,
            tables.get(one.question.name),
            rough=_is_rough(one, tables, survey),
            months=_months(one.months),
        )
        for one in results
    ]


def gives_back(
    before: Mapping[str, int], hidden: Sequence[str], asking: Sequence[str], base: int
) -> bool:
    """Tell whether the number who answered a question betrays counts hidden before it.

    Parameters
    ----------
    before
        Choice → count of the question of a single answer that opens the next one.
    hidden
        Its choices whose counts are hidden.
    asking
        Its choices after which the next one is asked.
    base
        Answers to the next one.

    Notes
    -----
    The hidden counts add up to a known number S. Those of ``asking`` are at least
    ``base`` less what is shown of them: with hidden counts on both sides, each is known within
    S less that.
    """
    inside, outside = set(hidden) & set(asking), set(hidden) - set(asking)
    if not inside or not outside:
        return False
    total = sum(before[choice] for choice in hidden)
    shown = sum(before[choice] for choice in asking if choice not in inside)
    return bool(total - max(0, base - shown) < rule("threshold"))


def _is_rough(one: Result, tables: Mapping[str, pl.DataFrame], survey: Survey) -> bool:
    if not one.conditions:
        return False
    names = sorted(set().union(*map(read_by, one.conditions)) & set(tables))
    hiding = [name for name in names if _hides(tables[name])]
    if not hiding:
        return False
    counts = _counts(survey, names[0])
    if len(names) > 1 or _several(survey.form, names[0]) or sum(counts.values()) == 0:
        return True
    hidden = tables[names[0]].filter("hidden")["choice"].to_list()
    asking = [choice for choice in counts if _opens(one.conditions, names[0], choice, survey)]
    return gives_back(counts, hidden, asking, one.answered)


def _hides(table: pl.DataFrame) -> bool:
    return bool(table["hidden"].any()) or bool(table["base"].is_null().any())


def _counts(survey: Survey, name: str) -> dict[str, int]:
    table = survey.tallies.table([name])
    return dict(table.select("choice", "answers").iter_rows())


def _several(form: Form, name: str) -> bool:
    kind = next(one.kind for one in form.questions() if one.name == name)
    return kind != "select_one"


def _opens(conditions: Sequence[str], name: str, choice: str, survey: Survey) -> bool:
    scope = Scope({name: choice}, survey.now)
    return all(holds(read(condition), scope) for condition in conditions)


def _months(months: Sequence[tuple[str, int]]) -> tuple[tuple[str, int | None], ...]:
    """Return counts by month; none at all when one of them is small."""
    small = any(count < rule("threshold") for _month, count in months)
    return tuple((month, None if small else count) for month, count in months)
