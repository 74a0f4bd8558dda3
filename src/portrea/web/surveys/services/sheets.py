"""Sheets of places proposed in a room, carried to the site: the census is asked by name.

A sheet is known by when it was written, what it is about and what it says: brought twice, it waits
once. Who left an e-mail stays unknown: addresses do not travel.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Q
from django.utils.module_loading import import_string

from portrea.base.errors import DataError
from portrea.web.surveys.days.selectors import communes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portrea.web.surveys.models import Day

FIELDS = ("kind", "title", "level", "code", "content", "seen", "other", "words", "origin",
          "place_id", "created")  # fmt: skip
SAME = ("kind", "title", "level", "code", "content", "words")


def sheets_of(day: Day) -> list[dict[str, Any]]:
    """Return the sheets that wait to be read over in the territory of a day."""
    here = Q(level="commune", code__in=list(communes_of(day))) | Q(level=day.level, code=day.code)
    return list(_proposals().filter(here, state="waiting").order_by("pk").values(*FIELDS))


def sheets_here(actor: Any, rows: Iterable[Mapping[str, Any]]) -> tuple[int, int]:
    """Propose what is not here yet; return how many are new, and how many could not be."""
    submit = import_string("portrea.web.offer.services.proposals.proposal_submit")
    places = apps.get_model("offer", "Place").objects
    new = refused = 0
    for row in rows:
        created = datetime.fromisoformat(row["created"])
        if _proposals().filter(created=created, **{name: row[name] for name in SAME}).exists():
            continue
        place = places.filter(pk=row["place_id"]).first() if row["place_id"] else None
        try:
            made = submit(
                actor=actor,
                kind=row["kind"],
                title=row["title"],
                territory=(row["level"], row["code"]),
                content=row["content"],
                place=place,
                other=row["other"],
                words=row["words"],
                origin=row["origin"],
                seen=row["seen"],
            )
        except DataError:
            refused += 1
            continue
        _proposals().filter(pk=made.pk).update(created=created)
        new += 1
    return new, refused


def _proposals() -> Any:
    return apps.get_model("offer", "Proposal").objects
