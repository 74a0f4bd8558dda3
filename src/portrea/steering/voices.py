"""A published survey as a portrait reads it: where, who answered, what was said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portrea.surveys.profile import Line
    from portrea.surveys.showing import Shown


class Where(StrEnum):
    """Where a survey was asked, next to the territory of a portrait, nearest first."""

    HERE = "ici"
    AROUND = "autour"
    INSIDE = "dedans"


@dataclass(frozen=True, slots=True)
class Profile:
    """A question beside the census: its words, its lines with their labels, the source."""

    question: str
    title: str
    lines: tuple[tuple[str, Line], ...]
    source: str


@dataclass(frozen=True, slots=True)
class Voice:
    """An edition of the results of a survey.

    ``model`` is the ready questionnaire (empty: another one), ``territory`` is ``level:code``,
    ``day`` the publication (ISO), ``method`` rows of (what,
    words), ``quotes`` words that people allow to be quoted.
    """

    model: str
    key: str
    title: str
    where: Where
    territory: str
    place: str
    day: str
    answers: int
    method: tuple[tuple[str, str], ...]
    cite: str
    shown: tuple[Shown, ...]
    profiles: tuple[Profile, ...] = ()
    quotes: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """How its sections are called: the same from one year to the next for a questionnaire."""
        name = (self.model or self.key).replace("_", "-")
        return name if self.where is Where.HERE else f"{name}-{self.territory.replace(':', '-')}"


def nearest(voices: Iterable[Voice], order: Sequence[str]) -> tuple[list[Voice], list[Voice]]:
    """Return the first voice of each questionnaire and territory, those from here first; the rest.

    ``voices`` come newest first; ``order`` are the ready questionnaires in their order, the others
    come after them.
    """
    newest: dict[tuple[str, str], Voice] = {}
    rest = []
    for one in voices:
        known = newest.setdefault((one.model or one.key, one.territory), one)
        if known is not one:
            rest.append(one)
    places = list(Where)
    ranks = {name: rank for rank, name in enumerate(order)}

    def place(one: Voice) -> tuple[int, int, str, str]:
        rank = ranks.get(one.model, len(ranks))
        return places.index(one.where), rank, one.territory, one.key

    return sorted(newest.values(), key=place), sorted(rest, key=place)
