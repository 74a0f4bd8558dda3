"""The actions that people keep, for the chapter that recommends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.steering.sections_actions import actions_section
from portrea.web.steering.actions.selectors import kept_of

if TYPE_CHECKING:
    from portrea.steering.document import Section
    from portrea.territory import Selection


def sections(selection: Selection) -> tuple[Section, ...]:
    """Return the actions of a territory; what the rules propose is not told before people keep."""
    if len(selection.territories) != 1:
        return ()
    section = actions_section(kept_of(selection.key))
    return (section,) if section else ()
