"""Who works with whom: actors of a territory, the links they declare, who is left alone.

An orientation has a direction, a partnership has none. Nothing here knows a person: actors are
structures, links are declared by them or counted from orientations handed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Around = Mapping[str, frozenset[str]]


class LinkKind(StrEnum):
    """What ties two actors."""

    ORIENTATION = "orientation"
    PARTNERSHIP = "partenariat"


@dataclass(frozen=True, slots=True)
class Actor:
    """A structure: ``inside`` tells whether it is in the territory, or only linked to it."""

    key: str
    label: str
    kind: str = ""
    town: str = ""
    inside: bool = True


@dataclass(frozen=True, slots=True)
class Link:
    """What one actor told of another.

    ``confirmed`` tells whether the other said so too; ``handed`` is how many orientations were
    handed over through the site, ``None`` when the count is not told.
    """

    source: str
    target: str
    kind: LinkKind
    confirmed: bool = False
    handed: int | None = None


@dataclass(frozen=True)
class Network:
    """Actors and links; a link towards itself or towards somebody unknown is left out."""

    actors: tuple[Actor, ...]
    links: tuple[Link, ...]

    @classmethod
    def of(cls, actors: Iterable[Actor], links: Iterable[Link]) -> Network:
        """Return the network of some actors."""
        known = {one.key: one for one in actors}
        kept = (one for one in links if {one.source, one.target} <= known.keys())
        return cls(tuple(known.values()), tuple(one for one in kept if one.source != one.target))

    @cached_property
    def orients(self) -> Around:
        """Actor → those it orients to."""
        return self._around((one.source, one.target) for one in self._of(LinkKind.ORIENTATION))

    @cached_property
    def receives(self) -> Around:
        """Actor → those who orient to it."""
        return self._around((one.target, one.source) for one in self._of(LinkKind.ORIENTATION))

    @cached_property
    def partners(self) -> Around:
        """Actor → its partners."""
        told = [(one.source, one.target) for one in self._of(LinkKind.PARTNERSHIP)]
        return self._around([*told, *((target, source) for source, target in told)])

    @cached_property
    def linked(self) -> Around:
        """Actor → all those it is linked to, whatever the link."""
        return {
            one.key: self.orients[one.key] | self.receives[one.key] | self.partners[one.key]
            for one in self.actors
        }

    @cached_property
    def pairs(self) -> tuple[int, int]:
        """How many pairs have an orientation, and how many of them one each way."""
        told = {(source, target) for source, seen in self.orients.items() for target in seen}
        pairs = {frozenset(pair) for pair in told}
        mutual = {frozenset(pair) for pair in told if pair[::-1] in told}
        return len(pairs), len(mutual)

    @cached_property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Those who are linked together, step by step; the largest group first."""
        return components([one.key for one in self.actors], self.linked)

    @cached_property
    def isolated(self) -> tuple[Actor, ...]:
        """Actors of the territory of whom no link is known."""
        return tuple(one for one in self.actors if one.inside and not self.linked[one.key])

    @cached_property
    def cut(self) -> dict[str, int]:
        """Actor → how many would lose touch with the largest group left, were it to leave.

        Actors of the territory alone are counted; those who would lose nobody are not in it.
        """
        found = {}
        for group in self.groups:
            for key in group if len(group) > 2 else ():
                rest = [one for one in group if one != key]
                pieces = components(rest, self.linked)
                lost = [one for piece in pieces[1:] for one in piece if self.actor(one).inside]
                if lost:
                    found[key] = len(lost)
        return found

    def actor(self, key: str) -> Actor:
        """Return an actor by key; raise :class:`KeyError` when it is unknown."""
        return self._known[key]

    @cached_property
    def _known(self) -> dict[str, Actor]:
        return {one.key: one for one in self.actors}

    def _of(self, kind: LinkKind) -> Iterable[Link]:
        return (one for one in self.links if one.kind is kind)

    def _around(self, pairs: Iterable[tuple[str, str]]) -> Around:
        found: dict[str, set[str]] = {one.key: set() for one in self.actors}
        for key, other in pairs:
            found[key].add(other)
        return {key: frozenset(others) for key, others in found.items()}


def components(keys: Sequence[str], linked: Around) -> tuple[tuple[str, ...], ...]:
    """Return the groups of keys linked step by step, the largest first, each in the order given."""
    allowed, seen = set(keys), set[str]()
    found = []
    for key in keys:
        if key in seen:
            continue
        group, waiting = {key}, [key]
        while waiting:
            more = (linked[waiting.pop()] & allowed) - group
            group |= more
            waiting.extend(more)
        seen |= group
        found.append(tuple(one for one in keys if one in group))
    return tuple(sorted(found, key=lambda group: -len(group)))
