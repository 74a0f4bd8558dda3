"""Speed and memory, measured: each module's ``run()`` yields :class:`Measure` rows.

``make bench`` runs them all and rewrites ``RESULTS.md``; ``make bench ARGS=reach`` one of them.
"""

from __future__ import annotations

import resource
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Measure:
    """One measured figure.

    ``key`` is stable (acceptance files name it); ``limit`` is what the figure must not exceed, and
    ``floor`` the same work done with the bare library, measured in the same run when there is one.
    ``informative``: the limit is that of a smaller work, shown for its ratio and never refused.
    """

    key: str
    title: str
    value: float
    unit: str = "s"
    limit: float | None = None
    floor: float | None = None
    note: str = ""
    informative: bool = False

    @property
    def kept(self) -> bool:
        """Whether the limit is respected."""
        return self.informative or self.limit is None or self.value <= self.limit


@dataclass(slots=True)
class Clock:
    """Elapsed and processor seconds of a block, filled at its end."""

    seconds: float = 0.0
    cpu: float = 0.0
    started: tuple[float, float] = field(default=(0.0, 0.0), repr=False)


@contextmanager
def clock() -> Iterator[Clock]:
    """Time the block."""
    measured = Clock(started=(time.perf_counter(), time.process_time()))
    yield measured
    measured.seconds = time.perf_counter() - measured.started[0]
    measured.cpu = time.process_time() - measured.started[1]


def peak_gib() -> float:
    """Largest resident memory of this process so far, in GiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30
