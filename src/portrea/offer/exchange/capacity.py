"""Our extension of the mednum standard: one line per service, with what the standard cannot say."""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from portrea.offer.exchange import contacts
from portrea.offer.exchange.text import joined, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.offer.record import Capacity, Place, Service

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
