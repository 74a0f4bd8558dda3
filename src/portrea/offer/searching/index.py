"""Every place shown, in memory, as bits: filters, their counts and pages without a scan.

One hundred thousand places take some 100 MB; a filter is a bitmap of 12 kB, so that all the counts
of a page are a few hundred « and » of bitmaps. Nothing here reads a clock or a database.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache, reduce
from operator import and_
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from portrea.offer.freshness import Tier
from portrea.offer.freshness import tiers as freshness_tiers
from portrea.offer.searching.tags import COVERAGE, FACETS, PACE, SHUT, YES
from portrea.offer.searching.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from numpy.typing import NDArray

COLUMNS = (
    "id", "sort", "search", "tags", "week", "commune", "epci", "departement", "region",
    "longitude", "latitude", "updated", "closed",
)  # fmt: skip
"""What an index is made of: one row by place shown, ``tags`` and ``week`` as texts."""
LEVELS = ("commune", "epci", "departement", "region")
TIERS = tuple(str(tier) for tier in Tier)
TO_CONFIRM = frozenset({str(Tier.TO_CONFIRM), str(Tier.OLD)})
FRESHNESS = "fraicheur"
NOW = "maintenant"
MOST_VALUES = 400
"""Values kept of one facet, the most frequent first: free words have no end."""
FEW = 8
"""A part of one word in so many, or less, is counted apart."""
HOUR, HALF, WEEK = 60, 30, 7 * 24


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: words, chosen values by facet (any of them), on which day.

    ``scope``: rows looked at (``None``: all); ``order``: a number by row, smallest first, instead
    of town and name; ``minutes``: minute of the week now, by prefix of commune (``""`` elsewhere).
    """

    on: date
    words: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scope: NDArray[np.bool_] | None = None
    order: NDArray[np.float64] | None = None
    minutes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """Rows found, in the order shown; ``counts[facet][value]`` if that value were chosen too."""

    rows: NDArray[np.int64]
    counts: Mapping[str, Mapping[str, int]]
    tiers: NDArray[np.int8]


