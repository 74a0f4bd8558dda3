"""What people said, for the portrait of their territory: the first sentences of an edition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST = 5


@dataclass(frozen=True, slots=True)
class Voice:
    """A section of a portrait: its title, its sentences, how it was asked, how to cite it."""

    title: str
    sentences: tuple[str, ...]
    how: str
    cite: str


def voice_of(content: Mapping[str, Any], *, most: int = MOST) -> Voice | None:
    """Return the section that a published edition gives, one sentence a question at most.

    None when nothing may be said, or when the answers are synthetic: a portrait says what is true.
    """
    sentences = [one["sentences"][0] for one in content["blocks"] if one["sentences"]][:most]
    if content["synthetic"] or not sentences:
        return None
    how = next((row[1] for row in content["method"] if row[0] == "Comment"), "")
    title = f"{content['title']} ({content['answers']} réponses)"
    return Voice(title, tuple(sentences), how, content["cite"])
