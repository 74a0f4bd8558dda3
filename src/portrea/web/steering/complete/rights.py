"""Rights and non-take-up, as their own page tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.base.errors import TerritoryError
from portrea.web.rights.take_up.selectors import take_up_page, take_up_report

if TYPE_CHECKING:
    from portrea.steering.document import Section
    from portrea.territory import Selection


def sections(selection: Selection) -> tuple[Section, ...]:
    """Return both roads to non-take-up; nothing at a level where none is told."""
    if len(selection.territories) != 1:
        return ()
    territory = selection.territories[0]
    try:
        report = take_up_report(territory.level.value, territory.code)
    except TerritoryError:
        return ()
    return (take_up_page(report),)
