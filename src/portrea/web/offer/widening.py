"""When nothing answers: which choice to give up, how far to look, how many places that finds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portrea.base.errors import TerritoryError
from portrea.web.offer import selectors
from portrea.web.offer.filters import SWITCHES, Asked, label_of
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from portrea.territory import Selection

ABOVE = ("epci", "departement", "region", "france")
MOST = 6
FARTHER = 2
"""Wider territories offered: those beyond find the same places, and more."""


@dataclass(frozen=True, slots=True)
class Wider:
    """A wider search: in words, how many places it finds, its address."""

    label: str
    count: int
    query: str


def wider(
    search: selectors.Search, selection: Selection, asked: Asked, now: datetime
) -> tuple[Wider, ...]:
    """Return the searches one step wider that find something: one choice less, then further."""

    def finding(tried: Iterator[tuple[str, Selection, Asked]]) -> Iterator[Wider]:
        for label, place, kept in tried:
            count = selectors.place_count(search, place, kept, now)
            if count:
                yield Wider(label, count, kept.address())

    less = tuple(islice(finding(_one_less(selection, asked)), MOST - FARTHER))
    return (*less, *islice(finding(_further(selection, asked)), FARTHER))


def _one_less(selection: Selection, asked: Asked) -> Iterator[tuple[str, Selection, Asked]]:
    if asked.words:
        label = _("Sans les mots « %(words)s »") % {"words": asked.words}
        yield label, selection, Asked(asked.reference, "", asked.chosen)
    for name, value in asked.chosen.items():
        said = str(SWITCHES[name]) if name in SWITCHES else label_of(name, value)
        kept = {other: told for other, told in asked.chosen.items() if other != name}
        label = _("Sans demander « %(choice)s »") % {"choice": said}
        yield label, selection, Asked(asked.reference, asked.words, kept)


def _further(selection: Selection, asked: Asked) -> Iterator[tuple[str, Selection, Asked]]:
    if not selection.is_single:
        return
    gazetteer = reader().gazetteer
    for parent in gazetteer.parents(selection.territories[0]):
        if parent.level.value not in ABOVE:
            continue
        try:
            place = gazetteer.resolve(parent.key)
        except TerritoryError:
            continue
        label = _("Plus loin : %(place)s") % {"place": place.label}
        yield label, place, Asked(place.key, asked.words, asked.chosen)
