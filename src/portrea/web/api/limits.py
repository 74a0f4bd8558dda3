"""How much one visitor may ask, counted for all processes at once without a write by request.

A process buys a block of requests from the count kept in the database, then spends it from memory:
one write for some twenty-five requests. What is counted may differ from what was asked by one block
for each process.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError

from portrea.web.accounts.throttling import network, read_rate, throttle, visitor

if TYPE_CHECKING:
    from django.http import HttpRequest

BLOCKS = 24
"""Blocks of a window."""
MOST_KNOWN = 20_000
"""Visitors remembered in one window by one process."""


@dataclass(slots=True)
class _Lease:
    """What a process may still spend for a visitor, and what it could buy besides."""

    own: int
    more: int
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """What a visitor may still ask in the window; ``wait`` are seconds before the next one."""

    allowed: bool
    most: int
    left: int
    wait: int
    span: int

    def headers(self) -> dict[str, str]:
        """Return the headers of the draft RFC « RateLimit header fields for HTTP »."""
        told = {
            "RateLimit-Policy": f'"lecture";q={self.most};w={self.span}',
            "RateLimit": f'"lecture";r={self.left};t={self.wait}',
        }
        return told if self.allowed else told | {"Retry-After": str(self.wait)}


_leases: dict[str, _Lease] = {}
_window: list[tuple[int, str]] = []
_lock = threading.Lock()


def spend(request: HttpRequest) -> Left:
    """Count a request of a visitor."""
    rate: str = settings.PORTREA_API_RATE
    most, span = read_rate(rate)
    now = time.time()
    window = int(now) // span
    wait = max(1, round((window + 1) * span - now))
    name = network(request)
    with _lock:
        if _window != [(window, rate)] or len(_leases) > MOST_KNOWN:
            _leases.clear()
            _window[:] = [(window, rate)]
        lease = _leases.get(name)
        if lease is not None and (lease.refused or lease.own > 0):
            return _spent(lease, most, wait, span)
    bought = _buy(request, most, span)
    with _lock:
        lease = _leases.setdefault(name, _Lease(0, 0))
        lease.own += bought.own
        lease.more, lease.refused = bought.more, bought.refused and lease.own == 0
        return _spent(lease, most, wait, span)


def _spent(lease: _Lease, most: int, wait: int, span: int) -> Left:
    if lease.own <= 0:
        return Left(False, most, 0, wait, span)
    lease.own -= 1
    return Left(True, most, lease.own + lease.more, wait, span)


def _buy(request: HttpRequest, most: int, span: int) -> _Lease:
    """Take one block of the window; everything is allowed while the database does not answer."""
    block = max(1, most // BLOCKS)
    try:
        found = throttle(f"api:{visitor(request)}", f"{most // block}/{span}s")
    except DatabaseError:
        return _Lease(block, most - block)
    return _Lease(block if found else 0, found.left * block, refused=not found)


def forget() -> None:
    """Forget what this process bought: for the tests of a limit."""
    with _lock:
        _leases.clear()
