"""What each room gives to the complete portrait.

A provider receives a territory and returns sections already composed, none when nothing is known
there. **Whatever it returns may be published**: small counts are suppressed, survey results are
those already published, nobody can be recognised.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.web.steering.complete import (
    actions,
    difficulties,
    face_to_face,
    method,
    needs,
    offer,
    partners,
    rights,
    territory,
    voices,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from portrea.steering.document import Section
    from portrea.territory import Selection


@dataclass(frozen=True, slots=True)
class Provider:
    """A function that gives sections, and the chapter (``params/chapters.yaml``) they enter."""

    chapter: str
    sections: Callable[[Selection], tuple[Section, ...]]


PROVIDERS = (
    Provider("territoire", territory.sections),
    Provider("besoins", needs.sections),
    Provider("voix", voices.sections),
    Provider("offre", offer.sections),
    Provider("face-a-face", face_to_face.sections),
    Provider("partenaires", partners.sections),
    Provider("difficultes", difficulties.sections),
    Provider("droits", rights.sections),
    Provider("actions", actions.sections),
    Provider("methode", method.sections),
)


def given(selection: Selection) -> dict[str, tuple[Section, ...]]:
    """Return what every room gives about a territory, by chapter."""
    found: dict[str, tuple[Section, ...]] = {}
    for provider in PROVIDERS:
        more = provider.sections(selection)
        found[provider.chapter] = (*found.get(provider.chapter, ()), *more)
    return found
