"""Share the writing of many places between the processors, in their order.

A few thousand places are written here; beyond, other processes each take some, and what they give
back is put in the file in turn. Few pieces wait: memory does not grow with the number of places.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_context
from typing import TYPE_CHECKING

from portrea.steering.exchange_pieces import Job, Piece, make, rows_by_sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portrea.offer.exchange.context import Context
    from portrea.offer.record import Place
    from portrea.steering.exchange_pieces import Told

CHUNK = 2500
ALONE = 4
"""Pieces written here before other processes are worth starting."""
MOST = 4


def processors() -> int:
    """Return how many processes may work, this machine's processors at most."""
    usable = getattr(os, "sched_getaffinity", None)
    return min(MOST, len(usable(0)) if usable else os.cpu_count() or 1)


def pieces(
    form: str, places: Iterable[Place | Told], context: Context, *, processes: int
) -> Iterator[Piece]:
    """Yield the pieces of a file, in the order of the places."""
    jobs = _jobs(form, iter(places), context)
    first = list(islice(jobs, ALONE))
    if len(first) < ALONE or processes < 2:
        yield from map(make, chain(first, jobs))
        return
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
    try:
        waiting: deque[Future[Piece]] = deque()
        for job in chain(first, jobs):
            waiting.append(pool.submit(make, job))
            if len(waiting) > 2 * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _jobs(form: str, places: Iterator[Place | Told], context: Context) -> Iterator[Job]:
    starts: dict[str, int] = {}
    while chunk := list(islice(places, CHUNK)):
        yield Job(form, chunk, context, dict(starts))
        if form != "xlsx":
            continue
        for told in chunk:
            for sheet, count in rows_by_sheet(told).items():
                starts[sheet] = starts.get(sheet, 0) + count
