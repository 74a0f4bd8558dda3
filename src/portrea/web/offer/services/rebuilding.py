"""From cards and fixes to what places show: the only way ``Place.record`` is ever written."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from portrea.offer.content import changes_between, from_dict
from portrea.offer.layers import Fix as PureFix
from portrea.offer.layers import Layer, Resolved, evidence_to_json, resolve
from portrea.web.offer.bulk import MANY, by_keys, insert_rows, update_many
from portrea.web.offer.columns import NAMES, columns_of
from portrea.web.offer.models import Fix, Place, Question, SourceCard

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

WRITTEN = ("record", "evidence", "edits", "version", "listed", "changed", *NAMES)
Changes = dict[str, tuple[Any, Any]]
_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest_of(content: Mapping[str, Any]) -> str:
    """Return the fingerprint of a card's content."""
    text = _ENCODER.encode(content)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def layer_of(card: SourceCard | Mapping[str, Any]) -> Layer:
    """Return a card, or the columns of one, as the pure room takes it."""
    told = card if isinstance(card, dict) else vars(card)
    return Layer(**{name: told[name] for name in Layer.__slots__})


def resolve_place(
    place_id: str, cards: Collection[SourceCard], fixes: Iterable[Fix] = ()
) -> Resolved:
    """Return what a place shows. Cards gone from their list speak only when no other does."""
    present = [card for card in cards if card.present]
    return resolve(
        [layer_of(card) for card in present or cards],
        [PureFix(f.path, f.value, f.replaced, f.origin, f.at, f.reason, f.state) for f in fixes],
        place_id=place_id,
    )


def place_rebuild(*, places: Iterable[str], now: datetime | None = None) -> dict[str, Changes]:
    """Resolve places again and write what changed; return the changes of those that did.

    A place that shows the same keeps its version: nobody's edit is disturbed.
    """
    now = now or timezone.now()
    changed: dict[str, Changes] = {}
    keys = sorted(set(places))
    with transaction.atomic():
        for start in range(0, len(keys), MANY):
            changed |= _rebuild(keys[start : start + MANY], now)
    return changed


def _rebuild(keys: Sequence[str], now: datetime) -> dict[str, Changes]:
    rows = Place.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    places = {place.pk: place for place in rows}
    cards, fixes = _gathered(SourceCard, keys), _gathered(Fix, keys)
    places = {key: place for key, place in places.items() if cards[key]}
    resolved = {key: resolve_place(key, cards[key], fixes[key]) for key in places}
    found = {
        key: changes_between(place.record, resolved[key].content) for key, place in places.items()
    }
    columns = columns_of([from_dict(resolved[key].content) for key in places])
    touched = []
    for place, flat in zip(places.values(), columns, strict=True):
        flat["listed"] = any(card.present for card in cards[place.pk])
        if write_place(place, resolved[place.pk], flat, found[place.pk], now):
            touched.append(place)
    update_many(touched, WRITTEN)
    sync_questions(resolved, now)
    return {key: changes for key, changes in found.items() if changes}


def _gathered(model: Any, keys: Sequence[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in by_keys(model.objects.order_by("pk"), "place_id", keys):
        found[row.place_id].append(row)
    return found


def write_place(
    place: Place, resolved: Resolved, flat: Mapping[str, Any], changes: Changes, now: datetime
) -> bool:
    """Put on an object what a place shows; tell whether anything differs from before."""
    evidence = evidence_to_json(resolved.evidence)
    after = {"record": resolved.content, "evidence": evidence, **flat}
    before = {name: getattr(place, name) for name in after}
    if changes:
        place.version += 1
        place.edits = {**place.edits, **dict.fromkeys(changes, place.version)}
    for name, value in after.items():
        setattr(place, name, value)
    place.changed = now if before != after else place.changed
    return before != after


def sync_questions(resolved: Mapping[str, Resolved], now: datetime) -> None:
    """Ask what is newly to be asked, follow what changed, close what is no longer a question."""
    asked = {(key, q.path): q for key, r in resolved.items() for q in r.questions}
    queryset = Question.objects.filter(state=Question.State.OPEN).order_by("pk")
    kept = []
    for row in by_keys(queryset, "place_id", resolved):
        question = asked.pop((row.place_id, row.path), None)
        if question is None:
            row.state, row.answered = Question.State.GONE, now
        else:
            row.told, row.fixed = question.told, question.fixed
            row.source, row.date = question.source, question.date
        kept.append(row)
    update_many(kept, ("state", "answered", "told", "fixed", "source", "date"))
    insert_rows(
        Question,
        [
            {
                "place_id": key,
                "path": path,
                "told": question.told,
                "fixed": question.fixed,
                "source": question.source,
                "date": question.date,
                "raised": now,
            }
            for (key, path), question in asked.items()
        ],
    )
