"""What a reader sees of a place: phone first, hours of the day, why it is proposed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml
from django.utils.translation import gettext as _

from portrea.base.errors import TerritoryError
from portrea.offer.calendar import (
    Timing,
    next_opening,
    openings,
    say_date,
    say_day,
    timing_of_presence,
)
from portrea.offer.searching.index import TO_CONFIRM
from portrea.offer.searching.tags import AT_PLACE
from portrea.steering.wording import minutes as say_minutes
from portrea.territory.codes import departement_of
from portrea.territory.timezones import to_wall, zone_of
from portrea.vocab.days_off import public_holidays
from portrea.vocab.hours import MIDNIGHT, merged, say_time
from portrea.vocab.situations import Situation
from portrea.web.offer.addresses import email_address, web_address

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from portrea.offer.calendar import Opening
    from portrea.offer.record import Place as Record


@dataclass(frozen=True, slots=True)
class Today:
    """What the hours say of the day: a sentence, and whether it is open now (``None``: unknown)."""

    text: str
    open: bool | None

    @property
    def kind(self) -> str:
        """Name of its style: ``open``, ``closed``, or none when nobody knows."""
        return "" if self.open is None else "open" if self.open else "closed"


@dataclass(frozen=True, slots=True)
class PlaceCard:
    """A place as shown in a list, and at the head of its page."""

    id: str
    name: str
    kind: str
    address: str
    town: str
    phone: str
    phone_link: str
    email: str
    website: str
    today: Today
    coming: str
    needs: str
    travel: str
    commune: str
    updated: str
    source: str
    to_confirm: bool
    closed: str


def place_card(row: Mapping[str, Any], now: datetime) -> PlaceCard:
    """Compose a card from a row of ``places`` (with ``minutes`` and ``km`` when they are known)."""
    phone, record = row["phone"] or "", row.get("record")
    said = today(row["hours"], row["commune"], now, record=record)
    return PlaceCard(
        id=row["id"],
        name=row["name"],
        kind=kind_label(row["kind"]),
        address=", ".join(filter(None, (row["address"], _town(row)))),
        town=row["city"] or "",
        phone=phone_text(phone),
        phone_link="tel:" + "".join(c for c in phone if c.isdigit() or c == "+"),
        email=email_address(row["email"]),
        website=web_address(row["website"]),
        today=said,
        coming="" if said.open else _coming(row["hours"], row["commune"], now, record),
        needs=" · ".join(_situation(s) for s in row["situations"] or ()),
        travel=_travel(row),
        commune=row["commune"] or "",
        updated=f"{row['updated']:%d/%m/%Y}" if row["updated"] else "",
        source=row["source"],
        to_confirm=row.get("tier") in TO_CONFIRM,
        closed=_closed(row),
    )


@cache
def _situation(name: str) -> str:
    return Situation(name).label


def today(
    hours: str | None, commune: str | None, now: datetime, *, record: Record | None = None
) -> Today:
    """Say what the hours are on the day of ``now`` (UTC), by the clock of the place.

    With its record, the presences held at the place and its closures speak too.
    """
    unknown = Today(_("Horaires à demander par téléphone"), None)
    try:
        wall = to_wall(now, zone_of(commune or ""))
    except TerritoryError:  # no legal time: nobody can say whether it is open
        return unknown
    day, timings = wall.date(), _timings(hours, commune, record)
    closure = _closure_of(record, day)
    if closure is not None:
        return closure
    told = [openings(timing, start=day, end=day) for timing in timings]
    if all(one is None for one in told):
        return unknown
    feast = day in public_holidays(departement_of(commune) if commune else None, day.year)
    if feast and not any("PH" in (timing.hours or "") for timing in timings):
        return Today(_("Jour férié : appelez avant de vous déplacer"), None)
    return _said([one for some in told for one in some or ()], wall, feast=feast)


def wall_of(commune: str, now: datetime) -> datetime:
    """Return what clocks show in a commune; those of Paris where nobody knows."""
    try:
        return to_wall(now, zone_of(commune))
    except TerritoryError:
        return to_wall(now, zone_of(""))


def say_next(timing: Timing, wall: datetime) -> str:
    """Say when something opens next, and when that is not sure."""
    return _opens(next_opening(timing, wall), wall)


def _coming(hours: str | None, commune: str | None, now: datetime, record: Record | None) -> str:
    """Say the next opening of a place on another day than today, among all that is held there."""
    wall = wall_of(commune or "", now)
    found = [next_opening(timing, wall) for timing in _timings(hours, commune, record)]
    first = min((one for one in found if one is not None), key=_moment, default=None)
    return "" if first is None or first.day == wall.date() else _opens(first, wall)


def _moment(opening: Opening) -> tuple[date, int]:
    return opening.day, opening.start or 0


def _opens(opening: Opening | None, wall: datetime) -> str:
    if opening is None:
        return ""
    day = say_day(opening.day, wall.date())
    hour = _(" à %s") % say_time(opening.start) if opening.start is not None else ""
    doubt = "" if opening.sure else _(" (à vérifier avant de vous déplacer)")
    return _("Prochaine ouverture : %(when)s") % {"when": day + hour} + doubt


def _timings(hours: str | None, commune: str | None, record: Record | None) -> list[Timing]:
    """Return the timings of the place itself and of what is held there at regular hours."""
    departement = departement_of(commune) if commune else None
    closures = record.closures if record is not None else ()
    found = [Timing(hours=hours, departement=departement, closures=closures)]
    if record is not None:
        found += [
            timing_of_presence(record, presence)
            for service in record.services
            for presence in service.presences
            if presence.kind in AT_PLACE and not (presence.address or presence.commune)
        ]
    return found


def _closure_of(record: Record | None, day: date) -> Today | None:
    closures = record.closures if record is not None else ()
    closure = next((c for c in closures if c.start <= day <= c.end), None)
    if closure is None:
        return None
    reason = f" ({closure.reason})" if closure.reason else ""
    said = _("Fermé jusqu’au %(day)s") % {"day": say_date(closure.end)}
    return Today(said + reason, False)


def _said(found: list[Opening], wall: datetime, *, feast: bool) -> Today:
    """Say the openings of a day, and whether it is open at a moment of it."""
    if not found:
        closed = _("Fermé aujourd’hui")
        return Today(closed + (_(" (jour férié)") if feast else ""), False)
    spans = merged([(o.start, o.end) for o in found if o.start is not None and o.end is not None])
    unsure = not spans or not all(opening.sure for opening in found)
    doubt = _(" (à vérifier avant de vous déplacer)") if unsure else ""
    if not spans:
        return Today(_("Présence aujourd’hui") + doubt, None)
    minute = wall.hour * 60 + wall.minute
    opened = any(start <= minute < end for start, end in spans)
    if spans == ((0, MIDNIGHT),):
        return Today(_("Ouvert sans interruption"), True)
    said = ", ".join(f"{say_time(start)} – {say_time(end)}" for start, end in spans)
    told = _("Aujourd’hui : %(hours)s") % {"hours": said}
    return Today(told + doubt, None if unsure and opened else opened)


def _closed(row: Mapping[str, Any]) -> str:
    if row.get("status") != "closed":
        return ""
    day = row.get("closed_on")
    return _("Fermé définitivement") + (f" ({day:%d/%m/%Y})" if day else "")


@cache
def _kinds() -> dict[str, str]:
    raw = yaml.safe_load(files("portrea.vocab").joinpath("typologies.yaml").read_text("utf-8"))
    return {code: card.get("place") or card.get("label") or code for code, card in raw.items()}


@lru_cache(maxsize=4096)
def kind_label(kind: str | None) -> str:
    """Everyday words of a typology (several joined by ``|``)."""
    return ", ".join(_kinds().get(code, code) for code in (kind or "").split("|") if code)


def phone_text(number: str) -> str:
    """Write a French number in pairs: ``+33299090017`` gives ``02 99 09 00 17``."""
    digits = "".join(c for c in number if c.isdigit())
    if digits.startswith("33") and len(digits) == 11:
        digits = "0" + digits[2:]
    if len(digits) != 10 or not digits.startswith("0"):
        return number
    return "\u00a0".join(digits[i : i + 2] for i in range(0, 10, 2))


def _town(row: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (row["postcode"], row["city"])))


def _travel(row: Mapping[str, Any]) -> str:
    if row.get("minutes") is None:
        return ""
    if row["longitude"] is None:  # measured to the middle of its commune
        told = {"minutes": say_minutes(row["minutes"])}
        return _("À environ %(minutes)s (position exacte inconnue)") % told
    km = f"{row['km']:.1f}".replace(".", ",") if row["km"] < 10 else f"{row['km']:.0f}"
    return _("À environ %(minutes)s (%(km)s km à vol d’oiseau)") % {
        "minutes": say_minutes(row["minutes"]),
        "km": km,
    }
