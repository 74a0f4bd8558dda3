"""What each process counts while it answers: requests and their time, by route of the code.

Labels are words of the code (name of a route, method of HTTP, status): a visitor cannot make a new
one, so their number is bounded by the routes of the site. With several processes, each counts in a
file of ``PROMETHEUS_MULTIPROC_DIR`` (set by ``portrea serve``) and the reading adds them.
"""

from __future__ import annotations

import os
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Variable of the library: the folder where the processes of a machine count together."""
BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0)
"""Upper bounds of the times, in seconds."""

own = CollectorRegistry()
requests = Counter(
    "portrea_requests",
    "Demandes répondues, par route, méthode et statut.",
    ("route", "method", "status"),
    registry=own,
)
seconds = Histogram(
    "portrea_request_seconds",
    "Secondes pour répondre, par route.",
    ("route",),
    buckets=BUCKETS,
    registry=own,
)


@cache
def _counters(route: str, method: str, status: int) -> tuple[Counter, Histogram]:
    """Find the two series of a kind of answer once: looking them up costs more than counting."""
    return requests.labels(route, method, str(status)), seconds.labels(route)


def request_done(route: str, method: str, status: int, duration: float) -> None:
    """Count one answer, of ``duration`` seconds."""
    counter, histogram = _counters(route, method, status)
    counter.inc()
    histogram.observe(duration)


def registry() -> CollectorRegistry:
    """Return what to read: this process alone, or all those of the machine."""
    if SHARED not in os.environ:
        return own
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return together
