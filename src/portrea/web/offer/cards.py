"""What a reader sees of a place: phone first, hours of the day, why it is proposed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml
from django.utils.translation import gettext as _
from opening_hours import OpeningHours

from portrea.base.errors import TerritoryError
from portrea.offer.calendar import say_date
from portrea.offer.searching.index import TO_CONFIRM
from portrea.steering.wording import minutes as say_minutes
from portrea.territory.timezones import to_wall, zone_of
from portrea.vocab.hours import MIDNIGHT, describe, say_time, week_of
from portrea.vocab.situations import Situation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Today:
    """What the hours say of the day: a sentence, and whether it is open now (``None``: unknown)."""

    text: str
    open: bool | None


@dataclass(frozen=True, slots=True)
class PlaceCard:
    """A place as shown in a list or on its page."""

    id: str
    name: str
    kind: str
    address: str
    phone: str
    phone_link: str
    email: str
    website: str
    today: Today
    week: tuple[str, ...]
    hours_text: str
    situations: tuple[str, ...]
    details: tuple[tuple[str, str], ...]
    travel: str
    commune: str
    updated: str
    source: str
    to_confirm: bool
    closed: str


def place_card(row: Mapping[str, Any], now: datetime) -> PlaceCard:
    """Compose a card from a row of ``places`` (with ``minutes`` and ``km`` when they are known)."""
    phone = row["phone"] or ""
    return PlaceCard(
        id=row["id"],
        name=row["name"],
        kind=kind_label(row["kind"]),
        address=", ".join(filter(None, (row["address"], _town(row)))),
        phone=phone_text(phone),
        phone_link="tel:" + "".join(c for c in phone if c.isdigit() or c == "+"),
        email=row["email"] or "",
        website=_web_address(row["website"]),
        today=_shut(row, now) or today(row["hours"], row["commune"], now),
        week=tuple(describe(row["hours"])),
        hours_text=row["hours_text"] or "",
        situations=tuple(Situation(s).label for s in row["situations"] or ()),
        details=_details(row),
        travel=_travel(row),
        commune=row["commune"] or "",
        updated=row["updated"].strftime("%d/%m/%Y") if row["updated"] else "",
        source=row["source"],
        to_confirm=row.get("tier") in TO_CONFIRM,
        closed=_closed(row),
    )


def today(hours: str | None, commune: str | None, now: datetime) -> Today:
    """Say what the hours are on the day of ``now`` (UTC), by the clock of the place."""
    week = week_of(hours)
    if hours is None or week is None:
        return Today(_("Horaires à demander par téléphone"), None)
    try:
        wall = to_wall(now, zone_of(commune or ""))
    except TerritoryError:
        return Today(_("Horaires à demander par téléphone"), None)
    if OpeningHours("PH", country="FR").is_open(wall.replace(tzinfo=None)):
        return Today(_("Jour férié : appelez avant de vous déplacer"), None)
    spans = week[wall.weekday()]
    if not spans:
        return Today(_("Fermé aujourd’hui"), False)
    minute = wall.hour * 60 + wall.minute
    opened = any(start <= minute < end for start, end in spans)
    if spans == ((0, MIDNIGHT),):
        return Today(_("Ouvert sans interruption"), True)
    said = ", ".join(f"{say_time(start)} – {say_time(end)}" for start, end in spans)
    return Today(_("Aujourd’hui : %(hours)s") % {"hours": said}, opened)


def _closed(row: Mapping[str, Any]) -> str:
    if row.get("status") != "closed":
        return ""
    day = row.get("closed_on")
    return _("Fermé définitivement") + (f" ({day:%d/%m/%Y})" if day else "")


def _shut(row: Mapping[str, Any], now: datetime) -> Today | None:
    """Return what is said of a place on holiday, ``None`` when no closure runs."""
    day = now.date()
    closure = next((c for c in row.get("closures", ()) if c.start <= day <= c.end), None)
    if closure is None:
        return None
    reason = f" ({closure.reason})" if closure.reason else ""
    said = _("Fermé jusqu’au %(day)s") % {"day": say_date(closure.end)}
    return Today(said + reason, False)


@cache
def _kinds() -> dict[str, str]:
    raw = yaml.safe_load(files("portrea.vocab").joinpath("typologies.yaml").read_text("utf-8"))
    return {code: card.get("place") or card.get("label") or code for code, card in raw.items()}


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


def _web_address(text: str | None) -> str:
    """Keep a web address only: anything else would be a trap in a link."""
    first = (text or "").split("|")[0].strip()
    return first if first.startswith(("https://", "http://")) else ""


def _travel(row: Mapping[str, Any]) -> str:
    if row.get("minutes") is None:
        return ""
    km = f"{row['km']:.1f}".replace(".", ",") if row["km"] < 10 else f"{row['km']:.0f}"
    return _("À environ %(minutes)s (%(km)s km à vol d’oiseau)") % {
        "minutes": say_minutes(row["minutes"]),
        "km": km,
    }


def _details(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    fields = (
        (_("Services"), "services"),
        (_("Publics accueillis en priorité"), "publics"),
        (_("Comment y accéder"), "access_modes"),
        (_("Accompagnement"), "support_modes"),
        (_("Coût"), "cost"),
        (_("Dispositifs"), "programmes"),
    )
    return tuple((label, " ; ".join(row[name])) for label, name in fields if row[name])
