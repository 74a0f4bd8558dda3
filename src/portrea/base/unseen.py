"""Characters that nobody sees and that change what is read: taken out wherever text comes in."""

from __future__ import annotations

import re

MARKS = (
    "\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\U000e0000-\U000e007f"
)
"""Direction overrides (« gpj.exe » shown « exe.jpg »), zero-width marks, hidden tags.

Those that join letters (ZWJ, ZWNJ) stay: emoji and several scripts need them.
"""
UNSEEN = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f{MARKS}\ufffe\uffff]|[\ud800-\udfff]")


def without_unseen(text: str) -> str:
    """Return a text without control characters, direction marks and half characters."""
    return text if text.isprintable() else UNSEEN.sub("", text)


WINDOWS = {chr(code): bytes([code]).decode("cp1252", errors="ignore") for code in range(0x80, 0xA0)}
"""Signs of Windows (0x80 to 0x9F) read as control characters, and what was meant: œ, ’, €…"""
_MEANT = {ord(sign): meant for sign, meant in WINDOWS.items()}


def with_windows_signs(text: str) -> str:
    """Return a text whose Windows signs, read as control characters, are themselves again."""
    return text if text.isprintable() else text.translate(_MEANT)
