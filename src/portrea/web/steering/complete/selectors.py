"""The complete portrait as it is now, before it is frozen in an edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.steering.complete import complete
from portrea.web.steering.complete.providers import given
from portrea.web.steering.selectors import portrait_of
from portrea.web.territories.selectors import territory_find

if TYPE_CHECKING:
    from portrea.steering.document import Portrait


def complete_of(reference: str) -> Portrait:
    """Return the complete portrait of a territory, with what every room knows today."""
    selection = territory_find(reference)
    return complete(portrait_of(selection.key), given(selection))
