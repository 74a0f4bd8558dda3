"""What the pages of appointments share: moments in addresses, days shown a few at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from django.http import Http404

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, QueryDict

    from portrea.action.slots import Day

SHOWN = 7
"""Days with something free on one page."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some days, and the first of those that follow, if any."""

    days: tuple[Day, ...]
    following: date | None
    full: bool


def page_of(days: Sequence[Day], since: date | None) -> Page:
    """Return the days shown from a day on: those with something free, and those closed between."""
    told = [one for one in days if one.free or one.closed]
    after = [one for one in told if since is None or one.day >= since]
    free = [one.day for one in after if one.free]
    following = free[SHOWN] if len(free) > SHOWN else None
    shown = [one for one in after if following is None or one.day < following]
    full = not any(one.free for one in days)
    return Page(tuple(shown), following, full)


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form sent, even nothing at all; ``None`` when the page is only read."""
    return request.POST if request.method == "POST" else None


def instant(moment: int) -> datetime:
    """Return what a number of an address means: seconds since 1970, so that no hour comes twice."""
    try:
        return datetime.fromtimestamp(moment, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise Http404(moment) from error


def day_asked(text: str) -> date | None:
    """Return a day written in an address, ``None`` when there is none or it is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
