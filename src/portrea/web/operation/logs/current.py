"""What is being done now: the reference written on each line, from the request to its tasks."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTHING = "-"
_current: ContextVar[str] = ContextVar("reference", default=NOTHING)


def reference() -> str:
    """Return the reference of the work in progress, ``-`` outside any."""
    return _current.get()


def draw() -> str:
    """Return a new reference: twelve letters and figures drawn at random, which say nothing."""
    return uuid.uuid4().hex[:12]


@contextmanager
def referred(name: str) -> Iterator[str]:
    """Give a reference to what is done inside the block."""
    token = _current.set(name)
    try:
        yield name
    finally:
        _current.reset(token)
