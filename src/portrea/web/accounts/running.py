"""How far a task is: what runs says it here, without knowing who listens.

``report`` is a :class:`portrea.base.progress.Progress`: a task passes it to the long function it
calls. Outside a worker nobody listens and nothing happens. The listener may raise
:class:`StoppedError`, when somebody asked the task to stop: whatever the task was writing in a
transaction is undone.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from portrea.base.errors import PortreaError
from portrea.base.progress import silent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.base.progress import Progress

_listener: ContextVar[Progress] = ContextVar("listener", default=silent)


class StoppedError(PortreaError):
    """Somebody asked this work to stop; it left what was there before."""


def report(share: float, step: str) -> None:
    """Say that ``share`` (in [0, 1]) is done, now at ``step``."""
    _listener.get()(share, step)


@contextmanager
def listened(listener: Progress) -> Iterator[None]:
    """Send what the block reports to a listener."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
