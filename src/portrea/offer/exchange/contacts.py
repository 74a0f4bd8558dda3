"""Phones, e-mails, links, positions and hours: written only when every validator takes them."""

from __future__ import annotations

import re
from functools import lru_cache

from portrea.vocab import hours
from portrea.vocab.standards import mednum
from portrea.vocab.standards.mednum_check import ACCESLIBRE, position_problem

_PHONE = re.compile(r"\+(?:33|262|508|590|594|596|681|687|689)(?:[1-9]\d{8}|\d{6})", re.ASCII)
"""What both the schema and the ANCT's parser take."""
_NOT_DIALLED = re.compile(r"[^\d+]")
_NATIONAL = re.compile(r"0\d{9}", re.ASCII)
_SHORT = re.compile(r"3\d{3}|1\d{2,3}", re.ASCII)
_LOCAL = r"[A-Za-z0-9_][A-Za-z0-9!#$%&'*+=?^_`{}~-]*(?:\.[A-Za-z0-9!#$%&'*+=?^_`{}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"({_LOCAL})@((?:{_LABEL}\.)+[A-Za-z]{{2,24}})")
_RESERVED = ("test", "local", "localhost", "invalid", "onion", "arpa")
"""Top domains that no mailbox has (RFC 6761)."""
_LINK = re.compile(
    rf"https?://((?:{_LABEL}\.)+[A-Za-z]{{2,24}})(?::(\d{{1,5}}))?(?:[/?#][^\s|\\<>\"^`{{}}]*)?",
    re.IGNORECASE,
)
_PARSER_LINK = re.compile(
    r"[A-Za-z]{3,9}:(?://)?(?:[;:&=+$,\w-]+@)?[A-Za-z0-9.-]+"
    r"(?:(?:/[+~,%@/.\w-]*)?\??[-+=&;%@.\w]*#?[.!/\\\w]*)?",
    re.ASCII,
)
"""Links that the ANCT's parser takes: no port, few signs."""
_LONGEST_LINK, _LONGEST_EMAIL, _LONGEST_LOCAL = 2000, 254, 64


def phone(told: str | None) -> str | None:
    """Return a number in international form, ``None`` when it has none (short numbers)."""
    if not told or _PHONE.fullmatch(told):
        return told or None
    digits = _NOT_DIALLED.sub("", told.replace("(0)", ""))
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if _NATIONAL.fullmatch(digits):
        digits = (mednum.overseas_phone(digits[:4]) or "+33") + digits[1:]
    return digits if _PHONE.fullmatch(digits) else None


def short_phone(told: str | None) -> str | None:
    """Return a short number (``3949``), which data·inclusion takes."""
    digits = re.sub(r"\s", "", told or "")
    return digits if _SHORT.fullmatch(digits) else None


def email(told: str | None) -> str | None:
    """Return an address that RFC 5322 and every validator take, else ``None``."""
    text = (told or "").strip()
    match = _EMAIL.fullmatch(text)
    if match is None or len(text) > _LONGEST_EMAIL or len(match[1]) > _LONGEST_LOCAL:
        return None
    labels = match[2].lower().split(".")
    strange = "--" in match[2] and any(label[2:4] == "--" for label in labels)
    return None if strange or labels[-1] in _RESERVED else text


@lru_cache(maxsize=65536)
def link(told: str | None) -> str | None:
    """Return an http(s) address that is well written, else ``None``."""
    text = (told or "").strip().replace(";", "%3B")  # a semicolon separates links in old lists
    match = _LINK.fullmatch(text)
    if match is None or len(text) > _LONGEST_LINK or len(match[1]) > 253:
        return None
    if "--" in match[1] and any(label[2:4] == "--" for label in match[1].split(".")):
        return None
    return text if not match[2] or 0 < int(match[2]) <= 65535 else None


def parser_link(told: str | None) -> str | None:
    """Return a link as the ANCT's parser takes it, other signs as %XX; ``None`` if it cannot be."""
    text = link(told)
    if text is None or _PARSER_LINK.fullmatch(text):
        return text
    start = re.match(r"https?://[^/?#]+", text, re.IGNORECASE)
    cut = start.end() if start else 0
    body, sharp, fragment = text[cut:].partition("#")
    path, mark, query = body.partition("?")
    written = (
        text[:cut]
        + re.sub(r"[^+~,%@/.\w-]|[^\x00-\x7f]", _percent, path)
        + mark
        + re.sub(r"[^-+=&;%@.\w]|[^\x00-\x7f]", _percent, query)
        + sharp
        + fragment
    )
    return written if _PARSER_LINK.fullmatch(written) and link(written) else None


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))


def accessibility_link(told: str | None) -> str | None:
    """Return the link to an Acceslibre sheet, else ``None``."""
    text = parser_link(told)
    return text if text and ACCESLIBRE.fullmatch(text) else None


def position(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    """Return (latitude, longitude) when both are told and on French land."""
    if latitude is None or longitude is None:
        return None
    return None if position_problem(latitude, longitude) else (latitude, longitude)


@lru_cache(maxsize=65536)
def opening(osm: str | None) -> str | None:
    """Return OSM hours that machines can read, else ``None``."""
    text = (osm or "").strip()
    return text if text and "\n" not in text and hours.is_valid(text) else None
