"""What a person does to one place: add it, fix it, take a fix back, close it, hide it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.offer.content import card_content, check_value, field_of, value_at
from portrea.offer.layers import evidence_to_json, tied, with_tied
from portrea.offer.reliability import reliability_of
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import require
from portrea.web.offer.columns import columns_of
from portrea.web.offer.models import Alias, Fix, Place, SourceCard
from portrea.web.offer.services.conflicts import Conflict, EditConflict
from portrea.web.offer.services.rebuilding import (
    digest_of,
    place_rebuild,
    resolve_place,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from portrea.offer.record import Place as Record

TYPED = "saisie"
"""List of the places that a person typed here."""


def place_create(*, actor: Any, record: Record, reason: str = "", origin: str = TYPED) -> Place:
    """Add a place told by a person; ``record.id`` is replaced by Portrea's own.

    Parameters
    ----------
    origin
        List the word belongs to: ``saisie`` by someone who keeps the census, ``contribution``
        when it was proposed by the structure and accepted.
    """
    now = timezone.now()
    key = f"p{secrets.token_hex(8)}"
    content = card_content(record)
    card = SourceCard(
        source=origin,
        source_id=key,
        place_id=key,
        content=content,
        digest=digest_of(content),
        updated=record.updated or timezone.localdate(now),
        reliability=reliability_of(origin),
    )
    told = resolve_place(key, [card])
    place = Place(
        id=key,
        record=told.content,
        evidence=evidence_to_json(told.evidence),
        created=now,
        changed=now,
        **columns_of([told.place])[0],
    )
    require(actor, "place.create", place.territory)
    with transaction.atomic():
        place.save(force_insert=True)
        card.save(force_insert=True)
        journal.record(
            act="place.create",
            actor=actor,
            target=place,
            territory=place.territory,
            after=place.record,
            reason=reason,
        )
    return place


def place_locked(place_id: str) -> Place:
    """Return a place to be changed, held until the end of the transaction.

    A former identifier is answered with the place that answers for it now.

    Raises
    ------
    DataError
        When there is none.
    """
    alias = Alias.objects.filter(pk=place_id).first()
    key = alias.place_id if alias else place_id
    place = Place.objects.select_for_update().filter(pk=key).first()
    if place is None:
        raise DataError(f"Aucun lieu « {place_id} » dans le recensement.")
    return place


def place_fix(
    *,
    actor: Any,
    place_id: str,
    version: int,
    changes: Mapping[str, Any],
    reason: str = "",
    origin: str = "person",
    act: str = "place.edit",
) -> Place:
    """Fix fields of a place, above what lists say. ``None`` empties a field.

    Parameters
    ----------
    version
        ``Place.version`` of the sheet the person saw. Changes made since to other fields are kept
        beside hers.
    changes
        Path → value, JSON form (:data:`portrea.offer.content.FIELDS`).
    act
        Act of the matrix that allows it: ``proposal.decide`` when a proposal is accepted.

    Raises
    ------
    EditConflict
        When one of the same fields was changed since to another value.
    DataError
        When a path or a value is not one.
    """
    wanted = {path: check_value(path, value) for path, value in changes.items()}
    _check_services(wanted)
    now = timezone.now()
    with transaction.atomic():
        place = place_locked(place_id)
        require(actor, act, place.territory, structure=place.pk)
        _refuse_conflicts(place, version, wanted)
        news = {p: v for p, v in wanted.items() if v != value_at(place.record, p)}
        if not news:
            return place
        fixes = list(place.fixes.order_by("pk"))
        unfixed = resolve_place(place.pk, list(place.cards.all()), fixes).unfixed
        before = place.record
        for path, value in with_tied(news, before).items():
            told = value_at(unfixed, path)
            if value == told:
                _withdraw([f for f in fixes if f.path == path], now)
            else:
                Fix.objects.create(
                    place=place,
                    path=path,
                    value=value,
                    replaced=told,
                    origin=origin,
                    at=now,
                    reason=reason[:500],
                )
        return _rebuilt(place, actor, act, reason, now)


def place_withdraw_fix(*, actor: Any, fix_id: int, reason: str = "") -> Place:
    """Take a fix back, with those made with it (hours and their text): what was under it shows."""
    now = timezone.now()
    with transaction.atomic():
        fix = Fix.objects.select_related("place").filter(pk=fix_id).first()
        if fix is None or fix.state != Fix.State.ACTIVE:
            raise DataError("Cette correction n’est plus en vigueur.")
        place = place_locked(fix.place_id)
        require(actor, "place.edit", place.territory, structure=place.pk)
        together = place.fixes.filter(path__in=tied(fix.path), at=fix.at, state=Fix.State.ACTIVE)
        _withdraw(together, now)
        return _rebuilt(place, actor, "place.edit", reason, now)


def place_close(*, actor: Any, place_id: str, on: date, reason: str = "") -> Place:
    """Say that a place closed for good: the public sees « fermé », nothing is erased."""
    return _status(actor, place_id, Place.Status.CLOSED, reason, on)


def place_reopen(*, actor: Any, place_id: str, reason: str = "") -> Place:
    """Show again a place that was closed or hidden."""
    return _status(actor, place_id, Place.Status.OPEN, reason, None)


def place_hide(*, actor: Any, place_id: str, reason: str) -> Place:
    """Stop showing a place that should never have been shown; a reason is asked."""
    if not reason.strip():
        raise DataError("Dites pourquoi ce lieu est masqué.")
    return _status(actor, place_id, Place.Status.HIDDEN, reason, None)


# -- inside ---------------------------------------------------------------------------------------


def _check_services(wanted: Mapping[str, Any]) -> None:
    for path, value in wanted.items():
        if field_of(path).kind == "service" and value and value["key"] != path.split(".")[1]:
            raise DataError(f"Le service « {value['key']} » ne va pas au champ « {path} ».")
    if wanted.get("name", "") is None:
        raise DataError("Un lieu a un nom : il ne peut pas être vidé.")


def _refuse_conflicts(place: Place, version: int, wanted: Mapping[str, Any]) -> None:
    """Compare what is wanted with what changed since the version that the person saw."""
    if place.status == Place.Status.ABSORBED:
        raise DataError("Ce lieu a été réuni à un autre : corrigez celui qui est gardé.")
    if version > place.version:
        raise DataError(f"La version {version} de cette fiche n’existe pas encore.")
    since = [path for path, changed in place.edits.items() if changed > version]
    both = tuple(
        Conflict(path, value_at(place.record, path), value)
        for path, value in wanted.items()
        if any(_overlap(path, other) for other in since) and value_at(place.record, path) != value
    )
    if both:
        raise EditConflict(place, both, dict(wanted))


def _overlap(path: str, other: str) -> bool:
    """Whether two paths touch: the same, together, or a service and one of its fields."""
    return other in tied(path) or path.startswith(f"{other}.") or other.startswith(f"{path}.")


def _withdraw(fixes: Any, now: Any) -> None:
    for fix in fixes:
        if fix.state == Fix.State.ACTIVE:
            fix.state, fix.withdrawn = Fix.State.WITHDRAWN, now
            fix.save(update_fields=["state", "withdrawn"])


def _rebuilt(place: Place, actor: Any, act: str, reason: str, now: Any) -> Place:
    """Resolve a place again, refuse a record that is none, and write the journal."""
    changes = place_rebuild(places=[place.pk], now=now).get(place.pk, {})
    place = Place.objects.get(pk=place.pk)
    journal.record(
        act=act,
        actor=actor,
        target=place,
        territory=place.territory,
        before={path: pair[0] for path, pair in changes.items()},
        after={path: pair[1] for path, pair in changes.items()},
        reason=reason,
    )
    return place


def _status(actor: Any, place_id: str, status: Place.Status, reason: str, on: date | None) -> Place:
    with transaction.atomic():
        place = place_locked(place_id)
        require(actor, "place.remove", place.territory)
        if place.status == Place.Status.ABSORBED:
            raise DataError("Ce lieu a été réuni à un autre : agissez sur celui qui est gardé.")
        before = {"status": place.status, "closed_on": _iso(place.closed_on)}
        place.status, place.closed_on, place.changed = status, on, timezone.now()
        place.version += 1
        place.save(update_fields=["status", "closed_on", "changed", "version"])
        journal.record(
            act="place.remove",
            actor=actor,
            target=place,
            territory=place.territory,
            before=before,
            after={"status": place.status, "closed_on": _iso(on)},
            reason=reason,
        )
    return place


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
