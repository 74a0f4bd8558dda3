"""Places that come back from our own exports: nothing to guess, but persons still left out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from portrea.offer.importing import people
from portrea.offer.importing.building import cleaned_services

if TYPE_CHECKING:
    from portrea.offer.importing.people import People
    from portrea.offer.record import Place

IDENTIFIER = re.compile(r"p[a-z2-7]{12}")
"""Identifier of a place of a census of Portrea."""
_WORDS = ("summary", "detail", "hours_text", "address_more", "accessibility")


def is_own(identifier: str) -> bool:
    """Tell whether an identifier is that of a place of a census of Portrea."""
    return bool(IDENTIFIER.fullmatch(identifier))


def without_people(place: Place, line: int, found: People) -> Place:
    """Return a place whose texts and contacts are without what belongs to persons."""
    near = (place.name, place.city or "")
    changes: dict[str, Any] = {}
    for name in _WORDS:
        text = getattr(place, name)
        if not text:
            continue
        kept, kinds = people.strip_text(text, *near)
        if kinds:
            changes[name] = kept
        for kind in kinds:
            found.add(name, kind, line)
    emails = tuple(e for e in place.emails if not people.personal_email(e, *near)[0])
    if emails != place.emails:
        changes["emails"] = emails
        found.add("emails", "email", line)
    services = cleaned_services(place.services, line, near, found)
    if services != place.services:
        changes["services"] = services
    return replace(place, **changes) if changes else place
