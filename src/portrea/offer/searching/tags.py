"""What a place is filed under: ``facet:value`` lines, and the hours of its ordinary week."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.offer.record import Block, PresenceKind
from portrea.offer.rows import situations
from portrea.territory.naming import normalise
from portrea.vocab.hours import MIDNIGHT, week_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from portrea.offer.record import Place, Service

FACETS = (
    "situation", "theme", "demarche", "public", "langue", "acces", "cout", "presence",
    "dispositif", "type", "soir", "samedi", "fauteuil",
)  # fmt: skip
"""What places are filtered by, in the order shown; freshness and « now » depend on the day."""
COVERAGE = ("format", "capacite", "manque", "liste")
"""What places are counted by in statistics, besides the facets."""
YES = "oui"
SHUT = "ferme"
"""Days of closure, ``start/end``: looked at for « open now », never counted."""
PACE = "rythme"
"""Months between two updates, the shortest of the services: looked at for the tier of freshness."""
AT_PLACE = {PresenceKind.FIXE, PresenceKind.PERMANENCE}
"""Presences of people who wait in the place."""
_LISTS = {
    "theme": "offers",
    "demarche": "procedures",
    "langue": "languages",
    "acces": "access_modes",
    "cout": "cost",
    "format": "support_modes",
}


@cache
def settings() -> dict[str, Any]:
    """Return the dated parameters of the search (``params/recherche.yaml``)."""
    text = files("portrea.offer").joinpath("params/recherche.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def tags_of(place: Place) -> tuple[str, ...]:
    """Return what a place is filed under, as ``facet:value``, without repeat, in order."""
    return tuple(dict.fromkeys(f"{facet}:{_clean(value)}" for facet, value in _told(place)))


def _clean(value: str) -> str:
    return " ".join(value.split())


def _told(place: Place) -> Iterator[tuple[str, str]]:
    yield from (("situation", str(situation)) for situation in situations(place))
    if any(service.block is Block.DEPANNAGE for service in place.services):
        yield "situation", str(Block.DEPANNAGE)
    for service in place.services:
        yield from _of_service(service)
    yield from (("dispositif", name) for name in place.programmes)
    yield from (("type", code) for code in (place.kind or "").split("|") if code)
    if "Itinérant" in place.itinerant:
        yield "presence", str(PresenceKind.ITINERANT)
    yield from ((name, YES) for name in _moments(week_of_place(place)))
    if welcomes_wheelchairs(place):
        yield "fauteuil", YES
    if any(service.capacity for service in place.services):
        yield "capacite", YES
    if place.source:
        yield "liste", place.source
    yield from ((SHUT, f"{c.start}/{c.end}") for c in place.closures)
    paces = [service.update_months for service in place.services if service.update_months]
    yield from ((PACE, str(pace)) for pace in sorted(paces)[:1])
    yield from (("manque", name) for name, told in _criteria(place).items() if not told)


def _criteria(place: Place) -> dict[str, bool]:
    """Return what a useful sheet tells, as :mod:`portrea.offer.quality` weighs it, and by whom."""
    services = place.services
    return {
        "position": place.longitude is not None and place.latitude is not None,
        "adresse": bool(place.address),
        "horaires": bool(place.hours or any(p.hours for s in services for p in s.presences)),
        "telephone": bool(place.phone or any(s.phone for s in services)),
        "services": any(s.offers for s in services),
        "acces": any(s.access_modes for s in services),
        "cout": any(s.cost for s in services),
        "capacite": any(s.capacity for s in services),
        "date": place.updated is not None,
        "type": bool(place.kind),
    }


def _of_service(service: Service) -> Iterator[tuple[str, str]]:
    for facet, name in _LISTS.items():
        yield from ((facet, value) for value in getattr(service, name))
    yield from (("public", value) for value in (*service.publics, *service.special_care))
    if "Langues étrangères (anglais)" in service.special_care:
        yield "langue", "anglais"
    yield from (("presence", str(presence.kind)) for presence in service.presences)


def welcomes_wheelchairs(place: Place) -> bool:
    """Whether the place says that a person in a wheelchair can be received; silence is not yes."""
    if any("Handicaps moteurs" in service.special_care for service in place.services):
        return True
    if not place.accessibility:
        return False
    words = settings()["wheelchair"]
    told = normalise(place.accessibility)
    return bool(re.search(words["yes"], told)) and not re.search(words["no"], told)


def week_of_place(place: Place) -> tuple[tuple[int, int], ...]:
    """Return when someone is there in an ordinary week: (start, end) in minutes since Monday 0:00.

    The hours of the place, and the weekly presences held at the place. What is not the same every
    week is left out: :mod:`portrea.offer.calendar` tells it day by day.
    """
    hours = [place.hours] + [
        presence.hours
        for service in place.services
        for presence in service.presences
        if presence.kind in AT_PLACE and presence.every_weeks in (None, 1) and not presence.dates
    ]
    return tuple(sorted({span for told in hours for span in _spans(told)}))


def _spans(hours: str | None) -> Iterator[tuple[int, int]]:
    for day, spans in enumerate(week_of(hours) or ()):
        yield from ((day * MIDNIGHT + start, day * MIDNIGHT + end) for start, end in spans)


def _moments(week: Iterable[tuple[int, int]]) -> Iterator[str]:
    """Say « evening » and « Saturday » of a week."""
    rule = settings()["moments"]
    late = rule["evening_from"] + rule["at_least"]
    for start, end in week:
        last = end - start // MIDNIGHT * MIDNIGHT
        if last >= late:
            yield "soir"
        if start // MIDNIGHT == rule["saturday"]:
            yield "samedi"
