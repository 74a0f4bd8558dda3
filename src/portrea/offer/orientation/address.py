"""An address written in one line, cut into the street and what tells the commune."""

from __future__ import annotations

import re

_POSTCODE = re.compile(r"\b\d{5}\b")
_STREET = re.compile(
    r"\b(all[ée]e|avenue|av|boulevard|bd|chemin|cit[ée]|cours|esplanade|hameau|impasse|lieu-dit"
    r"|lotissement|passage|place|quai|r[ée]sidence|route|rue|ruelle|square|venelle|villa|voie)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{1,4}\s*(bis|ter|quater|[a-d])?\b", re.IGNORECASE)


def split_address(text: str) -> tuple[str, str] | None:
    """Return the street and what tells the commune; ``None`` when no street is written.

    The commune comes from the postcode on, else after the last comma, else is not told apart:
    ``"12 rue du Four, Rouen"`` gives ``("12 rue du Four", "Rouen")``.
    """
    line = " ".join(text.split())
    found = list(_POSTCODE.finditer(line))
    if found:
        street, town = line[: found[-1].start()].strip(" ,"), line[found[-1].start() :].strip(" ,")
        return (street, town) if re.search(r"[^\W\d]", street) else None
    street, comma, town = line.rpartition(",")
    if comma and re.search(r"[^\W\d]", street) and re.search(r"[^\W\d]", town):
        return street.strip(" ,"), town.strip(" ,")
    if _STREET.search(line) and (_NUMBER.match(line) or _STREET.match(line)):
        return line, ""
    return None
