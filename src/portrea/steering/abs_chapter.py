"""The chapter of an Analyse des Besoins Sociaux, out of the complete portrait: the same numbers.

The headings are those that a CCAS expects; what they hold is taken as it is, nothing is computed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from portrea.steering.display import parameters
from portrea.steering.document import Kind, Section, Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.steering.document import Portrait

ABS = Kind(
    "Analyse des besoins sociaux, accès aux droits et numérique",
    "Chapitre pour une analyse des besoins sociaux",
    "abs",
    ("fig-comparaison", "fig-zones"),
)
NOT_KNOWN = {
    "activite": "Trop peu d’aides ont été notées dans Portrea pour décrire l’activité.",
    "moyens": "Les moyens des actions ne sont pas décrits dans Portrea.",
    "preconisations": "Aucune action n’est encore proposée ni décidée.",
}
"""What is said of a heading that a CCAS expects, when nothing is known."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: the chapters of the complete portrait that it takes, or what is given to it."""

    id: str
    title: str
    about: str
    takes: tuple[str, ...]
    given: str


@cache
def headings() -> tuple[Heading, ...]:
    """Return the headings, in their order."""
    cards = parameters("abs")["headings"].items()
    return tuple(
        Heading(name, card["title"], card["about"], tuple(card.get("takes", ())),
                card.get("given", ""))
        for name, card in cards
    )  # fmt: skip


def abs_chapter(complete: Portrait, given: Mapping[str, Sequence[Section]]) -> Portrait:
    """Compose the chapter.

    Parameters
    ----------
    complete
        The complete portrait of the territory, whose parts bear ``partie-`` and their chapter.
    given
        Sections of ``activite`` (indicators) and of ``moyens``.
    """
    made = [_made(number, one, complete, given) for number, one in enumerate(headings(), start=1)]
    sections = tuple(section for section in made if section is not None)
    return replace(complete, kind=ABS, sections=sections)


def _made(
    number: int, heading: Heading, complete: Portrait, given: Mapping[str, Sequence[Section]]
) -> Section | None:
    """Return a heading with its sections; one that is expected says that nothing is known."""
    chapters = [complete.section(f"partie-{name}") for name in heading.takes]
    parts = [part for chapter in chapters if chapter is not None for part in chapter.parts]
    parts += given.get(heading.given, ()) if heading.given else ()
    title, name = f"{number}. {heading.title}", f"partie-{heading.id}"
    if parts:
        return Section(name, title, Sentence(heading.about), parts=tuple(parts))
    missing = NOT_KNOWN.get(heading.id)
    return Section(name, title, Sentence(heading.about), (missing,)) if missing else None
