"""Need against offer: access with the places of today, priority areas, causes beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from portrea.base.errors import ParameterError, TerritoryError
from portrea.steering.helping import offer_of
from portrea.steering.sections_causes import causes_section
from portrea.steering.sections_reach import reach_section
from portrea.steering.subject import Subject
from portrea.steering.wording import mark
from portrea.web.reach.priority_asked import PriorityAsked
from portrea.web.reach.priority_selectors import ground_of
from portrea.web.steering.pack_selectors import pack_of
from portrea.web.territories.living import living_reader

if TYPE_CHECKING:
    from portrea.steering.document import Section
    from portrea.territory import Selection


def sections(selection: Selection) -> tuple[Section, ...]:
    """Return the access, the priority areas as the pack of the comité tells them, the causes."""
    found = (_access(selection), pack_of(selection.key).section("priorites"), _causes(selection))
    return tuple(section for section in found if section is not None)


def _access(selection: Selection) -> Section | None:
    reader = living_reader()
    found = reach_section(Subject.of(reader, selection))
    if found is None:
        return None
    return replace(found, notes=(*found.notes, mark(f"Lieux : {offer_of(reader).told}.")))


def _causes(selection: Selection) -> Section | None:
    try:
        return causes_section(ground_of(PriorityAsked(selection.key)))
    except (ParameterError, TerritoryError):  # priority areas are not ranked there
        return None
