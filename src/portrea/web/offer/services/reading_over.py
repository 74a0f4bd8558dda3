"""A person's word on what imports guessed: where a place is, when it opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.offer.content import value_at
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import require
from portrea.web.offer.models import Fix, Place
from portrea.web.offer.services.places import place_fix, place_locked
from portrea.web.offer.services.rebuilding import place_rebuild, resolve_place

if TYPE_CHECKING:
    from collections.abc import Mapping

ACT = "place.edit"


@dataclass(frozen=True, slots=True)
class Point:
    """Where a place is, in degrees, and how it is known: declared, address or street."""

    latitude: float
    longitude: float
    position: str = "declared"


def place_locate(*, actor: Any, place_id: str, version: int, point: Point | None) -> Place:
    """Put a place on the map; without a point, say that the centre of its commune is enough.

    A newer position told by a list will be a question, not a silent change.
    """
    if point is None:
        paths = ("longitude", "latitude", "position")
        return _held(actor, place_id, version, _Word(paths, {}, always="position"))
    changes = {
        "latitude": point.latitude, "longitude": point.longitude, "position": point.position,
    }  # fmt: skip
    return place_fix(
        actor=actor,
        place_id=place_id,
        version=version,
        changes=changes,
        reason="situé sur la carte",
    )


def hours_confirm(*, actor: Any, place_id: str, version: int, key: str = "") -> Place:
    """Say that the hours understood are those that the text tells; the text is kept.

    Parameters
    ----------
    key
        Empty for the place; ``service:rank`` for a presence of one of its services.
    """
    if key:
        return _presence(actor, place_id, version, key, {"hours_confirmed": True})
    paths = ("hours", "hours_text", "hours_confirmed")
    return _held(actor, place_id, version, _Word(paths, {"hours_confirmed": True}))


def hours_correct(
    *, actor: Any, place_id: str, version: int, hours: str | None, key: str = ""
) -> Place:
    """Write the hours that a person read; ``None`` keeps the text alone: no hours can tell it."""
    if key:
        told: dict[str, Any] = {"hours": hours, "hours_confirmed": True if hours else None}
        return _presence(actor, place_id, version, key, told)
    if hours is None:
        paths = ("hours", "hours_text")
        return _held(actor, place_id, version, _Word(paths, {"hours": None}))
    return place_fix(
        actor=actor, place_id=place_id, version=version, changes={"hours": hours},
        reason="horaires relus",
    )  # fmt: skip


# -- inside ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Word:
    """Fields read over together, those of them that change, and one to hold even when empty."""

    paths: tuple[str, ...]
    changes: Mapping[str, Any]
    always: str = ""

    def of(self, place: Place) -> dict[str, Any]:
        """Return the values to hold."""
        told = {p: self.changes.get(p, value_at(place.record, p)) for p in self.paths}
        held = {*self.changes, self.always}
        return {path: value for path, value in told.items() if value is not None or path in held}


def _held(actor: Any, place_id: str, version: int, word: _Word) -> Place:
    """Make what is shown a person's word, even where it changes nothing: she read it over."""
    now = timezone.now()
    with transaction.atomic():
        place = place_locked(place_id)
        require(actor, ACT, place.territory, structure=place.pk)
        if place.version != version:
            raise DataError("Cette fiche vient de changer.", remedy="Relisez-la, puis recommencez.")
        fixes = list(place.fixes.order_by("pk"))
        unfixed = resolve_place(place.pk, list(place.cards.all()), fixes).unfixed
        for path, value in word.of(place).items():
            Fix.objects.create(
                place=place, path=path, value=value, replaced=value_at(unfixed, path), at=now,
                reason="relu",
            )  # fmt: skip
        done = place_rebuild(places=[place.pk], now=now).get(place.pk, {})
        journal.record(
            act=ACT, actor=actor, target=place, territory=place.territory,
            before={path: pair[0] for path, pair in done.items()},
            after={path: pair[1] for path, pair in done.items()}, reason="relu",
        )  # fmt: skip
    return Place.objects.get(pk=place.pk)


def _presence(
    actor: Any, place_id: str, version: int, key: str, changes: Mapping[str, Any]
) -> Place:
    service, _sep, rank = key.partition(":")
    path = f"services.{service}.presences"
    place = Place.objects.filter(pk=place_id).first()
    told = value_at(place.record, path) if place else None
    if not told or not rank.isdigit() or int(rank) >= len(told):
        raise DataError("Cette présence n’est plus sur la fiche.", remedy="Rechargez la page.")
    news = [dict(one) for one in told]
    news[int(rank)] |= changes
    kept = [{name: v for name, v in one.items() if v is not None} for one in news]
    return place_fix(
        actor=actor, place_id=place_id, version=version, changes={path: kept},
        reason="horaires relus",
    )  # fmt: skip
