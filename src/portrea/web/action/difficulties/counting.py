"""Difficulties counted together: those told here, and those that other rooms bring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl
from django.utils.crypto import salted_hmac

from portrea.action.difficulties import DIFFICULTIES, Change, Compared, before_after, clusters
from portrea.territory.naming import normalise
from portrea.web.action.models import Procedure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from portrea.web.accounts.scope import Key
    from portrea.web.action.models import Difficulty

    Source = Callable[[Sequence[Key], date, date], pl.DataFrame]

YEAR, SEASON = timedelta(days=364), timedelta(days=90)
"""Days before the last one that are counted; days compared with as many before."""
CODE = 16
"""Signs of the code of a place."""
_SMALL = frozenset(("d", "de", "des", "du", "l", "la", "le", "les"))
_sources: list[Source] = []


@dataclass(frozen=True, slots=True)
class Cluster:
    """A line of ``CLUSTERS`` with its procedure, and how often it comes now and before."""

    procedure: Procedure
    code: str
    counts: dict[str, Any]
    compared: Compared

    @property
    def rising(self) -> bool:
        """Whether it comes more often, beyond chance."""
        return self.compared.saying is Change.MORE


def count_also(source: Source) -> None:
    """Add a source of difficulties: territories, first and last day → a table ``DIFFICULTIES``.

    Its ``procedure`` is the key of a :class:`Procedure`. Another room registers it once.
    """
    if source not in _sources:
        _sources.append(source)


def table(rows: QuerySet[Difficulty], keys: Iterable[Key], first: date, last: date) -> pl.DataFrame:
    """Return the difficulties of some days, one line by thing that blocks (``DIFFICULTIES``).

    Parameters
    ----------
    rows
        Those told here, as far as they may be read.
    keys
        Territories whose other sources are counted too; none when one reads a structure only.
    """
    told = rows.filter(day__gte=first, day__lte=last).order_by()
    columns = ("pk", "procedure__key", "codes", "place", "day")
    lines = [
        {"situation": f"d{pk}", "procedure": key, "code": code, "place": where, "day": day}
        for pk, key, codes, place, day in told.values_list(*columns)
        if (where := place_code(place))
        for code in codes
    ]
    here = pl.DataFrame(lines, schema=DIFFICULTIES.schema)
    asked = list(keys)
    others = [source(asked, first, last) for source in _sources] if asked else []
    return pl.concat([here, *(DIFFICULTIES.conform(one) for one in others)])


def clusters_of(found: pl.DataFrame, last: date) -> list[Cluster]:
    """Return the similar difficulties, the most frequent first, compared with the season before.

    Where nothing at all was seen before this season, nothing is said of it.
    """
    if found.is_empty():
        return []
    lines = list(clusters(found).iter_rows(named=True))
    named = {line["procedure"] for line in lines}
    rows = {row.key: row for row in Procedure.objects.filter(key__in=named)}
    eve = last - SEASON - timedelta(days=1)
    now, before = _counts(found, eve + timedelta(days=1), last), _counts(found, eve - SEASON, eve)
    watched = not found.filter(pl.col("day") <= eve).is_empty()
    return [
        Cluster(rows[key], line["code"], line, _compared(before, now, (key, line["code"]), watched))
        for line in lines
        if (key := line["procedure"]) in rows
    ]


def by_body(found: pl.DataFrame, groups: list[Cluster]) -> list[tuple[str, int, int]]:
    """Return each administration, its situations and its procedures, the most met first."""
    bodies = {one.procedure.key: one.procedure.body for one in groups}
    if not bodies:
        return []
    named = found.with_columns(body=pl.col("procedure").replace_strict(bodies, default=""))
    counted = (
        named.filter(pl.col("body") != "")
        .group_by("body")
        .agg(pl.col("situation").n_unique(), pl.col("procedure").n_unique())
        .sort(["situation", "body"], descending=[True, False])
    )
    return [tuple(row) for row in counted.iter_rows()]  # type: ignore[misc]


def _compared(
    before: dict[tuple[str, str], int],
    now: dict[tuple[str, str], int],
    key: tuple[str, str],
    watched: bool,
) -> Compared:
    if not watched:
        return Compared(Change.TOO_FEW)
    days = SEASON.days + 1
    return before_after(
        before=before.get(key, 0), before_days=days, after=now.get(key, 0), after_days=days
    )


def _counts(found: pl.DataFrame, first: date, last: date) -> dict[tuple[str, str], int]:
    rows = found.filter(pl.col("day").is_between(first, last))
    counted = rows.group_by("procedure", "code").agg(pl.col("situation").n_unique())
    return {(procedure, code): count for procedure, code, count in counted.iter_rows()}


@lru_cache(maxsize=4096)
def place_code(place: str) -> str:
    """Return a code of a place, of the same length for all; « » for no name.

    « CCAS de Betton » and « ccas Betton » are the same. Only this site can make it: the code says
    whether two places differ, not which they are.
    """
    spelt = " ".join(sorted(word for word in normalise(place).split() if word not in _SMALL))
    return salted_hmac("portrea.place", spelt).hexdigest()[:CODE] if spelt else ""
