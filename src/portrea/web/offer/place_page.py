"""The page of one place: what a person needs to go there, and where each field comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.offer.bringing import Papers, to_bring
from portrea.offer.calendar import say_date, timings_of_service
from portrea.offer.content import SERVICES, from_dict, of_row, paths_of, to_dict
from portrea.offer.freshness import Tier, freshness_of, mendings, weighted_completeness
from portrea.offer.layers import evidence_from_json
from portrea.offer.record import Place as Record
from portrea.sources.catalogue import title_of
from portrea.vocab.hours import describe
from portrea.web.offer.addresses import web_address
from portrea.web.offer.cards import PlaceCard, place_card, say_next, wall_of
from portrea.web.offer.census import SHOWN, census_place
from portrea.web.offer.place_data import json_ld
from portrea.web.offer.place_drawing import drawing
from portrea.web.offer.search import CENSUS, census_origin
from portrea.web.offer.selectors import place_get, shown_row
from portrea.web.offer.wording import label_of, say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from django.utils.safestring import SafeString

    from portrea.offer.record import Service
    from portrea.offer.telling import Evidence

SERVICE_FIELDS = (
    "offers", "procedures", "support_modes", "presences", "cost", "cost_text", "publics",
    "special_care", "languages", "access_modes", "capacity", "helpers", "provider", "phone",
    "email",
)  # fmt: skip
"""What is shown of a service, in order."""
LABELS = {
    "presences": gettext_lazy("Quand"),
    "helpers": gettext_lazy("Qui vous aide"),
    "procedures": gettext_lazy("Démarches"),
}
"""Words for the public, shorter than those of the form."""
LINE_BY_LINE = {"presences", "capacity", "helpers", "offers", "support_modes"}
ANCHORS = {
    "phone": "phone", "hours": "hours", "hours_confirmed": "hours", "address": "address",
    "commune": "address", "location": "address", "websites": "websites",
}  # fmt: skip
"""Field of the report form by what is to be mended; the rest is told in words."""
MOST_MENDINGS = 5


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing told of a service: a label, and words on one line or several."""

    label: str
    lines: tuple[str, ...]
    stacked: bool = False


@dataclass(frozen=True, slots=True)
class ServiceView:
    """One kind of help of a place: its title, what is told of it, when it was confirmed."""

    title: str
    description: str
    facts: tuple[Fact, ...]
    confirmed: str


@dataclass(frozen=True, slots=True)
class Told:
    """Where a field comes from."""

    label: str
    source: str
    day: str
    fixed: bool


