"""Addresses told by lists, kept as links only when they are what they say: anything else a trap."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}")
_UNSEEN = re.compile(r"[\s\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def web_address(text: str | None) -> str:
    """Return the first web address of a field, empty when it is something else.

    « javascript: », an address that hides its site behind « user@ », one with blanks or signs
    that are not seen: none becomes a link.
    """
    first = (text or "").split("|")[0].strip()
    if not first.lower().startswith(("https://", "http://")) or _UNSEEN.search(first):
        return ""
    try:
        parts = urlsplit(first)
    except ValueError:
        return ""
    return first if parts.hostname and "." in parts.hostname and "@" not in parts.netloc else ""


def email_address(text: str | None) -> str:
    """Return an e-mail address, empty when a part of it would change the letter (« ?bcc= »)."""
    told = (text or "").strip()
    return told if _EMAIL.fullmatch(told) else ""
