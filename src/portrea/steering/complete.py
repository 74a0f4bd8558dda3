"""The complete portrait: ten parts, each answering a question, out of one object.

The statistical portrait gives its sections; the other rooms give theirs, already composed; people
give comments. Nothing is computed here: a part without a section is left out, nothing is filled in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from portrea.steering.display import parameters
from portrea.steering.document import COMPLETE, Comment, Portrait, Section, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Given = Mapping[str, Sequence[Section]]
    Comments = Mapping[str, Comment]

FOREWORD = "avant-propos"
"""Where a comment on the whole document is kept: it stands before the first part."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One of the ten parts: its place, the question it answers, the sections it takes."""

    id: str
    number: int
    title: str
    about: str
    takes: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """Identifier of the part in a document: a section inside may bear the same name."""
        return f"partie-{self.id}"


@cache
def chapters() -> tuple[Chapter, ...]:
    """Return the ten parts, in their order."""
    cards = parameters("chapters").items()
    return tuple(
        Chapter(name, number, card["title"], card["about"], tuple(card.get("takes", ())))
        for number, (name, card) in enumerate(cards, start=1)
    )


def complete(
    portrait: Portrait,
    given: Given,
    *,
    comments: Comments | None = None,
    hidden: frozenset[str] = frozenset(),
) -> Portrait:
    """Compose the complete portrait of a territory.

    Parameters
    ----------
    portrait
        The statistical portrait, whose sentences, numbers, tables and drawings are taken as they
        are.
    given
        Sections of the other rooms, by chapter; one that bears the identifier of a section of the
        portrait stands in its place.
    comments
        What the référent wrote, by identifier of section (:data:`FOREWORD` for the whole).
    hidden
        Identifiers of the sections left out.

    Raises
    ------
    KeyError
        A chapter of ``given`` does not exist.
    """
    strange = set(given) - {chapter.id for chapter in chapters()}
    if strange:
        raise KeyError(f"Unknown chapters: {sorted(strange)}")
    said = comments or {}
    made = tuple(_made(chapter, portrait, given, hidden) for chapter in chapters())
    sections = tuple(_commented(section, said) for section in made if section is not None)
    return replace(portrait, kind=COMPLETE, sections=sections, foreword=said.get(FOREWORD))


def _made(
    chapter: Chapter, portrait: Portrait, given: Given, hidden: frozenset[str]
) -> Section | None:
    """Return a part with its sections, ``None`` when nothing is to be told."""
    if chapter.anchor in hidden:
        return None
    parts = tuple(s for s in _parts(chapter, portrait, given) if s.id not in hidden)
    if not parts:
        return None
    title = f"{chapter.number}. {chapter.title}"
    return Section(chapter.anchor, title, Sentence(chapter.about), parts=parts)


def _parts(chapter: Chapter, portrait: Portrait, given: Given) -> Iterator[Section]:
    """Yield the sections of the portrait, then those given; one given replaces its namesake."""
    more = {section.id: section for section in given.get(chapter.id, ())}
    for name in chapter.takes:
        found = more.pop(name, None) or portrait.section(name)
        if found is not None:
            yield found
    yield from more.values()


def _commented(section: Section, said: Comments) -> Section:
    parts = tuple(_commented(part, said) for part in section.parts)
    return replace(section, parts=parts, comment=said.get(section.id))
