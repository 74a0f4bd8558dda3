"""Text that a spreadsheet shows and never runs."""

from __future__ import annotations

import re

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"[+-]?\d[\d\s.,]*")
_BLANKS = " \u00a0"


def inert(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; :func:`alive` gives the text back.

    Notes
    -----
    What begins like a formula (also in full-width letters) gets an apostrophe before it; a plain
    number or telephone number (``-3,5``, ``+33 2 99 00 00 00``) is left as it is. A text that is
    already a disarmed formula gets one more, so that no two texts are written alike.
    """
    if text[:1].isalnum():
        return text
    return f"'{text}" if _risky(text.lstrip("'"), quoted=text.startswith("'")) else text


def alive(text: str) -> str:
    """Return the text that :func:`inert` wrote."""
    return text[1:] if text.startswith("'") and inert(text[1:]) == text else text


def _risky(bare: str, *, quoted: bool) -> bool:
    if not bare.lstrip(_BLANKS).startswith(_STARTS):
        return False
    return quoted or not _NUMBER.fullmatch(bare.strip())
