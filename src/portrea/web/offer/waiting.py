"""What waits for a person after imports: places to put on the map, hours to read over."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast

from portrea.sources.ban import Found
from portrea.vocab.hours import describe
from portrea.web.offer.models import Fix, Place, SourceCard
from portrea.web.offer.queue import narrowed, places_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from django.db.models import QuerySet

    from portrea.offer.record import Place as Record

PAGE = 30
ACT = "place.edit"
PLACED = ("longitude", "position")
READ_OVER = ("hours", "hours_text", "hours_confirmed")


def _said(*paths: str) -> Exists:
    """Whether a person already spoke of one of these fields."""
    return Exists(
        Fix.objects.filter(place=OuterRef("pk"), path__in=paths, state=Fix.State.ACTIVE).order_by()
    )


def _open(who: Any, territory: str) -> QuerySet[Place]:
    return places_of(narrowed(who, ACT, territory)).filter(status=Place.Status.OPEN)


# -- positions ------------------------------------------------------------------------------------


def places_to_locate(who: Any, territory: str = "") -> QuerySet[Place]:
    """Return the open places without position or at the centre of their commune, by town."""
    vague = Q(latitude=None) | Q(record__position="commune")
    return _open(who, territory).filter(vague).exclude(_said(*PLACED)).order_by("sort", "pk")


@dataclass(frozen=True, slots=True)
class Proposed:
    """A position that a geocoder proposes, for a person to judge."""

    label: str
    why: str
    latitude: float
    longitude: float
    kind: str = "address"

    @property
    def position(self) -> str:
        """As the form of a position takes it."""
        return f"{self.latitude:.6f}, {self.longitude:.6f}"


def proposals_for(place: Place) -> list[Proposed]:
    """Return what the geocoder proposed for a place when its lists were imported."""
    found = {}
    cards = SourceCard.objects.filter(place=place).select_related("batch").order_by("pk")
    for card in cards:
        for told in (card.batch.report if card.batch else {}).get("to_locate", ()):
            if told["id"] == card.source_id and told.get("latitude") is not None:
                one = Proposed(told.get("proposed") or "", told.get("why") or "",
                               told["latitude"], told["longitude"])  # fmt: skip
                found[one.position] = one
    return list(found.values())


def proposals_of(answers: Iterable[Mapping[str, Any]]) -> list[Proposed]:
    """Return the answers of a geocoder just asked, sure or not: the person judges."""
    found = [Found(**answer) for answer in answers]
    return [Proposed(f.label, f.why, f.latitude, f.longitude, f.position) for f in found]


def lost(place: Place) -> Record:
    """Return the record of a place without its position, to be searched by its address."""
    return replace(place.content, latitude=None, longitude=None, position=None)


# -- hours ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours to read over: of a place, or of a presence of one of its services.

    ``key`` names them in a form: ``""`` for the place, ``service:rank`` for a presence.
    """

    key: str
    text: str
    hours: str | None
    lines: list[str] = field(default_factory=list)


def places_to_read_over(who: Any, territory: str = "") -> QuerySet[Place]:
    """Return the open places with hours that nobody read over, by town.

    Presences are looked for in the text of the record: a few more places than needed, which
    :func:`hours_of` then finds to wait for nothing.
    """
    told = Q(record__hours__isnull=False) | Q(record__hours_text__isnull=False)
    unread = Q(record__hours_confirmed__isnull=True) | Q(record__hours_confirmed=False)
    own = told & unread & ~_said(*READ_OVER)
    inside = Q(text__contains='"presences"') & Q(text__contains='"hours_text"')
    rows = _open(who, territory).annotate(text=Cast("record", TextField()))
    return rows.filter(own | inside).order_by("sort", "pk")


def following(places: QuerySet[Place], seen: str) -> QuerySet[Place]:
    """Return the places that come after one already seen, in the order of their list."""
    last = Place.objects.filter(pk=seen).values_list("sort", flat=True).first() if seen else None
    if last is None:
        return places
    return places.filter(Q(sort__gt=last) | Q(sort=last, pk__gt=seen))


def waiting_hours(places: QuerySet[Place], most: int) -> list[tuple[Place, list[Hours]]]:
    """Return the first places that have hours to read over, with them."""
    found = []
    for place in places.iterator(chunk_size=200):
        hours = hours_of(place)
        if hours:
            found.append((place, hours))
        if len(found) == most:
            break
    return found


def hours_of(place: Place) -> list[Hours]:
    """Return the hours of a place that nobody read over."""
    spoken = place.fixes.filter(path__in=READ_OVER, state=Fix.State.ACTIVE).exists()
    own = [] if spoken else list(_unread("", place.record))
    return [*own, *_of_presences(place.record)]


def _unread(key: str, told: dict[str, Any]) -> Iterator[Hours]:
    hours, text = told.get("hours"), told.get("hours_text")
    if (hours or text) and not told.get("hours_confirmed"):
        yield Hours(key, text or "", hours, describe(hours) if hours else [])


def _of_presences(record: dict[str, Any]) -> Iterator[Hours]:
    for service in record.get("services", ()):
        for rank, presence in enumerate(service.get("presences", ())):
            if presence.get("hours_text"):
                yield from _unread(f"{service['key']}:{rank}", presence)
