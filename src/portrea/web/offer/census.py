"""Read the census: one place with all that is known of it, many as a table, imports and changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, TextField
from django.db.models.functions import Cast

from portrea.offer.content import card_content, changes_between, from_dict
from portrea.offer.layers import evidence_from_json
from portrea.offer.rows import frame_of
from portrea.territory import Level
from portrea.territory.codes import commune_of_iris
from portrea.vocab.tables import PLACES
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import require
from portrea.web.accounts.scope import FRANCE, key_of
from portrea.web.accounts.structures import Structure
from portrea.web.offer.models import Alias, ImportRow, Place, Question, SourceCard

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    import polars as pl
    from django.db.models import QuerySet

    from portrea.offer.layers import Evidence
    from portrea.offer.record import Place as Record
    from portrea.territory import Selection
    from portrea.web.offer.models import Fix

MOST_LISTED = 500
"""Places of one list to choose from."""
SHOWN = (Place.Status.OPEN, Place.Status.CLOSED)
"""What the public may see."""


# -- one place ------------------------------------------------------------------------------------


def census_place(place_id: str) -> Place | None:
    """Return a place by its identifier, a former one, or ``source--identifier`` of a list.

    A page that receives another identifier than it asked for redirects to it.
    """
    place = Place.objects.filter(pk=place_id).exclude(status=Place.Status.ABSORBED).first()
    if place is not None:
        return place
    alias = Alias.objects.select_related("place").filter(pk=place_id).first()
    if alias is not None:
        return alias.place
    card = SourceCard.objects.select_related("place").filter(source_id=place_id).order_by("pk")
    found = card.first()
    return found.place if found else None


def structure_of(identifier: str) -> Structure | None:
    """Answer the accounts: what a structure is called and where it is."""
    place = census_place(identifier)
    return Structure(place.pk, place.name, place.territory) if place else None


def structures_of(commune: str) -> list[Structure]:
    """Answer the accounts: the places of a commune that are open, by name."""
    places = places_in((Level.COMMUNE.value, commune)).filter(status=Place.Status.OPEN)
    rows = places.order_by("sort", "pk").only("pk", "name", "commune", "departement")[:MOST_LISTED]
    return [Structure(place.pk, place.name, place.territory) for place in rows]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything about one place: what is shown and why, lists, fixes, open questions."""

    place: Place
    record: Record
    evidence: Mapping[str, Evidence]
    cards: tuple[SourceCard, ...]
    fixes: tuple[Fix, ...]
    questions: tuple[Question, ...]


