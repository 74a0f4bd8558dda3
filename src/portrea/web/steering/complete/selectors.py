"""The complete portrait as it is now, before it is frozen in an edition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from portrea.steering.complete import FOREWORD, complete
from portrea.web.accounts.where import choices_of
from portrea.web.steering.complete.providers import given
from portrea.web.steering.editions import texts as kept
from portrea.web.steering.selectors import portrait_of
from portrea.web.territories.selectors import territory_find

if TYPE_CHECKING:
    from portrea.steering.document import Portrait
    from portrea.web.steering.models import Passage


@dataclass(frozen=True, slots=True)
class Draft:
    """A portrait in preparation.

    ``titles`` are those of every section, hidden or not; ``texts`` the versions in force;
    ``lost`` the texts whose section is not told today: they stay, and come back with it.
    """

    portrait: Portrait
    titles: dict[str, str]
    texts: dict[str, Passage]
    hidden: tuple[tuple[str, str], ...]
    lost: tuple[Passage, ...]


def places_of(who: Any) -> list[tuple[str, str]]:
    """Return the territories whose portrait someone prepares: name and address."""
    found = choices_of(who, "portrait.draft")
    return [(name, reverse("complete", args=key.split(":"))) for key, name in found]


def complete_of(reference: str) -> Portrait:
    """Return the complete portrait of a territory, with what every room knows today."""
    return draft_of(reference).portrait


def draft_of(reference: str) -> Draft:
    """Return the complete portrait with what people wrote, and what they left out of it."""
    selection = territory_find(reference)
    texts = kept.texts_of(selection.key)
    known, sections = portrait_of(selection.key), given(selection)
    said, hidden = kept.comments(texts, selection.key), kept.hidden(texts)
    whole = complete(known, sections)
    titles = {one.id: one.title for one in whole.walk()}
    return Draft(
        complete(known, sections, comments=said, hidden=hidden) if said or hidden else whole,
        titles,
        texts,
        tuple((name, titles[name]) for name in titles if name in hidden),
        tuple(one for name, one in texts.items() if name not in {FOREWORD, *titles} and one.told),
    )
