"""Join two places that are one, part them again: cards and fixes go over, addresses follow."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import require
from portrea.web.offer.bulk import by_keys, insert_rows, parts, update_many
from portrea.web.offer.models import Alias, Fix, Merge, Place, SourceCard
from portrea.web.offer.services.places import place_locked
from portrea.web.offer.services.rebuilding import place_rebuild

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

SYSTEM = "system"


def place_merge(
    *,
    actor: Any,
    kept: str,
    absorbed: str,
    evidence: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Merge:
    """Join a place to another: its cards and fixes go over, its address leads to the kept one.

    A fix of the kept place wins over one of the absorbed place on the same field.
    """
    with transaction.atomic():
        places = [place_locked(key) for key in sorted({kept, absorbed})]
        if len({place.pk for place in places}) < 2:
            raise DataError("Ces deux lieux sont déjà le même.")
        for place in places:
            require(actor, "place.merge", place.territory)
        by_id = {place.pk: place for place in places}
        first, second = _keys(by_id, kept, absorbed)
        links = {second: (first, dict(evidence or {}))}
        merge = merge_many(links, origin="person", now=timezone.now())[0]
        journal.record(
            act="place.merge",
            actor=actor,
            target=by_id[first],
            territory=by_id[first].territory,
            after={"absorbed": second, **merge.moved},
            reason=reason,
        )
    return merge


def place_split(*, actor: Any, merge_id: int, reason: str = "") -> Place:
    """Part two places that were joined: each has again its cards, its fixes and its address."""
    with transaction.atomic():
        merge = Merge.objects.select_related("kept", "absorbed").filter(pk=merge_id).first()
        if merge is None or merge.undone is not None:
            raise DataError("Cette fusion est déjà défaite.")
        for place in (merge.kept, merge.absorbed):
            require(actor, "place.merge", place.territory)
        _part([merge], timezone.now())
        journal.record(
            act="place.merge",
            actor=actor,
            target=merge.kept,
            territory=merge.kept.territory,
            before={"absorbed": merge.absorbed_id},
            after={"parted": merge.absorbed_id},
            reason=reason,
        )
    return Place.objects.get(pk=merge.absorbed_id)


def merge_many(
    links: Mapping[str, tuple[str, Mapping[str, Any]]], *, origin: str, now: datetime
) -> list[Merge]:
    """Join many pairs at once: absorbed → (kept, reasons). No chain: a kept place absorbs only.

    Permissions and the journal are the caller's.
    """
    absorbed = sorted(links)
    into = {key: links[key][0] for key in absorbed}
    if set(into) & set(into.values()):
        raise ValueError("A place cannot be kept and absorbed by one call.")
    with transaction.atomic():
        places = {place.pk: place for place in by_keys(Place.objects.all(), "pk", absorbed)}
        moved = {
            key: {"status": place.status, "cards": [], "fixes": [], "aliases": []}
            for key, place in places.items()
        }
        _move(SourceCard, "cards", into, moved)
        _move_fixes(into, moved)
        _move(Alias, "aliases", into, moved)
        insert_rows(Alias, [{"id": key, "place_id": into[key]} for key in absorbed])
        for place in places.values():
            place.status, place.changed = Place.Status.ABSORBED, now
            place.version += 1
        update_many(list(places.values()), ("status", "changed", "version"))
        merges = [
            Merge(
                kept_id=into[key],
                absorbed_id=key,
                evidence=dict(links[key][1]),
                origin=origin,
                at=now,
                moved=moved[key],
            )
            for key in absorbed
        ]
        merges = Merge.objects.bulk_create(merges, batch_size=500)
        place_rebuild(places=set(into.values()), now=now)
    return merges


def part_places(keys: Collection[str], *, now: datetime) -> int:
    """Part every place of a set from those it was joined to; return how many merges are undone."""
    found: dict[int, Merge] = {}
    for some in parts(sorted(keys)):
        wanted = Q(kept__in=some) | Q(absorbed__in=some)
        found |= {m.pk: m for m in Merge.objects.filter(wanted, undone=None).order_by("pk")}
    _part([found[key] for key in sorted(found, reverse=True)], now)
    return len(found)


# -- inside ---------------------------------------------------------------------------------------


def _keys(places: Mapping[str, Place], kept: str, absorbed: str) -> tuple[str, str]:
    """Return the identifiers of two places, whatever former identifiers they were asked by."""
    first, second = (
        key if key in places else Alias.objects.get(pk=key).place_id for key in (kept, absorbed)
    )
    return first, second


def _move(
    model: type[SourceCard] | type[Alias],
    name: str,
    into: Mapping[str, str],
    moved: Mapping[str, dict[str, Any]],
) -> None:
    rows = list(by_keys(model.objects.order_by("pk"), "place_id", into))
    for row in rows:
        moved[row.place_id][name].append(row.pk)
        row.place_id = into[row.place_id]
    update_many(rows, ("place",))


def _move_fixes(into: Mapping[str, str], moved: Mapping[str, dict[str, Any]]) -> None:
    """Move the fixes, but those on a field that the kept place has fixed itself."""
    active = Fix.objects.filter(state=Fix.State.ACTIVE)
    held: dict[str, set[str]] = defaultdict(set)
    for fix in by_keys(active, "place_id", into.values()):
        held[fix.place_id].add(fix.path)
    rows = []
    for fix in by_keys(active.order_by("pk"), "place_id", into):
        target = into[fix.place_id]
        if fix.path not in held[target]:
            moved[fix.place_id]["fixes"].append(fix.pk)
            fix.place_id = target
            rows.append(fix)
    update_many(rows, ("place",))


def _part(merges: Sequence[Merge], now: datetime) -> None:
    """Undo merges, given the newest first; what has left the kept place since stays where it is."""
    keys = [merge.absorbed_id for merge in merges]
    kept = {merge.kept_id for merge in merges}
    roots = dict(by_keys(Alias.objects.values_list("pk", "place_id"), "pk", kept))
    touched = {*keys, *kept, *roots.values()}
    for model, name in ((SourceCard, "cards"), (Fix, "fixes"), (Alias, "aliases")):
        # the oldest merge comes last: what went over twice goes all the way home
        home = {
            key: (roots.get(merge.kept_id, merge.kept_id), merge.absorbed_id)
            for merge in merges
            for key in merge.moved[name]
        }
        _send_home(model, home)
    for some in parts(keys):
        Alias.objects.filter(pk__in=some).delete()
    status = {merge.absorbed_id: merge.moved["status"] for merge in merges}
    places = list(by_keys(Place.objects.all(), "pk", keys))
    for place in places:
        place.status, place.changed = status[place.pk], now
        place.version += 1
    update_many(places, ("status", "changed", "version"))
    for merge in merges:
        merge.undone = now
    update_many(merges, ("undone",))
    place_rebuild(places=touched, now=now)


def _send_home(model: Any, home: Mapping[Any, tuple[str, str]]) -> None:
    rows = [r for r in by_keys(model.objects.all(), "pk", home) if r.place_id == home[r.pk][0]]
    for row in rows:
        row.place_id = home[row.pk][1]
    update_many(rows, ("place",))