def place_sheet(place: Place) -> Sheet:
    """Return a place with its provenance, its lists, its fixes in force and its questions."""
    return Sheet(
        place,
        place.content,
        evidence_from_json(place.evidence, place.record),
        tuple(place.cards.order_by("source", "source_id")),
        tuple(place.fixes.filter(state="active").order_by("at", "pk")),
        tuple(place.questions.filter(state=Question.State.OPEN).order_by("raised", "pk")),
    )


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a place. ``changes``: path → (before, after)."""

    at: datetime
    act: str
    who: str
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    reason: str = ""


def place_history(place: Place) -> list[Event]:
    """Return what happened to a place, newest first: people's acts, then what lists changed."""
    events = [
        Event(
            entry.at, entry.act, str(entry.actor), _pairs(entry.before, entry.after), entry.reason
        )
        for entry in journal.history(place)
    ]
    cards = set(place.cards.values_list("source", "source_id"))
    rows = ImportRow.objects.filter(source_id__in=[key for _, key in cards]).select_related("batch")
    events += [
        _event_of(row)
        for row in rows.order_by("pk")
        if (row.batch.source, row.source_id) in cards and row.batch.applied
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _pairs(before: Any, after: Any) -> dict[str, tuple[Any, Any]]:
    old, new = (told if isinstance(told, dict) else {} for told in (before, after))
    return {path: (old.get(path), new.get(path)) for path in dict.fromkeys((*old, *new))}


def _event_of(row: ImportRow) -> Event:
    told = (row.before or {}).get("content", {}), (row.after or {}).get("content", {})
    changes = changes_between(*told) if row.before and row.after else {}
    act = f"import.run.{row.action}"
    if row.batch.undone:
        act += ".undone"
    return Event(row.batch.applied, act, str(row.batch), changes)


# -- many places ----------------------------------------------------------------------------------


def records_of(places: QuerySet[Place]) -> Iterator[Record]:
    """Yield the records of places, read in parts: whatever their number, memory stays small."""
    for content in places.order_by("pk").values_list("record", flat=True).iterator(2000):
        yield from_dict(content)


def texts_of(places: QuerySet[Place]) -> Iterator[tuple[str, str]]:
    """Yield the identifier and the JSON text of the records of places, unread, in parts."""
    told = places.order_by("pk").annotate(text=Cast("record", TextField()))
    yield from told.values_list("pk", "text").iterator(2000)


def open_texts(selection: Selection) -> Iterator[tuple[str, str]]:
    """Yield the identifier and the JSON text of the open places of a territory."""
    for territory in selection.territories:
        yield from texts_of(places_in(territory).filter(status=Place.Status.OPEN))


def census_frame(
    *, communes: Collection[str] | None = None, statuses: Iterable[str] = (Place.Status.OPEN,)
) -> pl.DataFrame:
    """Return the table ``places`` of what the census shows, in some communes or everywhere."""
    places = Place.objects.filter(status__in=list(statuses))
    if communes is not None:
        places = places.filter(commune__in=list(communes))
    records = list(records_of(places))
    return frame_of(records) if records else PLACES.empty()


def census_state() -> str:
    """Return a text that differs whenever a place shown to the public changed, came or went."""
    told = Place.objects.aggregate(last=Max("changed"), rows=Count("pk"))
    shown = Place.objects.filter(status=Place.Status.OPEN).count()
    last = told["last"].isoformat() if told["last"] else "-"
    return f"{last} {shown}/{told['rows']}"


def open_questions(territory: Any = None) -> QuerySet[Question]:
    """Return the questions that wait for an answer in a territory, oldest first."""
    return (
        Question.objects.filter(state=Question.State.OPEN, place__in=places_in(territory))
        .select_related("place")
        .order_by("raised", "pk")
    )


def places_in(territory: Any = None) -> QuerySet[Place]:
    """Return the places of a territory, whatever their status (``None``: everywhere)."""
    level, code = key_of(territory)
    if (level, code) == FRANCE:
        return Place.objects.all()
    if level == Level.IRIS:
        level, code = Level.COMMUNE.value, commune_of_iris(code)
    return Place.objects.filter(**{level: code})


# -- before an import -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CardDiff:
    """What a list says otherwise than last time about one row."""

    source_id: str
    name: str
    place: str
    changes: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class ImportDiff:
    """What an import would do, before it does."""

    created: tuple[Record, ...]
    changed: tuple[CardDiff, ...]
    unchanged: int
    gone: tuple[SourceCard, ...]


def import_diff(
    *,
    actor: Any,
    source: str,
    places: Sequence[Record],
    whole: bool = True,
    territory: Any = None,
) -> ImportDiff:
    """Compare a list with what the same list said last time; change nothing.

    A change of date alone is a change (path ``updated``).
    """
    require(actor, "import.run", territory)
    known = {card.source_id: card for card in SourceCard.objects.filter(source=source).order_by()}
    created, changed, unchanged, seen = [], [], 0, set()
    for record in places:
        seen.add(record.id)
        card = known.get(record.id)
        if card is None:
            created.append(record)
            continue
        changes = changes_between(card.content, card_content(record))
        if card.updated != record.updated:
            changes["updated"] = (card.updated, record.updated)
        if changes or not card.present:
            changed.append(CardDiff(record.id, record.name, card.place_id, changes))
        else:
            unchanged += 1
    gone = [c for c in known.values() if whole and c.present and c.source_id not in seen]
    return ImportDiff(tuple(created), tuple(changed), unchanged, tuple(gone))
