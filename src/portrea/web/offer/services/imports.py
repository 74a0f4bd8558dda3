"""Apply a list to the census in one transaction; ``undoing`` takes it back whole.

A row of a list is a card. A new card makes a place (or joins the one it is told to join), a card
that changed makes its place be resolved again, a card that left a whole list stays but no longer
speaks when another does. Every change keeps what was there before.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.base.progress import silent
from portrea.offer.content import card_content
from portrea.offer.importing.own import is_own
from portrea.offer.layers import resolve_alone
from portrea.offer.reliability import reliability_of
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import Actor, require
from portrea.web.offer.bulk import by_keys, insert_rows, parts, update_many
from portrea.web.offer.columns import columns_of
from portrea.web.offer.models import (
    Alias,
    ImportBatch,
    ImportRow,
    Place,
    SourceCard,
)
from portrea.web.offer.services.rebuilding import (
    digest_of,
    layer_of,
    place_rebuild,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from django.db.models import QuerySet

    from portrea.base.progress import Progress
    from portrea.offer.record import Place as Record

KEPT = ("content", "digest", "updated", "told", "reliability", "present", "batch_id")
"""What is kept of a card before an import changes it."""
AT_ONCE = 20_000
"""Places whose columns are computed together."""


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A row that did not become a place: its number, why, what was received."""

    row: int | None
    reasons: tuple[str, ...]
    received: Mapping[str, Any] = field(default_factory=dict)
    left: bool = False
    """Left aside by a rule of the profile, not refused."""


@dataclass(slots=True)
class _Plan:
    """What an import is about to change."""

    created: list[dict[str, Any]] = field(default_factory=list)
    """New cards, by name of column."""
    records: list[Record] = field(default_factory=list)
    """Records of the new cards, in their order."""
    joined: set[str] = field(default_factory=set)
    changed: list[tuple[SourceCard, dict[str, Any]]] = field(default_factory=list)
    gone: list[tuple[SourceCard, dict[str, Any]]] = field(default_factory=list)
    unchanged: int = 0


def place_id_of(source: str, source_id: str, *, own: bool = False) -> str:
    """Return the identifier of the place that a card makes: the same on every machine.

    ``own``: a row of one of our exports, which keeps its identifier.
    """
    if own and is_own(source_id):
        return source_id
    digest = hashlib.sha256(f"{source}\n{source_id}".encode()).digest()
    return f"p{base64.b32encode(digest[:10])[:12].decode().lower()}"


def import_receive(*, actor: Any, source: str, **card: Any) -> ImportBatch:
    """Note that a list was received. Nothing of the census changes.

    Parameters
    ----------
    source
        Name of the list: the same for each of its versions.
    card
        ``title``, ``file_name``, ``sha256``, ``profile``, ``level``, ``code``, ``whole`` and
        ``report``.
    """
    batch = ImportBatch(source=source, by=Actor.of(actor).user, **card)
    require(actor, "import.run", batch.territory)
    batch.save()
    return batch


def import_apply(
    *,
    actor: Any,
    batch: ImportBatch,
    places: Sequence[Record],
    rows: Mapping[str, int] | None = None,
    not_taken: Sequence[NotTaken] = (),
    attach: Mapping[str, str] | None = None,
    own: bool = False,
    today: date | None = None,
    progress: Progress = silent,
) -> ImportBatch:
    """Put a list in the census: all of it, or nothing if anything stops it on the way.

    Parameters
    ----------
    places
        Records whose ``id`` is the row's identifier in the list, each once.
    rows
        Identifier → number of the line in the file.
    attach
        Identifier → place that a new row is known to be, in place of making one.
    own
        Whether the list is one of our exports: its rows name places by our identifiers.
    today
        Day when the list is learned (its own date wins where it has one).
    """
    require(actor, "import.run", batch.territory)
    now = timezone.now()
    with transaction.atomic():
        batch = batch_locked(batch, ImportBatch.State.RECEIVED)
        progress(0.0, "comparaison avec le recensement")
        plan = _plan(batch, places, attach or {}, today or timezone.localdate(now), own=own)
        _show_again(plan, now)
        progress(0.2, "nouveaux lieux")
        made = _create_places(plan, now)
        insert_rows(SourceCard, plan.created)
        update_many([card for card, _ in (*plan.changed, *plan.gone)], KEPT)
        progress(0.6, "lieux changés")
        touched = {card.place_id for card, _ in (*plan.changed, *plan.gone)} | plan.joined
        place_rebuild(places=touched, now=now)
        progress(0.8, "journal de l’import")
        _write_rows(batch, plan, made, rows or {}, not_taken)
        batch.counts = _counts(plan, made, not_taken)
        batch.state, batch.applied = ImportBatch.State.APPLIED, now
        batch.save()
        journal.record(
            act="import.run",
            actor=actor,
            target=batch,
            territory=batch.territory,
            after={"source": batch.source, **batch.counts},
        )
    progress(1.0, "import appliqué")
    return batch


