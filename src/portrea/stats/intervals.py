"""Reproducible draws and their quantiles, whatever the order and the number of areas.

The draw of rank ``b`` of an effect for an area depends on the seed, the effect's name, the area's
code and ``b`` only. So an IRIS alone and all of France give the same interval, and the draws of a
union of areas are the sums of theirs, rank by rank.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Words = NDArray[np.uint64]
    Draws = NDArray[np.float32]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FNV_START = np.uint64(0xCBF29CE484222325)
_FNV_PRIME = np.uint64(0x100000001B3)
LANE = 16
"""Bits behind one normal draw."""


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


def uniforms(words: Words, effect: str, *, seed: int, draws: int) -> NDArray[np.float64]:
    """Return draws in ]0, 1[, one row per area (:func:`hash_codes`), one column per rank."""
    state = states(words, effect, seed=seed)
    steps = np.arange(1, draws + 1, dtype=np.uint64) * _GOLDEN
    bits = _mixed(state[:, None] + steps)
    bits >>= np.uint64(11)
    drawn: NDArray[np.float64] = (bits.astype(np.float64) + 0.5) * 2.0**-53
    return drawn


def states(words: Words, effect: str, *, seed: int) -> Words:
    """Return where each area's random bits of an effect begin."""
    return _mix(words ^ _start(effect, seed))


def lanes(words: Words, effect: str, *, seed: int, draws: int) -> NDArray[np.uint16]:
    """Return 16 random bits by area and rank, four draws for each 64-bit word."""
    return lanes_of(states(words, effect, seed=seed), draws)


def lanes_of(state: Words, draws: int) -> NDArray[np.uint16]:
    """Return the 16 random bits of :func:`lanes`, from the state of each area."""
    steps = np.arange(1, -(-draws // (64 // LANE)) + 1, dtype=np.uint64) * _GOLDEN
    bits: NDArray[np.uint16] = _mixed(state[:, None] + steps).astype("<u8", copy=False).view("<u2")
    return bits[:, :draws]


@cache
def _normal_table() -> Draws:
    """Return the normal quantiles of 65,536 equal slices, scaled to a variance of exactly 1."""
    table = ndtri((np.arange(1 << LANE) + 0.5) / (1 << LANE))
    scaled: Draws = (table / np.sqrt(np.mean(table**2))).astype(np.float32)
    return scaled


def normals(words: Words, effect: str, *, seed: int, draws: int) -> Draws:
    """Return standard normal draws, one row per area, one column per rank.

    Each 64-bit word gives four draws, by a table of 65,536 quantiles: no draw is further than 4.2
    standard deviations, and the variance is exactly 1.
    """
    return normals_of(states(words, effect, seed=seed), draws)


def normals_of(state: Words, draws: int) -> Draws:
    """Return the standard normals of :func:`normals`, from the state of each area."""
    bits = lanes_of(state, draws)
    drawn = np.empty(bits.shape, dtype=np.float32)
    np.take(_normal_table(), bits, mode="clip", out=drawn)
    return drawn


def quantiles(draws: NDArray[np.floating], levels: Sequence[float]) -> NDArray[np.float64]:
    """Return the quantiles of each row (areas × draws → areas × levels), interpolated linearly.

    Where all the levels, lowest first, are on one side of the median, only this side is sorted.
    """
    last = draws.shape[1] - 1
    places = np.asarray(levels) * last
    below = np.floor(places).astype(int)
    above = np.minimum(below + 1, last)
    weight = places - below
    ordered = draws.astype(np.float32)
    if 2 * above[-1] < last:
        ordered.partition(above[-1], axis=1)
        ordered = ordered[:, : above[-1] + 1]
    elif 2 * below[0] > last:
        ordered.partition(below[0], axis=1)
        ordered = ordered[:, below[0] :]
        below, above = below - below[0], above - below[0]
    ordered.sort(axis=1)
    low, high = ordered[:, below].astype(np.float64), ordered[:, above].astype(np.float64)
    between: NDArray[np.float64] = low + (high - low) * weight
    return between


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
