"""A published survey as a portrait reads it: where, who answered, what was said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from portrea.territory import Level

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
    """Return the nearest voice of each questionnaire, those from here first, then the rest.

    Near is here, then the smallest territory around, then the most answers inside; the newest of
    those alike. ``voices`` come newest first; ``order`` are the ready questionnaires in their
    order, the others come after them.
    """
    every = sorted(voices, key=_distance)
    told: dict[str, Voice] = {}
    for one in every:
        told.setdefault(one.model or one.key, one)
    rest = [one for one in every if told[one.model or one.key] is not one]
    ranks = {name: rank for rank, name in enumerate(order)}
    first = sorted(
        told.values(), key=lambda one: (_PLACES.index(one.where), ranks.get(one.model, len(ranks)))
    )
    return first, rest


_PLACES = tuple(Where)
_LEVELS = tuple(level.value for level in Level)


def _distance(voice: Voice) -> tuple[int, int]:
    level = _LEVELS.index(voice.territory.split(":")[0])
    near = {Where.HERE: 0, Where.AROUND: level, Where.INSIDE: -voice.answers}
    return _PLACES.index(voice.where), near[voice.where]
