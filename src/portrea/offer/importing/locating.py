"""Places without position: a geocoder’s answer, else the centre of their commune, else a person.

A position found says how (``address``, ``street``, ``commune``); a doubtful one is never written
silently: it waits in a queue for a person to judge.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import polars as pl

from portrea.offer.importing.spelling import key
from portrea.territory.vintage import to_today

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from portrea.offer.record import Place

SURE_CODE, NAME_AND_POSTCODE, NAME_ALONE = 1.0, 0.9, 0.6


class Answer(Protocol):
    """An answer of a geocoder (:class:`portrea.sources.ban.Found`)."""

    @property
    def id(self) -> str:
        """Identifier of the place."""

    @property
    def latitude(self) -> float:
        """In degrees."""

    @property
    def longitude(self) -> float:
        """In degrees."""

    @property
    def position(self) -> str:
        """How the point was found: address, street or commune."""

    @property
    def commune(self) -> str | None:
        """Code of the commune."""

    @property
    def sure(self) -> bool:
        """Whether it can be believed without a person."""

    @property
    def label(self) -> str:
        """The address found."""

    @property
    def why(self) -> str:
        """What is doubtful, in French."""


@dataclass(frozen=True, slots=True)
class Queued:
    """A place that a person must locate: why, and what was proposed."""

    id: str
    why: str
    proposed: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """Places with the positions found, the confidence in each (0 to 1), and the queue."""

    places: tuple[Place, ...]
    confidence: Mapping[str, float]
    queue: tuple[Queued, ...]


def with_answers(places: Sequence[Place], answers: Iterable[Answer]) -> Located:
    """Give places the sure answers of a geocoder; the others go to the queue."""
    by_id = {answer.id: answer for answer in answers}
    located, confidence, queue = [], {}, []
    for place in places:
        answer = by_id.get(place.id)
        if place.latitude is not None or answer is None:
            located.append(place)
            continue
        if not answer.sure:
            located.append(place)
            queue.append(
                Queued(place.id, answer.why, answer.label, answer.latitude, answer.longitude)
            )
            continue
        confidence[place.id] = 1.0
        located.append(
            replace(
                place,
                latitude=answer.latitude,
                longitude=answer.longitude,
                position=answer.position,
                commune=place.commune or answer.commune,
            )
        )
    return Located(tuple(located), confidence, tuple(queue))


class Communes:
    """The communes of a table ``territories``, by code and by name."""

    def __init__(self, territories: pl.DataFrame) -> None:
        rows = territories.filter(pl.col("level") == "commune").select(
            "code", "name", "departement", "longitude", "latitude"
        )
        self._points = {
            code: (latitude, longitude)
            for code, _, _, longitude, latitude in rows.iter_rows()
            if longitude is not None and latitude is not None
        }
        self._by_name: dict[str, list[tuple[str, str]]] = {}
        for code, name, departement, _, _ in rows.iter_rows():
            self._by_name.setdefault(_name_key(name), []).append((code, departement or code[:2]))

    def find(self, place: Place) -> tuple[str | None, float]:
        """Return the commune of a place and how sure it is: 1 by code, 0.9 by name and postcode.

        A name shared by several communes, without what tells them apart, gives nothing.
        """
        if place.commune:
            today = to_today().get(place.commune, place.commune)
            return (today, SURE_CODE) if today in self._points else (None, 0.0)
        named = self._by_name.get(_name_key(place.city), []) if place.city else []
        if place.postcode:
            near = [c for c, departement in named if _same_departement(place.postcode, departement)]
            return (near[0], NAME_AND_POSTCODE) if len(near) == 1 else (None, 0.0)
        return (named[0][0], NAME_ALONE) if len(named) == 1 else (None, 0.0)

    def centre(self, code: str) -> tuple[float, float] | None:
        """Return (latitude, longitude) of a commune's reference point."""
        return self._points.get(code)


@lru_cache(maxsize=65536)
def _name_key(name: str) -> str:
    bare = key(name.replace("/", " sur ")) if "/" in name else key(name)
    for short, long in (("ste", "sainte"), ("st", "saint")):
        if bare.startswith(short) and not bare.startswith(long):
            return long + bare[len(short) :]
    return bare


def _same_departement(postcode: str, departement: str) -> bool:
    if departement in ("2A", "2B"):
        return postcode.startswith("20")
    return postcode.startswith(departement)


def at_communes(places: Sequence[Place], communes: Communes) -> Located:
    """Put the places without position at the centre of their commune, when it is surely known.

    A place whose commune cannot be told, or only by its name, goes to the queue; its commune's
    code is filled in when it is told by the name and the postcode.
    """
    located, confidence, queue = [], {}, []
    for place in places:
        code, sure = communes.find(place)
        known = replace(place, commune=code) if code and not place.commune else place
        if place.latitude is not None:
            located.append(known if sure >= NAME_AND_POSTCODE else place)
            continue
        point = communes.centre(code) if code else None
        if point is None or sure < NAME_AND_POSTCODE:
            why = "commune inconnue" if code is None else "commune devinée par son seul nom"
            queue.append(Queued(place.id, why, place.city, *(point or (None, None))))
            located.append(place)
            continue
        confidence[place.id] = sure
        located.append(replace(known, latitude=point[0], longitude=point[1], position="commune"))
    return Located(tuple(located), confidence, tuple(queue))


def put_on_map(
    places: Sequence[Place], answers: Iterable[Answer], communes: Communes | None
) -> Located:
    """Return places with the sure answers of a geocoder, else at their commune.

    The queue keeps, for each place left to a person, the geocoder's doubtful answer when there is
    one: it is nearer than the commune.
    """
    asked = with_answers(places, answers)
    if communes is None:
        lost = {p.id for p in asked.places if p.latitude is None} - {q.id for q in asked.queue}
        unknown = (Queued(key, "aucune commune n’est chargée") for key in sorted(lost))
        return Located(asked.places, asked.confidence, (*asked.queue, *unknown))
    found = at_communes(asked.places, communes)
    queue = {q.id: q for q in found.queue} | {q.id: q for q in asked.queue}
    confidence = {**found.confidence, **asked.confidence}
    return Located(found.places, confidence, tuple(queue.values()))
