"""Progress of long work, reported to whoever started it (a terminal, a task, nobody)."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called with the share done in [0, 1] and a short French label of the current step."""

    def __call__(self, share: float, step: str) -> None:
        """Report ``share`` done, now at ``step``."""


def silent(share: float, step: str) -> None:
    """Report nothing."""
