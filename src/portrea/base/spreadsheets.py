"""Text that a spreadsheet shows and never runs."""

from __future__ import annotations

import re

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"[+-]?\d[\d\s.,]*")


def inert(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    Notes
    -----
    What begins like a formula (also in full-width letters) gets an apostrophe before it; a plain
    number or telephone number (``-3,5``, ``+33 2 99 00 00 00``) is left as it is.
    """
    risky = text.lstrip(" \u00a0").startswith(_STARTS)
    return f"'{text}" if risky and not _NUMBER.fullmatch(text.strip()) else text
