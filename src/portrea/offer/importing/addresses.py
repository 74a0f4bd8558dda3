"""Addresses: put together from their parts, or taken apart from one line."""

from __future__ import annotations

import re
from functools import lru_cache

_WHOLE = re.compile(
    r"^(?P<street>.*?)[\s,;–-]*\b(?P<postcode>\d{2}\s?\d{3})\b[\s,;–-]*(?P<city>\D[^\n]*)?$",
    re.DOTALL,
)
_CITY_NOISE = re.compile(r"(?i)[\s,–-]*\b(?:cedex(?:\s*\d+)?|france)\b.*$")


@lru_cache(maxsize=65536)
def taken_apart(line: str) -> tuple[str | None, str | None, str | None]:
    """Return (street, postcode, city) of an address on one line.

    « 7 bis rue du Test - 33500 LIBOURNE » gives its three parts; without postcode, all is street.
    """
    line = re.sub(r"\s+", " ", line).strip(" ,;-")
    match = _WHOLE.fullmatch(line)
    if match is None:
        return line or None, None, None
    city = _CITY_NOISE.sub("", match["city"] or "").strip(" ,;-.()")
    street = match["street"].strip(" ,;-")
    return street or None, match["postcode"].replace(" ", ""), city or None


def put_together(
    number: str | None, repeat: str | None, kind: str | None, street: str | None
) -> str | None:
    """Return « 48 bis rue de Test » from its parts; ``None`` without the name of the street."""
    if not street:
        return None
    number = number.removesuffix(".0") if number else None
    parts = (number, repeat, kind, street)
    return re.sub(r"\s+", " ", " ".join(part.strip() for part in parts if part)).strip() or None