class SearchIndex:
    """Places by row, rows being in the order of town and name."""

    def __init__(self, frame: pl.DataFrame) -> None:
        """Build from a frame of :data:`COLUMNS`."""
        frame = frame.sort("sort", "id")
        self.size = frame.height
        self.shown = self.size
        self.sort = frame["sort"]
        self.ids: list[str] = frame["id"].to_list()
        self.row_of = {key: row for row, key in enumerate(self.ids)}
        self.words = Words(frame["search"])
        self.longitude = frame["longitude"].cast(pl.Float64).fill_null(np.nan).to_numpy()
        self.latitude = frame["latitude"].cast(pl.Float64).fill_null(np.nan).to_numpy()
        codes = frame.select(LEVELS)
        self._grouped = cache(lambda level: _rows_of(codes[level]))
        self._closed = frame["closed"].fill_null(value=False).to_numpy()
        self._updated = frame.select(
            pl.col("updated").cast(pl.Date),
            update_months=pl.col("tags").str.extract(rf"(?m)^{PACE}:(\d+)$").cast(pl.Int64),
        )
        self._bits = _bitmaps(frame["tags"], self.size)
        self._spans = _spans(frame["week"])
        self._shut = _shut(frame["tags"])
        self._prefixes = _overseas(frame["commune"])
        self.tiers = lru_cache(maxsize=2)(self._tiers)
        self._opened = lru_cache(maxsize=4)(self._open_at)
        self._of_tiers = lru_cache(maxsize=2)(lambda on: _of_tiers(self.tiers(on)))
        self._of_now = lru_cache(maxsize=4)(self._open_bits)
        self.groups = lru_cache(maxsize=2)(self._groups)

    # -- where ------------------------------------------------------------------------------------

    def inside(self, level: str, codes: Collection[str]) -> NDArray[np.bool_]:
        """Tell the rows inside territories of a level."""
        rows, where = self._grouped(level)
        told = np.zeros(self.size, dtype=bool)
        for code in codes:
            told[rows[where.get(code, slice(0))]] = True
        return told

    def box(self, west: float, south: float, east: float, north: float) -> NDArray[np.bool_]:
        """Tell the rows inside a rectangle of degrees."""
        inside: NDArray[np.bool_] = (
            (self.longitude >= west)
            & (self.longitude <= east)
            & (self.latitude >= south)
            & (self.latitude <= north)
        )
        return inside

    # -- when -------------------------------------------------------------------------------------

    def _tiers(self, on: date) -> NDArray[np.int8]:
        """Return the rank in :data:`TIERS` of each row at a date."""
        told = freshness_tiers(self._updated, on=on)
        ranks = {name: rank for rank, name in enumerate(TIERS)}
        found: NDArray[np.int8] = told.replace_strict(ranks, return_dtype=pl.Int8).to_numpy()
        return found

    def open_at(self, minutes: Mapping[str, int], on: date) -> NDArray[np.bool_]:
        """Tell the rows where someone is there at a minute of the week, by clock of the place.

        Those closed for a while on that day are left out.
        """
        return self._opened(tuple(sorted(minutes.items())), on)

    def _open_at(self, minutes: tuple[tuple[str, int], ...], on: date) -> NDArray[np.bool_]:
        rows, starts, ends = self._spans
        now = np.full(self.size, dict(minutes).get("", -1), dtype=np.int32)
        for prefix, minute in minutes:
            now[self._prefixes.get(prefix, slice(0))] = minute
        told = now[rows]
        found = np.zeros(self.size, dtype=bool)
        found[rows[(starts <= told) & (told < ends)]] = True
        day = np.datetime64(on, "D")
        who, first, last = self._shut
        found[who[(first <= day) & (day <= last)]] = False
        opened: NDArray[np.bool_] = found & ~self._closed
        return opened

    @property
    def overseas(self) -> tuple[str, ...]:
        """Prefixes of communes that may live by another clock."""
        return tuple(self._prefixes)

    def tagged(self, facet: str, value: str) -> NDArray[np.bool_]:
        """Tell the rows filed under a value."""
        told = _any(*self._bits[facet], (value,))
        return np.unpackbits(told.view(np.uint8), count=self.size).astype(bool)

    # -- counts -----------------------------------------------------------------------------------

    def counts(self, scope: NDArray[np.bool_], facet: str) -> dict[str, int]:
        """Count, among rows, the places of each value of a facet; those with none are left out."""
        values, bits = self._bits[facet]
        told = np.bitwise_count(bits & _packed(scope[np.newaxis, :])[0]).sum(axis=1, dtype=np.int64)
        return {v: n for v, n in zip(values, told.tolist(), strict=True) if n}

    def told(self, facet: str) -> NDArray[np.bool_]:
        """Tell the rows that say anything of a facet."""
        values, bits = self._bits[facet]
        united = _any(values, bits, values)
        return np.unpackbits(united.view(np.uint8), count=self.size).astype(bool)

    def heat(self, scope: NDArray[np.bool_]) -> tuple[NDArray[np.int64], int]:
        """Count the places open at each hour of the ordinary week (7 × 24), and those that tell.

        A place is open at hour ``h`` when it is for half an hour or more of it, in one go.
        """
        rows, starts, ends = self._spans
        kept = scope[rows] & (ends - starts >= HALF)
        rows, first = rows[kept], -(-(starts[kept] - HALF) // HOUR)
        length = np.maximum((ends[kept] - HALF) // HOUR - first + 1, 0)
        at = np.repeat(first, length) + _ramp(length)
        who = np.repeat(rows, length)
        pairs = np.unique(who * WEEK + np.clip(at, 0, WEEK - 1)) % WEEK
        hours = np.bincount(pairs, minlength=WEEK).reshape(7, 24)
        return hours, int(np.unique(self._spans[0][scope[self._spans[0]]]).size)

    # -- what -------------------------------------------------------------------------------------

    def find(self, query: Query) -> Found:
        """Return what answers a query, in order, and what each further choice would leave."""
        whole, masks, facets = self._asked(query)
        counts = {}
        for name, (values, bits) in facets.items():
            others = [mask for other, mask in masks.items() if other != name]
            numbers = _numbers(bits, reduce(and_, others, whole))
            counts[name] = {v: n for v, n in zip(values, numbers, strict=True) if n}
        told = reduce(and_, masks.values(), whole)
        rows = np.flatnonzero(np.unpackbits(told.view(np.uint8), count=self.size))
        return Found(self._ordered(rows, query.on, query.order), counts, self.tiers(query.on))

    def count(self, query: Query) -> int:
        """Return how many rows answer a query."""
        whole, masks, _facets = self._asked(query)
        return int(np.bitwise_count(reduce(and_, masks.values(), whole)).sum())

    def _asked(
        self, query: Query
    ) -> tuple[NDArray[np.uint64], dict[str, NDArray[np.uint64]], dict[str, _Bits]]:
        """Return the rows looked at, those of each choice, and the bitmaps of every facet."""
        base = np.ones(self.size, dtype=bool) if query.scope is None else query.scope
        if query.words.strip():
            base = base & self.words.mask(query.words)
        facets = {**self._bits, **self._dated(query)}
        masks = {name: _any(*facets[name], chosen) for name, chosen in query.chosen.items()}
        return _packed(base[np.newaxis, :])[0], masks, facets

    def _dated(self, query: Query) -> dict[str, _Bits]:
        """Return the facets that a date or an hour make."""
        minutes = tuple(sorted(query.minutes.items()))
        return {FRESHNESS: self._of_tiers(query.on), NOW: self._of_now(minutes, query.on)}

    def _ordered(
        self, rows: NDArray[np.int64], on: date, order: NDArray[np.float64] | None
    ) -> NDArray[np.int64]:
        """Sort rows: those to confirm after the others, closed ones last."""
        group = self.groups(on)[rows]
        if order is None:
            return rows[np.argsort(group, kind="stable")]
        return rows[np.lexsort((rows, order[rows], group))]

    def _groups(self, on: date) -> NDArray[np.int8]:
        """Return 0 for a place known lately, 1 to confirm, 2 closed."""
        late = self.tiers(on) >= TIERS.index(str(Tier.TO_CONFIRM))
        return np.where(self._closed, 2, late).astype(np.int8)

    def _open_bits(self, minutes: tuple[tuple[str, int], ...], on: date) -> _Bits:
        return (YES,), _packed(self._opened(minutes, on)[np.newaxis, :])


def start_of(found: Found, row: int | None, rank: int) -> int:
    """Return where the page that follows a row begins; what took its place when it is gone."""
    at = np.flatnonzero(found.rows == row) if row is not None else np.empty(0, dtype=np.int64)
    start = int(at[0]) + 1 if at.size else max(rank - 1, 0)
    return start if start < found.rows.size else 0


# -- inside ---------------------------------------------------------------------------------------

_Bits = tuple[tuple[str, ...], "NDArray[np.uint64]"]


def _rows_of(codes: pl.Series) -> tuple[NDArray[np.int64], dict[str, slice]]:
    """Return rows grouped by code, and where those of each code are."""
    order = codes.arg_sort(nulls_last=True).to_numpy().astype(np.int64)
    runs = codes.gather(order).drop_nulls().rle().struct.unnest()
    ends = np.cumsum(runs["len"].to_numpy())
    starts = ends - runs["len"].to_numpy()
    where = map(slice, starts.tolist(), ends.tolist())
    return order, dict(zip(runs["value"].to_list(), where, strict=True))


def _numbers(bits: NDArray[np.uint64], told: NDArray[np.uint64]) -> list[int]:
    """Count the rows told of each bitmap; of a small part, only its words are read."""
    words = np.flatnonzero(told)
    if words.size < told.size // FEW:
        bits, told = bits[:, words], told[words]
    numbers: list[int] = np.bitwise_count(bits & told).sum(axis=1, dtype=np.int64).tolist()
    return numbers


def _packed(told: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Pack rows of yes or no in words of 64 bits."""
    packed = np.packbits(told, axis=1)
    padded = np.zeros((packed.shape[0], -(-packed.shape[1] // 8) * 8), dtype=np.uint8)
    padded[:, : packed.shape[1]] = packed
    return padded.view(np.uint64)


def _bitmaps(tags: pl.Series, size: int) -> dict[str, _Bits]:
    """Return, for each facet, its values and one bitmap for each."""
    lines = (
        pl.DataFrame({"tag": tags})
        .with_row_index("row")
        .with_columns(pl.col("tag").str.split("\n"))
        .explode("tag", empty_as_null=True)
        .group_by("tag")
        .agg(pl.col("row").unique())
        .filter(pl.col("tag").fill_null("") != "")
        .select(
            "row",
            facet=pl.col("tag").str.extract(r"^([a-z]+):"),
            value=pl.col("tag").str.replace(r"^[a-z]+:", ""),
            count=pl.col("row").list.len(),
        )
    )
    found: dict[str, _Bits] = {}
    for facet in (*FACETS, *COVERAGE):
        own = lines.filter(pl.col("facet") == facet)
        kept = own.sort(["count", "value"], descending=[True, False]).head(MOST_VALUES)
        told = np.zeros((kept.height, size), dtype=bool)
        ranks = np.repeat(np.arange(kept.height), kept["count"].to_numpy())
        told[ranks, kept["row"].explode(empty_as_null=False).to_numpy()] = True
        found[facet] = (tuple(kept["value"].to_list()), _packed(told))
    return found


def _ramp(length: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return 0, 1, … for each length, one after the other."""
    ends = np.cumsum(length)
    return np.arange(ends[-1] if ends.size else 0) - np.repeat(ends - length, length)


def _overseas(commune: pl.Series) -> dict[str, NDArray[np.int64]]:
    """Return the rows of each prefix of the communes that live by another clock than Paris."""
    prefixes = commune.fill_null("").str.slice(0, 3)
    away = prefixes.filter(prefixes.str.contains("^9[78]")).unique().to_list()
    return {prefix: (prefixes == prefix).arg_true().to_numpy() for prefix in away}


def _of_tiers(tiers: NDArray[np.int8]) -> _Bits:
    return TIERS, _packed(tiers == np.arange(len(TIERS), dtype=np.int8)[:, np.newaxis])


def _any(
    values: tuple[str, ...], bits: NDArray[np.uint64], chosen: tuple[str, ...]
) -> NDArray[np.uint64]:
    """Return the rows that have any of the chosen values; a value nobody has gives none."""
    ranks = [values.index(value) for value in chosen if value in values]
    found = np.zeros(bits.shape[1], dtype=np.uint64)
    for rank in ranks:
        found |= bits[rank]
    return found


def _shut(tags: pl.Series) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return (row, first day, last day) of every closure told."""
    told = (
        pl.DataFrame({"tag": tags})
        .with_row_index("row")
        .filter(pl.col("tag").str.contains(f"{SHUT}:", literal=True))
        .with_columns(pl.col("tag").str.extract_all(rf"{SHUT}:\d{{4}}-\d\d-\d\d/\d{{4}}-\d\d-\d\d"))
        .explode("tag", empty_as_null=True)
        .drop_nulls("tag")
        .select(
            pl.col("row"),
            start=pl.col("tag").str.slice(len(SHUT) + 1, 10).str.to_date("%Y-%m-%d"),
            end=pl.col("tag").str.slice(len(SHUT) + 12, 10).str.to_date("%Y-%m-%d"),
        )
    )
    return told["row"].to_numpy(), told["start"].to_numpy(), told["end"].to_numpy()


def _spans(weeks: pl.Series) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Return (row, start, end) of every span of the ordinary weeks, in minutes since Monday."""
    spans = (
        pl.DataFrame({"span": weeks})
        .with_row_index("row")
        .with_columns(pl.col("span").str.split(" "))
        .explode("span", empty_as_null=True)
        .filter(pl.col("span").fill_null("") != "")
        .with_columns(pl.col("span").str.split("-").list.to_struct(fields=["start", "end"]))
        .unnest("span")
        .with_columns(pl.col("start", "end").cast(pl.Int32))
    )
    return (
        spans["row"].to_numpy().astype(np.int64),
        spans["start"].to_numpy(),
        spans["end"].to_numpy(),
    )
