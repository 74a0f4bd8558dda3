"""What was done to help, written, corrected, removed: no identity, one row by help given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import IntegrityError, transaction

from portrea.action.activity import faults, with_unknown
from portrea.base.errors import DataError, Diagnostic
from portrea.web.accounts import journal
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import contains, key_of
from portrea.web.accounts.structures import structure as structure_named
from portrea.web.action.models import Record
from portrea.web.action.models.activities import Channel
from portrea.web.action.records import columns_of
from portrea.web.action.services.words import kept

if TYPE_CHECKING:
    from uuid import UUID

    from portrea.action.activity import Activity
    from portrea.web.accounts.scope import Key
    from portrea.web.action.models import Procedure, Workshop

LONGEST_WORDS = 160
MOST_WORDS = 30
GONE = "Ce compte rendu n’existe plus."


@act("activity.log")
def record_log(
    *,
    actor: Any,
    territory: Any,
    activity: Activity,
    structure: str = "",
    uuid: UUID | None = None,
    procedure: Procedure | None = None,
    workshop: Workshop | None = None,
    channel: str = Channel.WEB,
) -> Record:
    """Write one help given; sent again under the same ``uuid``, it is the one already there.

    The territory is that of the structure when there is one, and the commune of the help when it
    lies there. Who is not known is « non renseigné ».

    Raises
    ------
    DataError
        The record cannot be: one diagnostic by field of ``Activity``, in French.
    """
    number = uuid or uuid4()
    sent = Record.objects.filter(uuid=number).first()
    if sent is not None:
        require(actor, "activity.log", sent.territory, structure=sent.structure)
        return sent
    whole = place_of(territory, structure)
    told = checked(activity, whole)
    made = row(actor, within(whole, told.commune), structure, told, uuid=number)
    made.procedure, made.workshop, made.channel = procedure, workshop, channel
    require(actor, "activity.log", made.territory, structure=structure)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            _write(actor, made, after={"type": made.kind, "jour": made.day.isoformat()})
    except IntegrityError:  # sent twice at the same moment
        return Record.objects.get(uuid=number)
    return made


@act("activity.log")
@transaction.atomic
def record_correct(
    *, actor: Any, uuid: UUID, activity: Activity, procedure: Procedure | None = None
) -> Record:
    """Replace what a record says; the journal keeps which fields changed, before and after."""
    found = record_to_change(actor, uuid)
    told = columns_of(checked(activity, found.territory)) | {"procedure": procedure}
    before = {name: getattr(found, name) for name in told}
    changed = [name for name, value in told.items() if before[name] != value]
    for name in changed:
        setattr(found, name, told[name])
    found.save(update_fields=changed)
    _write(
        actor,
        found,
        before={name: _said(before[name]) for name in changed},
        after={name: _said(told[name]) for name in changed},
    )
    return found


@act("activity.log")
@transaction.atomic
def record_remove(*, actor: Any, uuid: UUID, reason: str) -> None:
    """Remove a record, and say why in the journal."""
    found = record_to_change(actor, uuid)
    why = kept(reason, 200)
    if not why:
        raise DataError("Dites pourquoi ce compte rendu est retiré.", remedy="Quelques mots.")
    journal.record(
        act="activity.log.remove",
        actor=actor,
        target=found,
        territory=found.territory,
        before={"type": found.kind, "jour": found.day.isoformat()},
        reason=why,
    )
    found.delete()


def record_to_change(actor: Any, uuid: UUID) -> Record:
    """Return a record that somebody may change, locked until the end of the transaction."""
    found = Record.objects.select_for_update().filter(uuid=uuid).first()
    if found is None:
        raise DataError(GONE, remedy="Revenez à la liste : il a pu être retiré par quelqu’un.")
    require(actor, "activity.log", found.territory, structure=found.structure)
    return found


def row(actor: Any, place: Key, structure: str, activity: Activity, *, uuid: UUID) -> Record:
    """Return the row of a record that lies in ``place``, not yet written."""
    return Record(
        uuid=uuid,
        level=place[0],
        code=place[1],
        structure=structure,
        by=Actor.of(actor).user,
        **columns_of(activity),
    )


def place_of(territory: Any, structure: str) -> Key:
    """Return where one writes: the territory of the structure when there is one."""
    held = structure_named(structure)
    return key_of(held.territory if held else territory)


def within(whole: Key, commune: str) -> Key:
    """Return the commune of a help when it lies where one writes, else where one writes."""
    inner = ("commune", commune)
    return inner if commune and whole != inner and contains(whole, inner) else whole


def checked(activity: Activity, territory: Any) -> Activity:
    """Return a record as it may be kept: words scrubbed, unknown people told unknown."""
    refused: dict[str, str] = {}
    words = {name: _words(activity, name, refused) for name in ("procedure", "title")}
    lists = {name: _listed(activity, name, refused) for name in ("other_themes", "bodies", "tags")}
    told = replace(activity, **words, **lists)
    refused |= faults(told, today=today_in(territory))
    if refused:
        raise DataError(
            " ".join(refused.values()),
            remedy="Corrigez, puis enregistrez.",
            diagnostics=tuple(
                Diagnostic("compte-rendu", why, field=name) for name, why in refused.items()
            ),
        )
    counts = {name: with_unknown(getattr(told, name), told.people)
              for name in ("ages", "statuses", "genders")}  # fmt: skip
    return replace(told, **counts)


def _words(activity: Activity, name: str, refused: dict[str, str]) -> str:
    try:
        return kept(getattr(activity, name), LONGEST_WORDS)
    except DataError as error:
        refused[name] = error.message
        return ""


def _listed(activity: Activity, name: str, refused: dict[str, str]) -> tuple[str, ...]:
    try:
        told = [kept(one, LONGEST_WORDS) for one in getattr(activity, name)[:MOST_WORDS]]
    except DataError as error:
        refused[name] = error.message
        return ()
    return tuple(one for one in told if one)


def _said(value: Any) -> Any:
    return value if isinstance(value, str | int | list | dict | None) else str(value)


def _write(actor: Any, record: Record, **told: Any) -> None:
    journal.record(
        act="activity.log", actor=actor, target=record, territory=record.territory, **told
    )
