"""A workshop before its day: opened with ready lists, changed, moved, cancelled, its contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from portrea.action import preparing
from portrea.base.errors import DataError
from portrea.surveys.days import working_date
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import key_of
from portrea.web.action.clock import instants, when, zone_at
from portrea.web.action.models import Contact, Series, Workshop
from portrea.web.action.services import calling
from portrea.web.action.services.joining import waiting_called
from portrea.web.action.services.words import kept

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

GONE = "Cet atelier n’existe plus."
LONGEST = 2_000
WORDS = {"title": 160, "about": LONGEST, "turn": 80, "training": 80, "standing": 16}
"""Words of a workshop that are read before they are kept → how many signs."""
ANNOUNCED = ("starts", "ends", "place_name", "address", "commune", "title", "state")
"""What a calendar must follow."""
TOLD = ("starts", "ends", "place_name", "address", "commune")
"""What those who registered are told of, if they asked for a reminder."""
HELD = "Cet atelier a été tenu : ses dates et son équipe ne changent plus."


@act("workshop.run")
@transaction.atomic
def workshop_open(
    *,
    actor: Any,
    territory: Any,
    told: Mapping[str, Any],
    structure: str = "",
    series: Series | None = None,
) -> Workshop:
    """Open a workshop with the contacts and the equipment that its format usually needs.

    ``told`` are ``day``, ``starts``, ``ends`` on the clocks of the place, and other columns.
    """
    level, code = key_of(territory)
    require(actor, "workshop.run", (level, code), structure=structure)
    made = Workshop(
        level=level, code=code, structure=structure, series=series, by=Actor.of(actor).user
    )
    _fill(made, told)
    made.equipment = [
        {"what": one.what, "number": one.number, "ready": False, "only": one.only}
        for one in preparing.things(made.format)
    ]
    made.save()
    day = when(made.starts, made.ends, zone_at(made, made.commune)).day
    Contact.objects.bulk_create(
        Contact(workshop=made, who=one.who, why=one.why, due=working_date(day, -one.days))
        for one in preparing.contacts(made.format)
    )
    write(actor, made, {"titre": made.title, "jour": day.isoformat()})
    return made


@act("workshop.run")
@transaction.atomic
def workshop_change(*, actor: Any, key: str, told: Mapping[str, Any]) -> Workshop:
    """Change a workshop; what is due before it and the shifts move with its hours."""
    workshop = planned(workshop_to_run(actor, key))
    before = {name: getattr(workshop, name) for name in ANNOUNCED}
    _fill(workshop, told)
    follow(workshop, before["starts"])
    _announced(workshop, before)
    write(actor, workshop, {"changé": sorted(told)})
    return workshop


@act("workshop.run")
@transaction.atomic
def workshop_cancel(*, actor: Any, key: str, cancelled: bool = True) -> Workshop:
    """Cancel a workshop that is not held yet, or plan it again; calendars are told."""
    workshop = workshop_to_run(actor, key)
    if workshop.state == Workshop.State.HELD:
        raise DataError(HELD, remedy="Rouvrez son bilan d’abord.")
    wanted = Workshop.State.CANCELLED if cancelled else Workshop.State.PLANNED
    if workshop.state != wanted:
        workshop.state = wanted
        workshop.sequence += 1
        workshop.save(update_fields=["state", "sequence"])
        if cancelled:
            calling.called_off(workshop)
        write(actor, workshop, {"état": wanted.value})
    return workshop


@act("workshop.run")
@transaction.atomic
def equipment_save(*, actor: Any, key: str, rows: Sequence[Mapping[str, Any]]) -> Workshop:
    """Replace the list of equipment: what, how many, ready or not, one lot only or not."""
    workshop = planned(workshop_to_run(actor, key))
    workshop.equipment = [
        {
            "what": kept(str(one["what"]), 80),
            "number": int(one.get("number") or 1),
            "ready": bool(one.get("ready")),
            "only": bool(one.get("only")),
        }
        for one in rows
    ]
    workshop.save(update_fields=["equipment"])
    write(actor, workshop, {"matériel": len(workshop.equipment)})
    return workshop


@act("workshop.run")
@transaction.atomic
def contacts_save(*, actor: Any, key: str, rows: Sequence[Mapping[str, Any]]) -> Workshop:
    """Replace the contacts to make: who and why (a function, never a name), state, day, note."""
    workshop = workshop_to_run(actor, key)
    workshop.contacts.all().delete()
    Contact.objects.bulk_create(
        Contact(
            workshop=workshop,
            who=kept(str(one["who"]), 120),
            why=kept(str(one.get("why") or ""), 160),
            state=one.get("state") or Contact.State.TODO,
            due=one.get("due"),
            note=kept(str(one.get("note") or ""), 400),
        )
        for one in rows
    )
    write(actor, workshop, {"contacts": len(rows)})
    return workshop


def workshop_to_run(actor: Any, key: str) -> Workshop:
    """Return a workshop that someone may run, locked until the end of the transaction."""
    workshop = Workshop.objects.select_for_update().filter(key=key).first()
    if workshop is None:
        raise DataError(GONE, remedy="Revenez à la liste.")
    require(actor, "workshop.run", workshop.territory, structure=workshop.structure)
    return workshop


def planned(workshop: Workshop) -> Workshop:
    """Return a workshop that may still change; refuse one that was held."""
    if workshop.state == Workshop.State.HELD:
        raise DataError(HELD, remedy="Rouvrez son bilan d’abord.")
    return workshop


def move(workshop: Workshop, day: date, told: Mapping[str, Any] | None = None) -> None:
    """Move a workshop to a day, at other hours when ``told`` says so; all that hangs on it too."""
    now = when(workshop.starts, workshop.ends, zone_at(workshop, workshop.commune))
    before = {name: getattr(workshop, name) for name in ANNOUNCED}
    _fill(workshop, {"day": day, "starts": now.starts, "ends": now.ends} | dict(told or {}))
    follow(workshop, before["starts"])
    _announced(workshop, before)


def follow(workshop: Workshop, former: Any) -> None:
    """Move the shifts, and the contacts still to make, as the beginning moved."""
    moved = workshop.starts - former
    if not moved:
        return
    zone = zone_at(workshop, workshop.commune)
    days = workshop.starts.astimezone(zone).date() - former.astimezone(zone).date()
    for shift in workshop.shifts.all():
        shift.starts, shift.ends = shift.starts + moved, shift.ends + moved
        shift.save(update_fields=["starts", "ends"])
    for contact in workshop.contacts.filter(state=Contact.State.TODO, due__isnull=False):
        contact.due += days
        contact.save(update_fields=["due"])


def _fill(workshop: Workshop, told: Mapping[str, Any]) -> None:
    """Put what is told in a workshop; hours are those of the clocks of its place."""
    columns = {name: value for name, value in told.items() if name not in {"day", "starts", "ends"}}
    for name, value in columns.items():
        setattr(workshop, name, kept(str(value), WORDS[name]) if name in WORDS else value)
    if "day" in told:
        zone = zone_at(workshop, workshop.commune)
        workshop.starts, workshop.ends = instants(told["day"], told["starts"], told["ends"], zone)


def _announced(workshop: Workshop, before: Mapping[str, Any]) -> None:
    """Save a workshop that changed: calendars follow, who registered is told, who waits served."""
    changed = {name for name, value in before.items() if getattr(workshop, name) != value}
    workshop.sequence += bool(changed)
    workshop.save()
    if changed.intersection(TOLD):
        calling.moved(workshop)
    waiting_called(workshop)


def write(actor: Any, workshop: Workshop, after: dict[str, Any]) -> None:
    """Write what was done of a workshop in the journal."""
    journal.record(
        act="workshop.run", actor=actor, target=workshop, territory=workshop.territory, after=after
    )