@dataclass(frozen=True, slots=True)
class Mend:
    """One thing to mend on a sheet, and where to do it."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class PlaceView:
    """Everything the page shows."""

    card: PlaceCard
    sure: str
    to_confirm: bool
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
    source: str
    drawing: SafeString
    geo: str
    map_url: str
    report: str
    complete: float
    mendings: tuple[Mend, ...]
    json_ld: SafeString


@dataclass(frozen=True, slots=True)
class Known:
    """A place wherever it is kept: its identifier, its row, its record, who told what."""

    id: str
    row: Mapping[str, Any]
    record: Record
    evidence: Mapping[str, Evidence]


class NoLongerShown(Exception):  # noqa: N818 - an answer, not a fault
    """The place exists, and is no longer shown to the public."""


def known(place_id: str) -> Known:
    """Return a place by its identifier or a former one; :class:`django.http.Http404` otherwise.

    Raises
    ------
    NoLongerShown
        When the référent of the territory hid it.
    """
    if census_origin() != CENSUS:
        row = place_get(place_id)
        return Known(place_id, row, of_row(row), {})
    place = census_place(place_id)
    if place is None:
        raise Http404(place_id)
    if place.status not in SHOWN:
        raise NoLongerShown
    row = shown_row({**vars(place), "pk": place.pk})
    evidence = evidence_from_json(place.evidence, place.record)
    return Known(place.pk, row, from_dict(place.record), evidence)


def place_view(place: Known, now: datetime, address: str) -> PlaceView:
    """Compose the page of a place."""
    record = place.record
    card = place_card(place.row, now)
    procedures = [name for service in record.services for name in service.procedures]
    geo, map_url = _position(record)
    report = reverse("report", kwargs={"place_id": place.id})
    sure, to_confirm = _sure(place, timezone.localdate(now))
    return PlaceView(
        card=card,
        sure=sure,
        to_confirm=to_confirm,
        week=tuple(describe(record.hours)),
        hours_text=record.hours_text or "",
        summary=record.summary or record.detail or "",
        accessibility=record.accessibility or "",
        accessibility_url=web_address(record.accessibility_url),
        appointment_url=web_address(record.appointment_url),
        services=tuple(
            _service(record, service, wall_of(card.commune, now)) for service in record.services
        ),
        closures=tuple(
            say(
                "closures",
                [_closure(c) for c in record.closures if c.end >= timezone.localdate(now)],
            )
        ),
        bring=to_bring(procedures),
        told=_told(place),
        source=title_of(card.source),
        drawing=drawing(record),
        geo=geo,
        map_url=map_url,
        report=report,
        complete=weighted_completeness(record),
        mendings=tuple(
            Mend(one.words, f"{report}#id_{ANCHORS.get(one.path, 'words')}")
            for one in mendings(record)[:MOST_MENDINGS]
        ),
        json_ld=json_ld(card, record, address),
    )


# -- inside ---------------------------------------------------------------------------------------


def _position(record: Record) -> tuple[str, str]:
    """Return a point for the map of a phone, and the address of a page that shows it."""
    if record.longitude is None or record.latitude is None:
        return "", ""
    x, y = f"{record.longitude:.5f}", f"{record.latitude:.5f}"
    return f"{y},{x}", f"https://www.openstreetmap.org/?mlat={y}&mlon={x}#map=17/{y}/{x}"


def _sure(place: Known, today: date) -> tuple[str, bool]:
    """Say when the sheet was last known to be true and by whom, and whether to confirm it."""
    record = place.record
    paths = {f"{SERVICES}.{s.key}.confirmed": s.confirmed for s in record.services if s.confirmed}
    fresh = freshness_of(
        confirmed=max(paths.values(), default=None), updated=place.row["updated"], on=today
    )
    if fresh.told is None:
        return _("Fiche sans date : appelez avant de vous déplacer"), True
    path = next((path for path, day in paths.items() if day == fresh.told), "updated")
    evidence = place.evidence.get(path)
    person = evidence is not None and evidence.fixed
    by = _("un acteur du territoire") if person else _source(evidence, place)
    words = (
        _("Confirmée le %(day)s par %(who)s") if person else _("Mise à jour le %(day)s, %(who)s")
    )
    day = f"{say_date(fresh.told)} {fresh.told.year}"
    return words % {"day": day, "who": by}, fresh.tier in (Tier.TO_CONFIRM, Tier.OLD)


def _source(evidence: Evidence | None, place: Known) -> str:
    source = evidence.source if evidence is not None else place.row["source"]
    return _("d’après « %(source)s »") % {"source": title_of(source)}


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
        lines = [line for line in say(path, content.get(name)) if not _is_closed_days(name, line)]
        if lines:
            label = str(LABELS.get(name, "")) or _short(path)
            stacked = name in LINE_BY_LINE
            told = [line[:1].upper() + line[1:] if stacked else line for line in lines]
            facts.append(Fact(label, tuple(dict.fromkeys(told)), stacked=stacked))
    coming = [say_next(timing, wall) for timing in timings_of_service(record, service)]
    if service.presences and any(coming):
        facts.append(Fact(_("À venir"), tuple(dict.fromkeys(filter(None, coming))), stacked=True))
    confirmed = (
        f"{say_date(service.confirmed)} {service.confirmed.year}" if service.confirmed else ""
    )
    title = service.block.label
    if service.name and service.name != title:
        title = f"{title} : {service.name}"
    return ServiceView(title, service.description or "", tuple(facts), confirmed)


def _is_closed_days(name: str, line: str) -> bool:
    """Whether a line of a presence only tells when nobody is there."""
    return name == "presences" and line.endswith("fermé")


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
        found.append(Told(label_of(path), title_of(evidence.source), day, evidence.fixed))
    return tuple(found)
