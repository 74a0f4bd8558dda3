"""Access of a territory, read for a page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from portrea.base.errors import ParameterError, TerritoryError
from portrea.steering.helping import offer_of
from portrea.steering.sections_reach import reach_section
from portrea.steering.subject import Subject
from portrea.vocab.situations import Situation
from portrea.web.reach.asked import SITUATIONS
from portrea.web.reach.selectors import page_of
from portrea.web.territories.living import living_reader
from portrea.web.territories.selectors import territory_find

if TYPE_CHECKING:
    from portrea.steering.document import Section
    from portrea.territory import Selection
    from portrea.web.reach.asked import Asked
    from portrea.web.reach.selectors import Page

CHOSEN = ("besoin", "minutes", "trajet", "temps", "qui", "lieux")


@dataclass(frozen=True, slots=True)
class Link:
    """Another need of the same territory."""

    label: str
    query: str
    current: bool


@dataclass(frozen=True, eq=False)
class Access:
    """What the page of access writes; ``page`` is ``None`` above a département."""

    selection: Selection
    name: str
    at: str
    section: Section | None
    page: Page | None
    why: str
    needs: tuple[Link, ...]
    reference: str
    offer: str


def access_of(asked: Asked) -> Access:
    """Return the access of a territory: every need, and the one asked in detail."""
    selection = territory_find(asked.reference)
    current = living_reader()
    home, state = str(current.store.home), offer_of(current).state
    section = _section(home, current.computation_id, state, selection.key)
    subject = Subject.of(current, selection)
    page, why = None, ""
    try:
        page = page_of(asked)
    except (TerritoryError, ParameterError) as error:
        if asked.measure:
            raise
        why = f"{error.message} {error.remedy}"
    return Access(
        selection=selection,
        name=subject.name.plain,
        at=subject.name.at,
        section=section,
        page=page,
        why=why,
        needs=tuple(
            Link(Situation(name).label, f"besoin={name}", name == asked.situation)
            for name in SITUATIONS
        ),
        reference=selection.key,
        offer=offer_of(current).told,
    )


@lru_cache(maxsize=256)
def _section(_home: str, _computation: str, _offer: str, key: str) -> Section | None:
    return reach_section(Subject.of(living_reader(), territory_find(key)))
