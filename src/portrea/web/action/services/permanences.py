"""A permanence on appointment: opened, its hours and closings written, closed, in the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import key_of
from portrea.web.action.models import Closing, Opening, Permanence
from portrea.web.action.services.words import kept

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ACT = "appointment.run"
GONE = "Cette permanence n’existe plus."
LONGEST = 2_000
WORDS = ("title", "about", "bring")
"""Fields in free words, where nobody is named; an address is that of a place open to all."""


@act(ACT)
@transaction.atomic
def permanence_open(*, actor: Any, territory: Any, structure: str = "", **told: Any) -> Permanence:
    """Open a permanence, without any hour yet; ``told`` are fields of a permanence."""
    level, code = key_of(territory)
    require(actor, ACT, (level, code), structure=structure)
    made = Permanence.objects.create(
        level=level, code=code, structure=structure, by=Actor.of(actor).user, **_scrubbed(told)
    )
    _write(actor, made, {"permanence": made.title})
    return made


@act(ACT)
@transaction.atomic
def permanence_change(*, actor: Any, key: str, told: Mapping[str, Any]) -> Permanence:
    """Change fields of a permanence; the appointments taken stay as they are."""
    found = permanence_to_run(actor, key)
    for name, value in _scrubbed(told).items():
        setattr(found, name, value)
    found.save(update_fields=list(told))
    _write(actor, found, {name: str(getattr(found, name)) for name in told})
    return found


@act(ACT)
@transaction.atomic
def hours_save(*, actor: Any, key: str, hours: Sequence[Mapping[str, Any]]) -> Permanence:
    """Replace the hours; the appointments taken stay as they are, even outside."""
    found = permanence_to_run(actor, key)
    found.openings.all().delete()
    Opening.objects.bulk_create(Opening(permanence=found, **one) for one in hours)
    _write(actor, found, {"ouvertures": len(hours)})
    return found


@act(ACT)
@transaction.atomic
def closings_save(*, actor: Any, key: str, closings: Sequence[Mapping[str, Any]]) -> Permanence:
    """Replace the closings; the appointments taken stay as they are, even then."""
    found = permanence_to_run(actor, key)
    found.closings.all().delete()
    Closing.objects.bulk_create(
        Closing(permanence=found, first=one["first"], last=one["last"], why=kept(one["why"], 120))
        for one in closings
    )
    _write(actor, found, {"fermetures": len(closings)})
    return found


@act(ACT)
@transaction.atomic
def permanence_close(*, actor: Any, key: str, closed: bool) -> Permanence:
    """Take no more appointments, or take them again; those taken stay."""
    found = permanence_to_run(actor, key)
    found.closed = today_in(found.territory) if closed else None
    found.save(update_fields=["closed"])
    _write(actor, found, {"fermée": closed})
    return found


def permanence_to_run(actor: Any, key: str) -> Permanence:
    """Return a permanence that somebody runs, locked until the end of the transaction."""
    found = Permanence.objects.select_for_update().filter(key=key).first()
    if found is None:
        raise DataError(GONE)
    require(actor, ACT, found.territory, structure=found.structure)
    return found


def _scrubbed(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: kept(value, Permanence._meta.get_field(name).max_length or LONGEST)
        if name in WORDS
        else value
        for name, value in told.items()
    }


def _write(actor: Any, permanence: Permanence, after: dict[str, Any]) -> None:
    journal.record(
        act=ACT, actor=actor, target=permanence, territory=permanence.territory, after=after
    )
