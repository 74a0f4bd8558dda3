"""Need against offer: the priority areas, as the pack of the comité shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.web.steering.pack_selectors import pack_of

if TYPE_CHECKING:
    from portrea.steering.document import Section
    from portrea.territory import Selection


def sections(selection: Selection) -> tuple[Section, ...]:
    """Return the access with the places of today, and the priority areas."""
    pack = pack_of(selection.key)
    found = (pack.section(name) for name in ("acces", "priorites"))
    return tuple(section for section in found if section is not None)
