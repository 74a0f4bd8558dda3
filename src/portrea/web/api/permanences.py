"""Permanences to come in a territory, as pages and feeds show them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.base.errors import ParameterError
from portrea.offer.calendar import say_date
from portrea.offer.content import from_dict
from portrea.offer.icalendar import calendar_file, event
from portrea.offer.orientation.slip import say_phone
from portrea.offer.permanences import coming, held_in, permanences_of
from portrea.offer.record import PresenceKind
from portrea.offer.rows import of_row
from portrea.territory.naming import normalise
from portrea.territory.timezones import zone_of
from portrea.vocab.hours import say_time, say_weekday
from portrea.web.offer.cards import wall_of
from portrea.web.offer.models import Place as Stored
from portrea.web.offer.search import CENSUS, catalogue, census_origin
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from portrea.offer.calendar import Opening
    from portrea.offer.permanences import Permanence
    from portrea.offer.record import Place
    from portrea.territory import Territory

DAYS = 30
MOST = 1_000
"""Openings in one feed; those after are left out, and the page says so."""
CHUNK = 500
LEVELS = ("commune", "epci", "departement")


@dataclass(frozen=True, slots=True)
class Session:
    """One opening of a permanence, in the words shown."""

    opening: Opening
    permanence: Permanence
    town: str
    phone: str
    day: str
    hours: str

    @property
    def key(self) -> str:
        """What makes it the same from one feed to the next."""
        one = self.permanence
        return f"{one.place}|{one.key}|{self.opening.day}|{self.opening.start}"

    @property
    def title(self) -> str:
        """What is held and where."""
        name, title = self.permanence.name, self.permanence.title
        told = name if not title or normalise(title) in normalise(name) else f"{title} – {name}"
        return f"{told}, {self.town}" if normalise(self.town) not in normalise(told) else told

    @property
    def doubt(self) -> str:
        """What must be said when the date is not sure."""
        return "" if self.opening.sure else " (à vérifier avant de vous déplacer)"


@dataclass(frozen=True, slots=True)
class Programme:
    """What is held in a territory: sessions in order, permanences whose dates are unknown."""

    territory: Territory
    sessions: tuple[Session, ...]
    unknown: tuple[tuple[Permanence, str, str], ...]
    more: int


def programme(territory: Territory, now: datetime) -> Programme:
    """Return the permanences to come in a commune, an EPCI or a département.

    Raises
    ------
    ParameterError
        Another level of territory.
    """
    communes = _communes(territory)
    held = _where()
    ids = sorted({key for code in communes for key in held.get(code, ())})
    places = tuple(_read(ids))
    walls: dict[str, datetime] = {}

    def today(commune: str) -> date:
        return walls.setdefault(commune, wall_of(commune, now)).date()

    found, unknown = coming(held_in(places, communes), today=today, days=DAYS)
    found = [one for one in found if _is_ahead(*one, walls)]
    names = _towns({one.commune for _, one in found} | {one.commune for one in unknown})
    return Programme(
        territory,
        tuple(_session(*one, names) for one in found[:MOST]),
        tuple((one, names.get(one.commune, ""), say_phone(one.phone)) for one in unknown),
        max(len(found) - MOST, 0),
    )


def calendar(told: Programme, *, title: str, stamp: datetime) -> bytes:
    """Return the sessions as a calendar file that phones subscribe to."""
    return calendar_file(
        (_event(session, stamp) for session in told.sessions),
        product="Permanences",
        heading={"NAME": title, "X-WR-CALNAME": title, "REFRESH-INTERVAL;VALUE=DURATION": "PT12H"},
    )


# -- inside ---------------------------------------------------------------------------------------


def _communes(territory: Territory) -> frozenset[str]:
    level = territory.level.value
    if level not in LEVELS:
        raise ParameterError(
            f"Les permanences se demandent pour {_LEVELS}, pas pour « {territory.name} ».",
            remedy="Choisissez un territoire plus petit.",
        )
    if level == "commune":
        return frozenset({territory.code})
    return frozenset(reader().codes("commune", level, territory.code))


_LEVELS = "une commune, une intercommunalité ou un département"
_KINDS = [
    str(kind) for kind in PresenceKind if kind not in (PresenceKind.DOMICILE, PresenceKind.DISTANCE)
]
_lock = threading.Lock()
_known: dict[str, tuple[str, Mapping[str, tuple[str, ...]]]] = {}


def _where() -> Mapping[str, tuple[str, ...]]:
    """Return the places that hold permanences, by the commune where these are held."""
    told = catalogue()
    state = f"{told.origin} {told.computed} {told.since} {told.last} {told.rows}"
    known = _known.get("held")
    if known is not None and known[0] == state:
        return known[1]
    with _lock:
        marked = np.logical_or.reduce([told.index.tagged("presence", kind) for kind in _KINDS])
        found: dict[str, set[str]] = {}
        for place in _read([told.index.ids[row] for row in np.flatnonzero(marked)]):
            for one in permanences_of(place):
                found.setdefault(one.commune, set()).add(place.id)
        held = {code: tuple(sorted(keys)) for code, keys in found.items()}
        _known["held"] = (state, held)
    return held


def _read(ids: Sequence[str]) -> Iterator[Place]:
    if census_origin() != CENSUS:
        places = reader().computation.table("places")
        yield from (of_row(row) for row in places.filter(pl.col("id").is_in(ids)).to_dicts())
        return
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        told = Stored.objects.filter(pk__in=some, status=Stored.Status.OPEN).order_by("pk")
        for key, record in told.values_list("pk", "record"):
            yield from_dict({**record, "id": key})


def _is_ahead(opening: Opening, one: Permanence, walls: Mapping[str, datetime]) -> bool:
    wall = walls[one.commune]
    over = opening.day == wall.date() and opening.end is not None
    return not (over and (opening.end or 0) <= wall.hour * 60 + wall.minute)


def _towns(codes: set[str]) -> dict[str, str]:
    rows = {code: reader().territory("commune", code) for code in codes}
    return {code: row["name"] for code, row in rows.items() if row is not None}


def _session(opening: Opening, one: Permanence, names: Mapping[str, str]) -> Session:
    day = f"{say_weekday(opening.day.weekday())} {say_date(opening.day)}"
    hours = ""
    if opening.start is not None and opening.end is not None:
        hours = f"{say_time(opening.start)} – {say_time(opening.end)}"
    town, phone = names.get(one.commune, ""), say_phone(one.phone)
    return Session(opening, one, town, phone, day[:1].upper() + day[1:], hours)


def _event(session: Session, stamp: datetime) -> list[str]:
    one = session.permanence
    about = [
        f"Téléphone : {session.phone}" if session.phone else "",
        "Sur rendez-vous." if one.by_appointment else "",
        session.opening.comment or "",
    ]
    told = {
        "SUMMARY": session.title + session.doubt,
        "LOCATION": ", ".join(filter(None, (one.address, session.town))),
        "DESCRIPTION": "\n".join(filter(None, about)),
    }
    return event(session.key, session.opening, told, zone=zone_of(one.commune), stamp=stamp)
