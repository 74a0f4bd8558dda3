"""Work on slices of large arrays by a few threads: NumPy frees the lock inside its loops."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

WORKERS = 4
Item = TypeVar("Item")
Result = TypeVar("Result")
First = TypeVar("First")
Second = TypeVar("Second")


def in_threads(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Return the results in order.

    A single item is worked on by the caller, with the threads of BLAS.
    """
    if len(items) < 2:
        return [work(item) for item in items]
    return list(each_in_threads(work, items))


def each_in_threads(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """Yield the results in order, as they come.

    Products are small, so BLAS keeps to the thread that calls it.
    """
    with (
        threadpool_limits(1, user_api="blas"),
        ThreadPoolExecutor(min(WORKERS, os.cpu_count() or 1)) as pool,
    ):
        yield from pool.map(work, items)


def side_by_side(first: Callable[[], First], second: Callable[[], Second]) -> tuple[First, Second]:
    """Do two works that need nothing of each other at the same time, and return both results."""
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(second)
        return first(), other.result()


def slices_of(size: int, step: int) -> list[slice]:
    """Cut ``size`` rows into slices of ``step`` rows at most."""
    return [slice(first, min(first + step, size)) for first in range(0, size, step)]
