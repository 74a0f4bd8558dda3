"""What a validator says of a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portrea.base.errors import Diagnostic


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one validator refuses and remarks, or why it did not run (``silent``)."""

    validator: str
    refused: tuple[Diagnostic, ...] = ()
    remarked: tuple[Diagnostic, ...] = ()
    silent: str | None = None
