"""Workshops as calendar files: one, or the feed of a territory; what is cancelled says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from portrea.offer.calendar import Opening
from portrea.offer.icalendar import calendar_file, event
from portrea.web.accounts.links import absolute
from portrea.web.accounts.scope import FRANCE, inside, name_of
from portrea.web.action.models import Workshop
from portrea.web.action.workshops.selectors import communes_of, when_of, where_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.web.accounts.scope import Key

KEPT = timedelta(days=31)
"""A feed still tells the workshops of the last month: calendars erase what is not told any more."""
MOST = 500


def calendar_of(workshops: Iterable[Workshop], *, name: str, stamp: datetime) -> bytes:
    """Return a calendar file: the same event each time, its ``SEQUENCE`` says when it changed."""
    events = [_event(one, stamp) for one in workshops]
    heading = {"METHOD": "PUBLISH", "NAME": name, "X-WR-CALNAME": name}
    return calendar_file(events, product="ateliers", heading=heading)


def feed_of(key: Key, *, now: datetime | None = None) -> bytes:
    """Return the public workshops of a territory, or held in one of its communes."""
    stamp = now or timezone.now()
    rows = Workshop.objects.filter(public=True, ends__gte=stamp - KEPT)
    if key != FRANCE:
        communes = [code for code, _ in communes_of(*key)]
        rows = rows.filter(inside(key) | Q(commune__in=communes))
    return calendar_of(
        rows.order_by("starts", "pk")[:MOST], name=f"Ateliers – {name_of(key)}", stamp=stamp
    )


def public_address(workshop: Workshop) -> str:
    """Return the address where people read what a workshop is, and register."""
    return absolute(f"/ateliers/{workshop.key}/")


def _event(workshop: Workshop, stamp: datetime) -> list[str]:
    moment = when_of(workshop)
    opening = Opening(
        moment.day,
        moment.starts.hour * 60 + moment.starts.minute,
        moment.ends.hour * 60 + moment.ends.minute,
    )
    cancelled = workshop.state == Workshop.State.CANCELLED
    told = {
        "SUMMARY": workshop.title,
        "LOCATION": where_of(workshop),
        "DESCRIPTION": workshop.about,
        "URL": public_address(workshop) if workshop.public else "",
        "SEQUENCE": str(workshop.sequence),
        "STATUS": "CANCELLED" if cancelled else "CONFIRMED",
    }
    return event(f"atelier/{workshop.key}", opening, told, zone=moment.zone, stamp=stamp)
