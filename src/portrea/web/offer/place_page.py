"""The page of one place: what a person needs to go there, and where each field comes from."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely
from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portrea.base.errors import TerritoryError
from portrea.offer.bringing import Papers, to_bring
from portrea.offer.calendar import next_opening, say_day, timing_of, timings_of_service
from portrea.offer.content import SERVICES, from_dict, of_row, paths_of, to_dict
from portrea.offer.layers import evidence_from_json
from portrea.offer.record import Place as Record
from portrea.territory.timezones import to_wall, zone_of
from portrea.vocab.hours import describe, say_time
from portrea.web.offer.cards import PlaceCard, place_card
from portrea.web.offer.census import SHOWN, census_place
from portrea.web.offer.search import CENSUS, census_origin
from portrea.web.offer.selectors import place_get, shown_row
from portrea.web.offer.wording import label_of, say
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from portrea.offer.calendar import Timing
    from portrea.offer.record import Service
    from portrea.offer.telling import Evidence

SERVICE_FIELDS = (
    "offers", "procedures", "support_modes", "presences", "cost", "cost_text", "publics",
    "special_care", "languages", "access_modes", "capacity", "helpers", "phone", "email",
)  # fmt: skip
"""What is shown of a service, in order."""
SMALL = 0.03
"""Degrees around a point whose commune has no outline."""


@dataclass(frozen=True, slots=True)
class ServiceView:
    """One kind of help of a place: its title, what is told of it, when it was confirmed."""

    title: str
    description: str
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    confirmed: str


@dataclass(frozen=True, slots=True)
class Told:
    """Where a field comes from."""

    label: str
    source: str
    day: str
    fixed: bool


@dataclass(frozen=True, slots=True)
class PlaceView:
    """Everything the page shows."""

    card: PlaceCard
    next: str
    week: tuple[str, ...]
    hours_text: str
    summary: str
    accessibility: str
    accessibility_url: str
    appointment_url: str
    services: tuple[ServiceView, ...]
    closures: tuple[str, ...]
    bring: tuple[Papers, ...]
    told: tuple[Told, ...]
    drawing: SafeString
    geo: str
    report: str
    json_ld: SafeString


@dataclass(frozen=True, slots=True)
class Known:
    """A place wherever it is kept: its identifier, its row, its record, who told what."""

    id: str
    row: Mapping[str, Any]
    record: Record
    evidence: Mapping[str, Evidence]


def known(place_id: str) -> Known:
    """Return a place by its identifier or a former one; :class:`django.http.Http404` otherwise."""
    if census_origin() != CENSUS:
        row = place_get(place_id)
        return Known(place_id, row, of_row(row), {})
    place = census_place(place_id)
    if place is None or place.status not in SHOWN:
        raise Http404(place_id)
    row = shown_row({**vars(place), "pk": place.pk})
    evidence = evidence_from_json(place.evidence, place.record)
    return Known(place.pk, row, from_dict(place.record), evidence)


def place_view(place: Known, now: datetime, address: str) -> PlaceView:
    """Compose the page of a place."""
    record = place.record
    card = place_card(place.row, now)
    procedures = [name for service in record.services for name in service.procedures]
    wall = _wall(card.commune, now)
    geo = ""
    if record.longitude is not None and record.latitude is not None:
        geo = f"{record.latitude:.5f},{record.longitude:.5f}"
    return PlaceView(
        card=card,
        next="" if card.closed or card.today.open else _next(timing_of(record), wall),
        week=tuple(describe(record.hours)),
        hours_text=record.hours_text or "",
        summary=record.summary or record.detail or "",
        accessibility=record.accessibility or "",
        accessibility_url=_web(record.accessibility_url),
        appointment_url=_web(record.appointment_url),
        services=tuple(_service(record, service, wall) for service in record.services),
        closures=tuple(
            say("closures", [_closure(c) for c in record.closures if c.end >= now.date()])
        ),
        bring=to_bring(procedures),
        told=_told(place),
        drawing=_drawing(record),
        geo=geo,
        report=_report(place.id),
        json_ld=_json_ld(card, record, address),
    )


def vcard(place: Known, now: datetime, address: str) -> str:
    """Return the place as a vCard 4.0, lines folded by none: short enough for every phone."""
    card, record = place_card(place.row, now), place.record
    street = ";".join(_escaped(t or "") for t in (record.address, record.city, "", record.postcode))
    lines = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "KIND:org",
        f"FN:{_escaped(card.name)}",
        f"ORG:{_escaped(card.name)}",
        f"ADR:;;{street};France",
        f"TEL;VALUE=uri:{card.phone_link}" if card.phone else "",
        f"EMAIL:{_escaped(card.email)}" if card.email else "",
        f"URL:{card.website}" if card.website else "",
        f"GEO:geo:{record.latitude:.5f},{record.longitude:.5f}"
        if record.longitude is not None and record.latitude is not None
        else "",
        f"NOTE:{_escaped(' / '.join(describe(record.hours)) or record.hours_text or '')}",
        f"SOURCE:{address}",
        "END:VCARD",
    ]
    return "\r\n".join(line for line in lines if line) + "\r\n"


# -- inside ---------------------------------------------------------------------------------------


def _escaped(text: str) -> str:
    flat = " ".join(text.split())
    return flat.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")


def _web(address: str | None) -> str:
    return address if address and address.startswith(("https://", "http://")) else ""


def _closure(closure: Any) -> dict[str, Any]:
    return {
        "start": closure.start.isoformat(),
        "end": closure.end.isoformat(),
        "reason": closure.reason,
    }


def _service(record: Record, service: Service, wall: datetime) -> ServiceView:
    content = _content_of(service)
    facts = []
    for name in SERVICE_FIELDS:
        path = f"{SERVICES}.{service.key}.{name}"
        lines = say(path, content.get(name))
        if lines:
            facts.append((_short(path), tuple(dict.fromkeys(lines))))
    coming = [_next(timing, wall) for timing in timings_of_service(record, service)]
    if service.presences and any(coming):
        facts.append((_("À venir"), tuple(dict.fromkeys(filter(None, coming)))))
    confirmed = f"{service.confirmed:%d/%m/%Y}" if service.confirmed else ""
    title = service.block.label
    if service.name and service.name != title:
        title = f"{title} : {service.name}"
    return ServiceView(title, service.description or "", tuple(facts), confirmed)


def _wall(commune: str, now: datetime) -> datetime:
    """Return what clocks show there; those of Paris where nobody knows."""
    try:
        return to_wall(now, zone_of(commune))
    except TerritoryError:
        return to_wall(now, zone_of(""))


def _next(timing: Timing, wall: datetime) -> str:
    """Say when something opens next, and when that is not sure."""
    opening = next_opening(timing, wall)
    if opening is None:
        return ""
    day = say_day(opening.day, wall.date())
    hour = _(" à %s") % say_time(opening.start) if opening.start is not None else ""
    doubt = "" if opening.sure else _(" (à vérifier avant de vous déplacer)")
    return _("Prochaine ouverture : %(when)s") % {"when": day + hour} + doubt


def _content_of(service: Service) -> Mapping[str, Any]:
    content: Mapping[str, Any] = to_dict(Record(id="", name="", services=(service,)))["services"][0]
    return content


def _short(path: str) -> str:
    label = label_of(path)
    return label.rsplit(" : ", 1)[-1].capitalize()


def _told(place: Known) -> tuple[Told, ...]:
    found = []
    for path in paths_of(to_dict(place.record)):
        evidence = place.evidence.get(path)
        if evidence is None:
            continue
        day = f"{evidence.date:%d/%m/%Y}" if evidence.date else ""
        found.append(Told(label_of(path), evidence.source, day, evidence.fixed))
    return tuple(found)


def _report(place_id: str) -> str:
    try:
        return reverse("report", kwargs={"place_id": place_id})
    except NoReverseMatch:
        return ""


def _json_ld(card: PlaceCard, record: Record, address: str) -> SafeString:
    """Return schema.org data; ``<`` is escaped so that no field can end the script."""
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "CivicStructure",
        "name": card.name,
        "url": address,
        "telephone": record.phone,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": record.address,
            "postalCode": record.postcode,
            "addressLocality": record.city,
            "addressCountry": "FR",
        },
    }
    if record.longitude is not None and record.latitude is not None:
        told["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": record.latitude,
            "longitude": record.longitude,
        }
    if record.hours and not card.closed:
        told["openingHours"] = [part.strip() for part in record.hours.split(";")]
    kept = {name: value for name, value in told.items() if value}
    text = json.dumps(kept, ensure_ascii=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return mark_safe(text)  # noqa: S308 - JSON with every sign of HTML escaped


# -- a small drawing ------------------------------------------------------------------------------


def _drawing(record: Record) -> SafeString:
    """Draw the commune, those around, and the place: no tile, no request."""
    if record.longitude is None or record.latitude is None or not record.commune:
        return mark_safe("")
    outlines = reader().outlines
    own = outlines.pick("commune", [record.commune])
    if own is None:
        return mark_safe("")
    west, south, east, north = shapely.total_bounds(own.polygons)
    west, east = min(west, record.longitude), max(east, record.longitude)
    south, north = min(south, record.latitude), max(north, record.latitude)
    flat = math.cos(math.radians((south + north) / 2))
    scale = 280 / max((east - west) * flat, north - south, SMALL / 10)
    width, height = (east - west) * flat * scale + 40, (north - south) * scale + 40

    def put(points: Any) -> Any:
        moved = points.copy()
        moved[:, 0] = (points[:, 0] - west) * flat * scale + 20
        moved[:, 1] = (north - points[:, 1]) * scale + 20
        return moved

    path = _path(shapely.transform(own.polygons, put))
    x = (record.longitude - west) * flat * scale + 20
    y = (north - record.latitude) * scale + 20
    label = _("Situation du lieu dans sa commune")
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}" class="narrow">'
        '<path d="{}" fill="#eaf4f1" stroke="#0b4856" stroke-width="2"/>'
        '<circle cx="{}" cy="{}" r="9" fill="#b4461f" stroke="#fff" stroke-width="3"/>'
        "</svg>",
        *(round(width), round(height), label, path, round(x), round(y)),
    )


def _path(polygons: Any) -> str:
    rings = []
    for part in shapely.get_parts(polygons):
        for ring in shapely.get_rings(shapely.get_parts(part)):
            simple = shapely.simplify(ring, 1.0)
            points = " ".join(f"{x:.0f},{y:.0f}" for x, y in shapely.get_coordinates(simple))
            rings.append(f"M{points}Z")
    return "".join(rings)
