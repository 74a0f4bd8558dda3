"""Reproducible draws and their quantiles, whatever the order and the number of areas.

The draw of rank ``b`` of an effect for an area depends on the seed, the effect's name, the area's
code and ``b`` only. So an IRIS alone and all of France give the same interval, and the draws of a
union of areas are the sums of theirs, rank by rank.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.special import ndtri

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Words = NDArray[np.uint64]
    Draws = NDArray[np.float32]
    Keys = NDArray[np.float32] | NDArray[np.int32]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FNV_START = np.uint64(0xCBF29CE484222325)
_FNV_PRIME = np.uint64(0x100000001B3)
LANE = 16
"""Bits behind one number of the pool."""
STARTS = 1 << 21
"""Places of the pool where the draws of an area may begin."""
MOST_DRAWS = 1 << 16
"""The pool is that much longer, so that every area has its draws."""


def hash_codes(codes: Sequence[str]) -> Words:
    """Return a stable 64-bit FNV-1a hash of each code (same on every machine and version)."""
    raw = np.asarray(codes, dtype=np.bytes_)
    width = max(raw.dtype.itemsize, 1)
    table = raw.view(np.uint8).reshape(len(raw), width) if len(raw) else np.zeros((0, 1), np.uint8)
    words = np.full(len(raw), _FNV_START, dtype=np.uint64)
    for column in table.T:
        mixed = (words ^ column.astype(np.uint64)) * _FNV_PRIME
        words = np.where(column > 0, mixed, words)
    return words


def states(words: Words, effect: str, *, seed: int) -> Words:
    """Return where the draws of an effect begin in the pool, area by area."""
    return _mix(words ^ _start(effect, seed)) & np.uint64(STARTS - 1)


def normals(words: Words, effect: str, *, seed: int, draws: int) -> Draws:
    """Return standard normal draws, one row per area, one column per rank."""
    return normals_of(states(words, effect, seed=seed), draws)


def normals_of(state: Words, draws: int) -> Draws:
    """Return the standard normals of :func:`normals`, from the state of each area.

    The draws of an area are consecutive numbers of one pool of two million, which begin anywhere:
    a number is read some nanoseconds faster than made (a « noise table », Salimans et al., 2017).
    Two areas have, rank by rank, independent draws unless they begin at the same place, once in
    two million. None is further than 4.2 standard deviations.
    """
    return _windows(_normal_pool, draws)[state.astype(np.intp)]


def rounding_of(state: Words, draws: int) -> Draws:
    """Return draws uniform in ]−1, 1[, one row per area, one column per rank, from their states."""
    return _windows(_uniform_pool, draws)[state.astype(np.intp)]


@cache
def _bits() -> NDArray[np.uint16]:
    """Return the random bits of the pool, four numbers for each 64-bit word of splitmix64."""
    steps = np.arange(1, (STARTS + MOST_DRAWS) // (64 // LANE) + 1, dtype=np.uint64)
    return _mixed(steps * _GOLDEN).astype("<u8", copy=False).view("<u2")


@cache
def _normal_pool() -> Draws:
    """Return the bits as normals: the quantiles of 65,536 equal slices, with a variance of 1."""
    table = ndtri((np.arange(1 << LANE) + 0.5) / (1 << LANE))
    scaled = (table / np.sqrt(np.mean(table**2))).astype(np.float32)
    pool: Draws = scaled[_bits()]
    return pool


@cache
def _uniform_pool() -> Draws:
    """Return the bits as the middles of 65,536 equal slices of ]−1, 1[."""
    half = np.float32(1 << LANE - 1)
    return (_bits().astype(np.float32) + np.float32(0.5)) / half - 1


@cache
def _windows(pool: Callable[[], Draws], draws: int) -> Draws:
    """Return a view: row ``s`` holds ``draws`` consecutive numbers of a pool from place ``s``."""
    return sliding_window_view(pool(), draws)


def quantiles(
    draws: NDArray[np.floating], levels: Sequence[float], *, overwrite: bool = False
) -> NDArray[np.float64]:
    """Return the quantiles of each row (areas × draws → areas × levels), interpolated linearly.

    The levels are given lowest first. Only the tails that hold them are sorted: in ``draws``
    itself (single precision) when the caller allows to ``overwrite`` them.
    """
    last = draws.shape[1] - 1
    places = np.asarray(levels) * last
    below = np.floor(places).astype(int)
    above = np.minimum(below + 1, last)
    weight = places - below
    ordered = draws.astype(np.float32, copy=not overwrite)
    _sort_tails(ordered, above[2 * above < last], below[2 * above >= last])
    low, high = ordered[:, below].astype(np.float64), ordered[:, above].astype(np.float64)
    between: NDArray[np.float64] = low + (high - low) * weight
    return between


def _sort_tails(rows: Draws, low: NDArray[np.intp], high: NDArray[np.intp]) -> None:
    """Sort each row up to the last of its ``low`` places and from the first of its ``high`` ones.

    The bits of positive floats are in the order of their values, and whole numbers are compared
    faster: rows are sorted as such, and again as floats should a sign be found among the least.
    """
    bits = rows.view(np.int32)
    _sort_ends(bits, low, high)
    least = bits[:, 0 if len(low) else int(high[0])]
    if (least < 0).any():
        _sort_ends(rows, low, high)


def _sort_ends(rows: Keys, low: NDArray[np.intp], high: NDArray[np.intp]) -> None:
    """Sort the ends of each row: two partitions and two short sorts cost less than one of all."""
    start = 0
    if len(low):
        start = int(low[-1]) + 1
        rows.partition(start - 1, axis=1)
        rows[:, :start].sort(axis=1)
    if len(high):
        first = int(high[0])
        rows[:, start:].partition(first - start, axis=1)
        rows[:, first:].sort(axis=1)


@cache
def _start(effect: str, seed: int) -> Words:
    return _mix(hash_codes([effect]) + np.full(1, seed % 2**63, dtype=np.uint64) * _GOLDEN)


def _mix(words: Words) -> Words:
    """Finalise 64-bit words (splitmix64, Steele, Lea and Flood, 2014); overflow wraps."""
    return _mixed(words.copy())


def _mixed(mixed: Words) -> Words:
    """Finalise in place."""
    shifted = np.empty_like(mixed)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        np.right_shift(mixed, np.uint64(shift), out=shifted)
        np.bitwise_xor(mixed, shifted, out=mixed)
        if factor > 1:
            np.multiply(mixed, np.uint64(factor), out=mixed)
    return mixed
