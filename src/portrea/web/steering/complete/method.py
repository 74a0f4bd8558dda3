"""Method: the assumptions changed, how to make the figures again and to cite them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from portrea.steering.computation import settings_of
from portrea.steering.document import COMPLETE
from portrea.steering.sections_again import again_section
from portrea.web.steering.selectors import portrait_of
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from portrea.steering.document import Section
    from portrea.territory import Selection


def sections(selection: Selection) -> tuple[Section, ...]:
    """Return what closes the document."""
    portrait = replace(portrait_of(selection.key), kind=COMPLETE)
    return (again_section(portrait, settings_of(reader().computation)),)
