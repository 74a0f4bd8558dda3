"""What a request says of its own weight, before a byte of it is read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_DIGITS = 18


def announced(meta: Mapping[str, Any]) -> float:
    """Return the bytes that a WSGI environment announces: 0 for none, infinity for no number."""
    told = str(meta.get("CONTENT_LENGTH") or "0")
    return int(told) if told.isdecimal() and len(told) <= MOST_DIGITS else math.inf
