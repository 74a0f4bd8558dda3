"""Our extension of the mednum standard: one line per service, with what the standard cannot say."""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from portrea.base.spreadsheets import alive
from portrea.offer.exchange import contacts
from portrea.offer.exchange.text import joined, line
from portrea.offer.fields import KEY
from portrea.offer.importing.values import parse_iso
from portrea.offer.record import (
    Block,
    Capacity,
    Helper,
    Presence,
    PresenceKind,
    Saturation,
    Service,
)
from portrea.vocab.standards import mednum

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from portrea.offer.record import Place

FILE = "capacite-services.schema.json"


@cache
def schema() -> dict[str, Any]:
    """Return the Table Schema of the extension, as published."""
    text = files("portrea.offer.exchange").joinpath(f"params/{FILE}").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


COLUMNS = tuple(field["name"] for field in schema()["fields"])


def lines_of(place: Place) -> Iterator[dict[str, str | None]]:
    """Yield one line per service of a place, cells as text in the order of the schema."""
    for service in place.services:
        told = {
            "id_lieu": line(place.id),
            "service": service.key,
            "bloc": str(service.block),
            "nom": line(service.name),
            **_capacity(service.capacity),
            "demarches": joined(service.procedures),
            "langues": joined(service.languages),
            "intervenants": joined(helper.role for helper in service.helpers),
            "intervenants_nombre": _count(service),
            **_presences(service),
            "confirme_le": service.confirmed.isoformat() if service.confirmed else None,
        }
        yield {name: told[name] for name in COLUMNS}


def _capacity(capacity: Capacity | None) -> dict[str, str | None]:
    if capacity is None:
        names = ("heures_semaine", "personnes_semaine", "part_demarches", "saturation")
        return dict.fromkeys((*names, "capacite_declaree"))
    share = capacity.share_procedures
    return {
        "heures_semaine": _number(capacity.hours_week),
        "personnes_semaine": _number(capacity.persons_week),
        "part_demarches": _number(share) if share is not None and share <= 1 else None,
        "saturation": str(capacity.saturation) if capacity.saturation else None,
        "capacite_declaree": "oui" if capacity.declared else "non",
    }


def _number(value: float | None) -> str | None:
    if value is None or not math.isfinite(value) or value < 0:
        return None
    return format(value, "f").rstrip("0").rstrip(".") if value < 1e9 else None


def _count(service: Service) -> str | None:
    counts = [helper.count for helper in service.helpers]
    known = [count for count in counts if count is not None]
    return _number(sum(known)) if known and len(known) == len(counts) else None


def _presences(service: Service) -> dict[str, str | None]:
    booked = [p.by_appointment for p in service.presences if p.by_appointment is not None]
    hours = (contacts.opening(presence.hours) for presence in service.presences)
    return {
        "presences": joined(str(presence.kind) for presence in service.presences),
        "horaires": joined(h for h in hours if h),
        "sur_rendez_vous": None if not booked else "oui" if any(booked) else "non",
    }


# -- back -----------------------------------------------------------------------------------------

SEPARATOR = mednum.SEPARATOR


def of_lines(rows: Iterable[Mapping[str, str | None]]) -> dict[str, tuple[Service, ...]]:
    """Return the services told of each place, by its identifier.

    A line that names no service, or a kind of help that does not exist, tells nothing.
    """
    found: dict[str, dict[str, Service]] = {}
    blocks = {str(block): block for block in Block}
    for row in rows:
        cells = {name: alive(text) for name, cell in row.items() if (text := (cell or "").strip())}
        place, key = cells.get("id_lieu"), cells.get("service", "")
        block = blocks.get(cells.get("bloc", ""))
        if place and block and KEY.fullmatch(key):
            found.setdefault(place, {})[key] = _service(block, key, cells)
    return {place: tuple(services.values()) for place, services in found.items()}


def _service(block: Block, key: str, cells: Mapping[str, str]) -> Service:
    def many(name: str) -> tuple[str, ...]:
        return tuple(cells[name].split(SEPARATOR)) if name in cells else ()

    return Service(
        block=block,
        key=key,
        name=cells.get("nom"),
        capacity=_capacity_of(cells),
        procedures=many("demarches"),
        languages=many("langues"),
        helpers=_helpers_of(many("intervenants"), cells),
        presences=_presences_of(many("presences"), many("horaires"), cells),
        confirmed=parse_iso(cells.get("confirme_le", "")),
    )


def _capacity_of(cells: Mapping[str, str]) -> Capacity | None:
    states = {str(state): state for state in Saturation}
    told = Capacity(
        hours_week=_read(cells, "heures_semaine"),
        persons_week=_read(cells, "personnes_semaine"),
        share_procedures=_read(cells, "part_demarches"),
        saturation=states.get(cells.get("saturation", "")),
        declared=cells.get("capacite_declaree") != "non",
    )
    return told if "capacite_declaree" in cells or told != Capacity() else None


def _read(cells: Mapping[str, str], name: str) -> float | None:
    try:
        value = float(cells.get(name, ""))
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def _helpers_of(roles: tuple[str, ...], cells: Mapping[str, str]) -> tuple[Helper, ...]:
    count = _read(cells, "intervenants_nombre")
    return tuple(Helper(role=role, count=count if len(roles) == 1 else None) for role in roles)


def _presences_of(
    kinds: tuple[str, ...], hours: tuple[str, ...], cells: Mapping[str, str]
) -> tuple[Presence, ...]:
    """Return one presence per kind; hours and booking only where they are surely its own."""
    known = {str(kind): kind for kind in PresenceKind}
    alone = len(kinds) == 1
    told = hours[0] if alone and len(hours) == 1 else None
    booked = {"oui": True, "non": False}.get(cells.get("sur_rendez_vous", "")) if alone else None
    return tuple(
        Presence(kind=known[kind], hours=told, hours_confirmed=bool(told), by_appointment=booked)
        for kind in kinds
        if kind in known
    )
