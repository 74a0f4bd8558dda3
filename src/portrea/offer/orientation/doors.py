"""The doors of a place: each service where and when it is held, with all that ranking looks at.

A place whose five services are held together is one door; a permanence held elsewhere is another,
with its own position and hours. What a place is supposed to do, from its kind or its programmes, is
a door too. Everything here is computed when a place is written, never when a person asks.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from portrea.offer.calendar import timing_of, timing_of_presence
from portrea.offer.orientation.procedures import organizations
from portrea.offer.orientation.rules import rules
from portrea.offer.orientation.typed import propose
from portrea.offer.record import Block, PresenceKind
from portrea.offer.rows import situations
from portrea.offer.searching.tags import settings, welcomes_wheelchairs
from portrea.territory.naming import normalise
from portrea.vocab.situations import Situation
from portrea.vocab.situations import rules as answered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from portrea.offer.calendar import Timing
    from portrea.offer.record import Place, Presence, Service

YES, MAYBE, SILENT, NO = 2, 1, 0, -1
"""What a place says of a constraint."""
OTHER_LANGUAGES = "Langues étrangères (autres)"
ENGLISH = "Langues étrangères (anglais)"
WOMEN = "Femmes"
BLOCKS = tuple(Block)
_OF_SITUATION = {situation: Block(situation.value) for situation in Situation}
_LIKELY = 0.9
"""Least likeness of a told procedure with one of ours."""


class Door(NamedTuple):
    """One way in. ``service`` and ``presence`` are ranks in the record, -1 when there is none.

    ``blocks`` is declared help, ``supposed`` what the kind of place lets suppose; ``told`` are our
    codes of procedures, ``organizations`` those the place is, ``named`` those its service names.
    """

    service: int
    presence: int
    blocks: frozenset[Block]
    supposed: frozenset[Block]
    kind: PresenceKind
    timing: Timing
    longitude: float | None
    latitude: float | None
    appointment: bool
    public: bool
    france_services: bool
    organizations: frozenset[str]
    named: frozenset[str]
    told: frozenset[str]
    wheelchair: int
    languages: tuple[tuple[str, int], ...]
    women: int
    home: int
    saturation: str
    confirmed: date | None
    updated: date | None
    update_months: int | None


def doors_of(place: Place) -> tuple[Door, ...]:
    """Return the doors of a place, those that differ by their blocks only being one."""
    found: dict[Door, Door] = {}
    for door in _each(place):
        key = door._replace(blocks=frozenset(), service=0)
        first = found.get(key)
        found[key] = first._replace(blocks=first.blocks | door.blocks) if first else door
    return tuple(found.values())


def _each(place: Place) -> Iterator[Door]:
    common = _common(place)
    for rank, service in enumerate(place.services):
        own = _of_service(common, service, rank)
        if not service.presences:
            yield own
        for at, presence in enumerate(service.presences):
            yield _of_presence(own, place, presence, at)
    declared = {service.block for service in place.services}
    if Block.DEPANNAGE in declared:  # published as « equipement », which it is not here
        declared.add(Block.EQUIPEMENT)
    supposed = {_OF_SITUATION[situation] for situation in situations(place)} - declared
    if supposed or not place.services:
        yield common._replace(supposed=frozenset(supposed))


def _common(place: Place) -> Door:
    """Return what the place says by itself."""
    words = _words(place)
    return Door(
        service=-1,
        presence=-1,
        blocks=frozenset(),
        supposed=frozenset(),
        kind=PresenceKind.FIXE,
        timing=timing_of(place),
        longitude=place.longitude,
        latitude=place.latitude,
        appointment=False,
        public=answered().closed not in _access(place),
        france_services="France Services" in place.programmes
        or "RFS" in (place.kind or "").split("|"),
        organizations=organizations_of(place),
        named=frozenset(),
        told=frozenset(),
        wheelchair=_wheelchair(place),
        languages=tuple((name, MAYBE) for name in _spoken(words)),
        women=SILENT,
        home=_at_home(words),
        saturation="",
        confirmed=None,
        updated=place.updated,
        update_months=None,
    )


def _access(place: Place) -> set[str]:
    return {mode for service in place.services for mode in service.access_modes}


def _of_service(common: Door, service: Service, rank: int) -> Door:
    languages = dict(common.languages)
    if OTHER_LANGUAGES in service.special_care:
        languages[OTHER_LANGUAGES] = MAYBE
    if ENGLISH in service.special_care:
        languages["anglais"] = YES
    languages |= {normalise(name).replace(" ", "-"): YES for name in service.languages}
    publics = {*service.publics, *service.special_care}
    women = SILENT if WOMEN not in publics else YES if publics == {WOMEN} else MAYBE
    told = " ".join((*service.procedures, service.name or ""))
    capacity = service.capacity
    return common._replace(
        service=rank,
        blocks=frozenset([service.block]),
        public=answered().closed not in service.access_modes,
        named=_named(f" {normalise(told)} "),
        told=frozenset().union(*(_meant(text) for text in service.procedures)),
        languages=tuple(sorted(languages.items())),
        women=women,
        saturation=str(capacity.saturation or "") if capacity else "",
        confirmed=service.confirmed,
        update_months=service.update_months,
    )


def _of_presence(own: Door, place: Place, presence: Presence, rank: int) -> Door:
    elsewhere = presence.commune is not None or presence.address is not None
    point = (presence.longitude, presence.latitude)
    if None in point:
        point = (None, None) if elsewhere else (own.longitude, own.latitude)
    remote = presence.kind is PresenceKind.DISTANCE
    return own._replace(
        presence=rank,
        kind=presence.kind,
        timing=timing_of_presence(place, presence),
        longitude=own.longitude if remote else point[0],
        latitude=own.latitude if remote else point[1],
        appointment=bool(presence.by_appointment),
        public=own.public or remote,
        wheelchair=SILENT if elsewhere else own.wheelchair,
        home=YES if presence.kind is PresenceKind.DOMICILE else own.home,
    )


# -- what words say -------------------------------------------------------------------------------


def languages_told(place: Place) -> tuple[str, ...]:
    """Return the languages that the words of a place name."""
    return tuple(_spoken(_words(place)))


def _words(place: Place) -> str:
    return normalise(" ".join(filter(None, _texts(place))))


def _texts(place: Place) -> Iterator[str | None]:
    yield from (place.name, place.summary, place.detail)
    for service in place.services:
        yield from (service.name, service.description)


def _wheelchair(place: Place) -> int:
    if welcomes_wheelchairs(place):
        return YES
    words = settings()["wheelchair"]
    told = normalise(place.accessibility or "")
    return NO if re.search(words["yes"], told) and re.search(words["no"], told) else SILENT


def _spoken(words: str) -> list[str]:
    patterns = rules().told["langue"]
    return [name for name, pattern in patterns.items() if re.search(pattern, words)]


def _at_home(words: str) -> int:
    told = rules().told["domicile"]
    if "domicile" not in words or not re.search(told["oui"], words):
        return SILENT
    return SILENT if re.search(told["non"], words) else MAYBE


def organizations_of(place: Place) -> frozenset[str]:
    """Return the organizations a place is: by its only kind, or by its name."""
    name = f" {normalise(place.name)} "
    return frozenset(
        code for code, one in organizations().items() if place.kind in one.kinds
    ) | _named(name)


@lru_cache(maxsize=65536)
def _named(words: str) -> frozenset[str]:
    return frozenset(
        code
        for code, one in organizations().items()
        if any(f" {word} " in words for word in one.words)
    )


@lru_cache(maxsize=16384)
def _meant(text: str) -> frozenset[str]:
    """Return our codes of a procedure told by a place with its own words."""
    return frozenset(found.procedure.code for found in propose(text) if found.score >= _LIKELY)
