"""The chapter of a territory: its complete portrait, its activity and its means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portrea.steering.abs_chapter import abs_chapter
from portrea.steering.periods import YEAR, last_whole, usual
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import may
from portrea.web.steering.complete.selectors import complete_of
from portrea.web.steering.indicators import selectors as indicators
from portrea.web.steering.means import selectors as means
from portrea.web.steering.pack_selectors import FORMS as PACK_FORMS
from portrea.web.territories.selectors import territory_find

if TYPE_CHECKING:
    from portrea.steering.document import Portrait

FORMS = PACK_FORMS


def abs_of(who: Any, reference: str) -> Portrait:
    """Return the chapter of a territory; activity and means only for those who may read them."""
    selection = territory_find(reference)
    period = usual(last_whole(today_in(selection.key)))
    given = {}
    if may(who, indicators.READ, selection.key):
        given["activite"] = indicators.sections(selection, period)
    if may(who, "means.read", selection.key):
        given["moyens"] = means.sections(selection, period.last // YEAR)
    return abs_chapter(complete_of(selection.key), given)
