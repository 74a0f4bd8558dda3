"""Territories side by side, and those that resemble one: composed once per computation."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from portrea.base.errors import TerritoryError
from portrea.steering.computation import settings_of
from portrea.steering.context import LEVELS, read_context
from portrea.steering.measures import words
from portrea.steering.sections_similar import similar_document
from portrea.steering.side_by_side import KINDS, areas_of, ranks_of, side_by_side
from portrea.web.steering.trial import LOCK, LOCKED_SECONDS, kept_inputs
from portrea.web.territories.selectors import reader, territory_find, territory_named

if TYPE_CHECKING:
    from portrea.steering.document import Portrait
    from portrea.steering.side_by_side import Ranks
    from portrea.steering.similar import Context
    from portrea.web.territories.selectors import Found

FORMS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
COMPARED = 5
"""Territories that the link « side by side » takes, after the reader's own."""


@dataclass(frozen=True, slots=True)
class Member:
    """A territory of the set, and the address of the set without it."""

    name: str
    reference: str
    without: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure that may be shown, and the address that shows it."""

    label: str
    query: str
    current: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """What the page shows; ``busy``: the ranks wait for another reader's computation."""

    document: Portrait
    members: tuple[Member, ...]
    measures: tuple[Measure, ...]
    busy: bool


def compared_of(reference: str, measure: str) -> Compared:
    """Return some territories side by side.

    Raises
    ------
    ParameterError
        Too many territories, or an unknown measure.
    TerritoryError
        One of them is unknown.
    """
    selection, current = territory_find(reference), reader()
    areas = areas_of(current, selection)
    ranks, busy = _ranks(selection.key, measure) if measure in KINDS else (None, False)
    contexts = {
        level: context_of(level)
        for level in dict.fromkeys(a.level for a in areas)
        if level in LEVELS
    }
    found = side_by_side(current, selection, measure=measure, ranks=ranks, contexts=contexts)
    keys = [area.key for area in areas]
    members = tuple(
        Member(a.name.plain, a.key, _query([key for key in keys if key != a.key], measure))
        for a in areas
    )
    choices = tuple(Measure(words(m).label, _query(keys, m), m == measure) for m in KINDS)
    return Compared(found, members, choices, busy)


def similar_of(reference: str) -> Portrait:
    """Return the territories that resemble one.

    Raises
    ------
    TerritoryError
        Its level is not compared, or nothing describes it.
    """
    area = areas_of(reader(), territory_find(reference))[0]
    if area.level not in LEVELS:
        raise TerritoryError(
            _("Portrea ne cherche pas de territoires semblables à {}.").format(area.name.plain),
            remedy=_("Demandez une commune, une intercommunalité, un département ou une région."),
        )
    return similar_document(reader(), area, context_of(area.level))


def nearest_query(document: Portrait) -> str:
    """Return the address that puts a territory beside those that resemble it the most."""
    return _query(document.territory.split(",")[: COMPARED + 1], KINDS[0])


def added(reference: str, text: str) -> tuple[str, list[Found]]:
    """Add a territory named by a person: the new list, else the proposals to choose from."""
    selection, proposals = territory_named(text)
    if selection is None:
        return "", proposals
    keys = [key for key in reference.split(",") if key]
    return ",".join(dict.fromkeys([*keys, selection.key])), []


def context_of(level: str) -> Context:
    """Return the context of the territories of a level."""
    current = reader()
    return _context(str(current.store.home), current.computation_id, level)


@lru_cache(maxsize=2 * len(LEVELS))
def _context(_home: str, _computation: str, level: str) -> Context:
    current = reader()
    return read_context(current.store, current.computation.table("territories"), level)


def _ranks(key: str, measure: str) -> tuple[Ranks | None, bool]:
    """Return the ranks, from the cache or by the one computation allowed at a time."""
    current = reader()
    state = f"{current.computation_id}:{key}:{measure}"
    name = "rangs-" + hashlib.sha256(state.encode()).hexdigest()[:32]
    kept = cache.get(name)
    if kept is not None:
        return kept or None, False
    if not cache.add(LOCK, 1, LOCKED_SECONDS):
        return None, True
    try:
        inputs = kept_inputs(str(settings.PORTREA_HOME), current.computation_id)
        chosen = settings_of(current.computation)
        found = ranks_of(current, territory_find(key), measure, inputs, chosen)
    finally:
        cache.delete(LOCK)
    cache.set(name, found or {})
    return found, False


def _query(keys: list[str], measure: str) -> str:
    return urlencode({"t": ",".join(keys), "mesure": measure}, safe=":,")
