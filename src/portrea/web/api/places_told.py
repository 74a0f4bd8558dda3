"""A place, its services and its presences, from a record as JSON to what is told."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.urls import reverse

from portrea.offer.calendar import next_opening, timing_of_presence
from portrea.offer.freshness import tier
from portrea.offer.layers import evidence_from_json
from portrea.vocab.hours import MIDNIGHT
from portrea.web.offer.addresses import email_address, web_address
from portrea.web.offer.models.census import BITS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from portrea.offer.calendar import Opening
    from portrea.offer.record import Place as Record
    from portrea.offer.record import Presence
    from portrea.web.offer.place_page import Known

Told = dict[str, Any]
_PLACE = (
    "address", "postcode", "city", "longitude", "latitude", "position", "phone", "hours",
    "hours_text", "source",
)  # fmt: skip
_SERVICE = ("name", "description", "cost_text", "provider", "phone", "capacity", "confirmed")
_LISTS = (
    "offers", "procedures", "support_modes", "access_modes", "publics", "special_care",
    "languages", "cost",
)  # fmt: skip
_PRESENCE = (
    "hours", "hours_text", "every_weeks", "first", "until", "by_appointment", "host", "address",
    "commune", "longitude", "latitude",
)  # fmt: skip
_MARK = "0identifier0"
_CAPACITY = ("hours_week", "persons_week", "share_procedures", "saturation")


def place_told(row: Mapping[str, Any], freshness: str) -> Told:
    """Tell a place of a list; ``row`` holds its record as JSON and the columns beside it."""
    record = row["record"]
    told: Told = {name: record.get(name) for name in _PLACE}
    dates = (record.get("updated"), row["confirmed"] and row["confirmed"].isoformat())
    websites = record.get("websites") or [None]
    told |= {
        "id": row["pk"],
        "name": record["name"],
        "kind": [code for code in (record.get("kind") or "").split("|") if code],
        "status": row["status"],
        "closed_on": row["closed_on"],
        "situations": _situations(row["situations"]),
        "commune": row["commune"] or None,
        "website": web_address(websites[0]) or None,
        "hours_confirmed": bool(record.get("hours_confirmed")),
        "programmes": record.get("programmes", []),
        "updated": max(filter(None, dates), default=None),
        "freshness": freshness,
        "page": page_of(row["pk"]),
    }
    if told["phone"] is None:
        phones = (service.get("phone") for service in record.get("services", ()))
        told["phone"] = next(filter(None, phones), None)
    return told


def page_of(place_id: str) -> str:
    """Return the address of the page of a place."""
    before, after = _around_identifier()
    return f"{before}{quote(place_id, safe='/')}{after}"


@cache
def _around_identifier() -> tuple[str, str]:
    before, _, after = reverse("place", kwargs={"place_id": _MARK}).partition(_MARK)
    return before, after


def freshness_of(row: Mapping[str, Any], on: date) -> str:
    """Return the tier of a place, as the list tells it."""
    record = row["record"]
    days = [row["confirmed"]]
    if record.get("updated"):
        days.append(date.fromisoformat(record["updated"]))
    paces = [s["update_months"] for s in record.get("services", ()) if s.get("update_months")]
    latest = max(filter(None, days), default=None)
    return str(tier(latest, on=on, update_months=min(paces, default=None)))


def detail_told(row: Mapping[str, Any], known: Known, now: datetime) -> Told:
    """Tell everything that the page of a place shows; ``now`` is the clock of the place."""
    content, record = row["record"], known.record
    evidence = evidence_from_json(row["evidence"], content) if row.get("evidence") else {}
    emails = (email_address(text) for text in content.get("emails", ()))
    return place_told(row, freshness_of(row, now.date())) | {
        "summary": content.get("summary"),
        "detail": content.get("detail"),
        "emails": [email for email in emails if email],
        "appointment_url": web_address(content.get("appointment_url")) or None,
        "accessibility": content.get("accessibility"),
        "accessibility_url": web_address(content.get("accessibility_url")) or None,
        "closures": _closures(content.get("closures", ())),
        "itinerant": content.get("itinerant", []),
        "version": row["version"],
        "services": services_told(content, record, now),
        "told": {
            path: {"source": mark.source, "date": mark.date, "fixed": mark.fixed}
            for path, mark in evidence.items()
        },
    }


def services_told(content: Mapping[str, Any], record: Record, now: datetime) -> list[Told]:
    """Tell the services of a place with their presences."""
    return [
        service_told(service)
        | {
            "presences": [
                presence_told(presence) | {"next": next_told(record, one, now)}
                for presence, one in zip(
                    service.get("presences", ()), decoded.presences, strict=True
                )
            ]
        }
        for service, decoded in zip(content.get("services", ()), record.services, strict=True)
    ]


def service_told(service: Mapping[str, Any]) -> Told:
    """Tell a service, without its presences."""
    told: Told = {name: service.get(name) for name in _SERVICE}
    capacity = service.get("capacity")
    if capacity is not None:
        told["capacity"] = {name: capacity.get(name) for name in _CAPACITY} | {
            "declared": capacity.get("declared", True)
        }
    told |= {name: service.get(name, []) for name in _LISTS}
    return told | {"key": service["key"], "block": service["block"]}


def presence_told(presence: Mapping[str, Any]) -> Told:
    """Tell when and how a service is there, without its next opening."""
    told: Told = {name: presence.get(name) for name in _PRESENCE}
    return told | {
        "kind": presence.get("kind", "fixe"),
        "dates": presence.get("dates", []),
        "closures": _closures(presence.get("closures", ())),
    }


def next_told(record: Record, presence: Presence, now: datetime) -> Told | None:
    """Tell the next opening of a presence; ``now`` is the clock of the place."""
    found = next_opening(timing_of_presence(record, presence), now)
    return None if found is None else _opening(found)


def _opening(found: Opening) -> Told:
    return {
        "day": found.day,
        "start": _clock(found.start),
        "end": _clock(found.end),
        "sure": found.sure,
    }


def _clock(minutes: int | None) -> str | None:
    if minutes is None:
        return None
    told = min(minutes, MIDNIGHT - 1) if minutes == MIDNIGHT else minutes % MIDNIGHT
    return f"{told // 60:02d}:{told % 60:02d}"


def _closures(closures: Any) -> list[Told]:
    return [
        {"start": one["start"], "end": one["end"], "reason": one.get("reason")} for one in closures
    ]


def _situations(told: Any) -> list[str]:
    """Return the needs of a place, kept as bits in the census and as words in a computation."""
    if isinstance(told, int):
        return [name for name, bit in BITS.items() if told & bit]
    return [str(name) for name in told or ()]
