"""Undo a whole import: every card as it was, every place resolved again from what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import require
from portrea.web.offer.bulk import by_keys, parts, update_many
from portrea.web.offer.models import (
    Alias,
    ImportBatch,
    ImportRow,
    Merge,
    Place,
    Question,
    SourceCard,
)
from portrea.web.offer.services.imports import KEPT, batch_locked
from portrea.web.offer.services.merges import part_places
from portrea.web.offer.services.rebuilding import place_rebuild

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime


def import_undo(*, actor: Any, batch: ImportBatch, reason: str = "") -> ImportBatch:
    """Put every card back as it was before an import; people's fixes stay.

    A place that the import made goes with it, unless a person touched it since: it is then hidden.

    Raises
    ------
    DataError
        When a later import changed the same rows: it must be undone first.
    """
    require(actor, "import.undo", batch.territory)
    now = timezone.now()
    with transaction.atomic():
        batch = batch_locked(batch, ImportBatch.State.APPLIED)
        rows = list(batch.rows.exclude(source_id="").order_by("pk"))
        cards = _cards_of(batch, rows)
        _refuse_overtaken(batch, cards)
        made = {row.place for row in rows if row.made}
        part_places(made, now=now)
        cards = _cards_of(batch, rows)
        touched = _put_back(rows, cards)
        touched |= {cards[row.source_id].place_id for row in rows if row.action == "created"}
        left = _remove_created(rows, cards, made, now)
        place_rebuild(places=touched, now=now)
        batch.state, batch.undone = ImportBatch.State.UNDONE, now
        batch.counts = {**batch.counts, "hidden": left}
        batch.save()
        journal.record(
            act="import.undo",
            actor=actor,
            target=batch,
            territory=batch.territory,
            after={"source": batch.source, "hidden": left},
            reason=reason,
        )
    return batch


def _cards_of(batch: ImportBatch, rows: Sequence[ImportRow]) -> dict[str, SourceCard]:
    found = SourceCard.objects.filter(source=batch.source)
    return {c.source_id: c for c in by_keys(found, "source_id", (r.source_id for r in rows))}


def _refuse_overtaken(batch: ImportBatch, cards: Mapping[str, SourceCard]) -> None:
    later = sorted({card.batch_id for card in cards.values() if card.batch_id != batch.pk})
    if later:
        numbers = ", ".join(f"n° {number}" for number in later)
        raise DataError(
            f"L’import n° {batch.pk} ne peut pas être défait :"
            f" un import plus récent a changé les mêmes fiches ({numbers}).",
            remedy="Défaites d’abord le plus récent.",
        )


def _put_back(rows: Sequence[ImportRow], cards: Mapping[str, SourceCard]) -> set[str]:
    back = []
    for row in rows:
        if row.before is None:
            continue
        card = cards[row.source_id]
        for name in KEPT:
            field = SourceCard._meta.get_field(name)
            setattr(
                card,
                name,
                row.before[name] if name == "content" else field.to_python(row.before[name]),
            )
        back.append(card)
    update_many(back, KEPT)
    return {card.place_id for card in back}


def _remove_created(
    rows: Sequence[ImportRow], cards: Mapping[str, SourceCard], made: set[str], now: datetime
) -> int:
    """Delete the cards an import created and the places nobody else tells; return how many stay.

    A made place that a person touched keeps its card, as gone from its list, and is hidden.
    """
    created = [cards[row.source_id] for row in rows if row.action == ImportRow.Action.CREATED]
    fixed = _touched(made)
    kept = [card for card in created if card.place_id in fixed]
    for card in kept:
        card.present = False
    update_many(kept, ("present",))
    gone = [card for card in created if card.place_id not in fixed]
    for some in parts([card.pk for card in gone]):
        SourceCard.objects.filter(pk__in=some).delete()
    for some in parts(sorted(made - fixed)):
        Place.objects.filter(pk__in=some, cards__isnull=True).delete()
    for some in parts(sorted(made & fixed)):
        Place.objects.filter(pk__in=some).exclude(cards__present=True).update(
            status=Place.Status.HIDDEN, changed=now
        )
    return len(made & fixed)


def _touched(keys: Collection[str]) -> set[str]:
    """Return the places that anything else than lists and joins points to: fixes, links, asks."""
    found: set[str] = set()
    for relation in Place._meta.related_objects:
        if relation.related_model not in (SourceCard, Merge, Alias, Question):
            name = relation.field.attname
            rows = relation.related_model._default_manager.exclude(**{name: None}).order_by()
            found |= set(by_keys(rows.values_list(name, flat=True), name, keys))
    return found
