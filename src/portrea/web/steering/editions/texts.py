"""Texts of a portrait as they are read: the last version of each, those before, what is hidden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404

from portrea.steering.document import Comment
from portrea.steering.passages import pieces, typed
from portrea.web.accounts.clocks import clocks_of
from portrea.web.accounts.scope import key_of
from portrea.web.steering.models import Passage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from portrea.steering.passages import Piece

MOST = 200


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions of a text, the older first, and their words in one."""

    before: Passage
    after: Passage
    pieces: tuple[Piece, ...]


def texts_of(territory: str) -> dict[str, Passage]:
    """Return the version in force of each text of a territory, by section."""
    found: dict[str, Passage] = {}
    for one in rows_of(territory).select_related("by"):
        found.setdefault(one.section, one)
    return found


def rows_of(territory: str) -> QuerySet[Passage]:
    """Return every version of every text, the newest of each section first."""
    level, code = key_of(territory)
    return Passage.objects.filter(level=level, code=code).order_by("section", "-version")


def comments(texts: Mapping[str, Passage], territory: str) -> dict[str, Comment]:
    """Return the texts as a portrait takes them, dated on the clocks of the territory."""
    clocks = clocks_of(territory)
    return {
        name: Comment(tuple(one.told), one.at.astimezone(clocks).date().isoformat())
        for name, one in texts.items()
        if one.told
    }


def hidden(texts: Mapping[str, Passage]) -> frozenset[str]:
    """Return the sections left out."""
    return frozenset(name for name, one in texts.items() if one.hidden)


def versions_of(territory: str, section: str) -> list[Passage]:
    """Return the versions of a text, the newest first."""
    return [*rows_of(territory).filter(section=section).select_related("by")[:MOST]]


def version_found(versions: list[Passage], asked: str, default: int) -> Passage:
    """Return the version asked for, else that of a rank (404 when there is none)."""
    if asked:
        found = next((one for one in versions if str(one.version) == asked), None)
    else:
        found = versions[min(default, len(versions) - 1)] if versions else None
    if found is None:
        raise Http404(asked)
    return found


def compared(before: Passage, after: Passage) -> Compared:
    """Compare two versions word by word."""
    return Compared(before, after, pieces(typed(before.told), typed(after.told)))