def batch_locked(batch: ImportBatch, state: ImportBatch.State) -> ImportBatch:
    """Return an import held until the end of the transaction, if it stands where it should."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != state:
        raise DataError(
            f"L’import n° {batch.pk} est {batch.get_state_display()} :"
            f" il devrait être {state.label}.",
            remedy="Rechargez la page pour voir où il en est.",
        )
    return batch


# -- what changes ---------------------------------------------------------------------------------


def _plan(
    batch: ImportBatch,
    places: Sequence[Record],
    attach: Mapping[str, str],
    today: date,
    *,
    own: bool,
) -> _Plan:
    """Compare a list with its cards of last time."""
    known = {
        card.source_id: card for card in SourceCard.objects.filter(source=batch.source).order_by()
    }
    plan, seen = _Plan(), set()
    for record in places:
        if record.id in seen:
            raise DataError(f"L’identifiant « {record.id} » est deux fois dans la liste.")
        seen.add(record.id)
        card = known.get(record.id)
        if card is None:
            place_id = place_id_of(batch.source, record.id, own=own)
            plan.created.append(_new_card(batch, record, today, place_id))
            plan.records.append(record)
            continue
        before = state_of(card)
        if _tell(card, record, today):
            card.batch_id = batch.pk
            plan.changed.append((card, before))
        else:
            plan.unchanged += 1
    if batch.whole:
        for card in known.values():
            if card.present and card.source_id not in seen:
                before = state_of(card)
                card.present, card.batch_id = False, batch.pk
                plan.gone.append((card, before))
    _join(plan, attach)
    return plan


def _new_card(batch: ImportBatch, record: Record, today: date, place_id: str) -> dict[str, Any]:
    content = card_content(record)
    return {
        "source": batch.source,
        "source_id": record.id,
        "place_id": place_id,
        "content": content,
        "digest": digest_of(content),
        "updated": record.updated,
        "told": None if record.updated else today,
        "reliability": reliability_of(batch.source),
        "batch_id": batch.pk,
    }


def _tell(card: SourceCard, record: Record, today: date) -> bool:
    """Give a card its new word; tell whether there is one."""
    content = card_content(record)
    digest = digest_of(content)
    same = card.digest == digest
    if same and card.updated == record.updated and card.present:
        return False
    newer = record.updated and (card.updated is None or record.updated > card.updated)
    if not same and not newer:
        card.told = today
    card.content, card.digest, card.updated, card.present = content, digest, record.updated, True
    card.reliability = reliability_of(card.source)
    return True


def _join(plan: _Plan, attach: Mapping[str, str]) -> None:
    """Lead new cards to the places that exist: those told, and those a card made in the past."""
    for card in plan.created:
        card["place_id"] = attach.get(card["source_id"], card["place_id"])
    wanted = {card["place_id"] for card in plan.created}
    aliases = dict(_known(Alias.objects.values_list("pk", "place_id"), wanted))
    for card in plan.created:
        card["place_id"] = aliases.get(card["place_id"], card["place_id"])
    wanted = {card["place_id"] for card in plan.created}
    plan.joined = {key for (key,) in _known(Place.objects.values_list("pk"), wanted)}
    told = {attach[c["source_id"]] for c in plan.created if c["source_id"] in attach}
    missing = sorted(told - plan.joined - set(aliases))
    if missing:
        raise DataError(f"Ce lieu n’existe pas dans le recensement : {missing[0]}.")


def _known(rows: QuerySet[Any], wanted: set[str]) -> Iterable[tuple[Any, ...]]:
    """Return the rows of which the first column is wanted; many are sooner read than asked for."""
    if len(wanted) < AT_ONCE:
        return by_keys(rows.order_by(), "pk", wanted)
    return (row for row in rows.order_by() if row[0] in wanted)


def state_of(card: SourceCard) -> dict[str, Any]:
    """Return a card's state as JSON, so that an undo puts it back."""
    state = {name: getattr(card, name) for name in KEPT}
    days = {name: state[name].isoformat() for name in ("updated", "told") if state[name]}
    return state | days


def _show_again(plan: _Plan, now: datetime) -> None:
    """Show the places that only the undoing of an import had hidden."""
    undone = ImportBatch.State.UNDONE
    numbers = {before["batch_id"] for _, before in plan.changed if not before["present"]}
    hid = set(ImportBatch.objects.filter(pk__in=numbers, state=undone).values_list("pk", flat=True))
    keys = [c.place_id for c, before in plan.changed if before["batch_id"] in hid]
    for some in parts(keys):
        Place.objects.filter(pk__in=some, status=Place.Status.HIDDEN).update(
            status=Place.Status.OPEN, changed=now
        )


def _create_places(plan: _Plan, now: datetime) -> set[str]:
    """Create the places of new cards; return their identifiers."""
    pairs = zip(plan.created, plan.records, strict=True)
    alone = [(card, record) for card, record in pairs if card["place_id"] not in plan.joined]
    for some in parts(alone, AT_ONCE):
        rows = []
        columns = columns_of(
            [
                record if record.source else replace(record, source=card["source"])
                for card, record in some
            ]
        )
        for (card, _), flat in zip(some, columns, strict=True):
            content, evidence = resolve_alone(layer_of(card), place_id=card["place_id"])
            rows.append(
                {
                    "id": card["place_id"],
                    "record": content,
                    "evidence": evidence,
                    "created": now,
                    "changed": now,
                    **flat,
                }
            )
        insert_rows(Place, rows)
    return {card["place_id"] for card, _ in alone}


def _write_rows(
    batch: ImportBatch,
    plan: _Plan,
    made: set[str],
    rows: Mapping[str, int],
    not_taken: Sequence[NotTaken],
) -> None:
    action = ImportRow.Action
    written = [
        {
            "row": rows.get(card["source_id"]),
            "action": action.CREATED,
            "source_id": card["source_id"],
            "place": card["place_id"],
            "made": card["place_id"] in made,
        }
        for card in plan.created
    ]
    for kind, pairs in ((action.UPDATED, plan.changed), (action.GONE, plan.gone)):
        written += [
            {
                "row": rows.get(card.source_id),
                "action": kind,
                "source_id": card.source_id,
                "place": card.place_id,
                "before": before,
                "after": state_of(card),
            }
            for card, before in pairs
        ]
    written += [
        {
            "row": row.row,
            "action": action.LEFT if row.left else action.REFUSED,
            "before": dict(row.received),
            "reasons": list(row.reasons),
        }
        for row in not_taken
    ]
    insert_rows(ImportRow, [{"batch_id": batch.pk, **row} for row in written])


def _counts(plan: _Plan, made: set[str], not_taken: Sequence[NotTaken]) -> dict[str, int]:
    fates = Counter("left" if row.left else "refused" for row in not_taken)
    return {
        "created": len(plan.created),
        "places": len(made),
        "updated": len(plan.changed),
        "unchanged": plan.unchanged,
        "gone": len(plan.gone),
        "refused": fates["refused"],
        "left": fates["left"],
    }
