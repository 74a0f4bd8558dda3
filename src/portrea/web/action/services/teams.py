"""Those who hold workshops, by the word the team chose, and who holds which part of the day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from portrea.action.preparing import Training, untrained
from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import key_of
from portrea.web.action.clock import instants, when, zone_at
from portrea.web.action.models import Helper, Shift
from portrea.web.action.services.words import kept
from portrea.web.action.services.workshops import planned, workshop_to_run, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.web.action.models import Workshop


@act("workshop.run")
@transaction.atomic
def helper_save(
    *,
    actor: Any,
    told: Mapping[str, Any],
    territory: Any = None,
    structure: str = "",
    helper: int | None = None,
) -> Helper:
    """Write somebody of the team, new when ``helper`` is ``None``.

    ``told`` are ``label``, ``kind`` and ``trainings``: ``{what, until}``, a day or nothing.
    """
    if helper is None:
        level, code = key_of(territory)
        require(actor, "workshop.run", (level, code), structure=structure)
        found = Helper(level=level, code=code, structure=structure, by=Actor.of(actor).user)
    else:
        found = _helper_to_run(actor, helper)
    found.label, found.kind = kept(str(told["label"]), 60), told["kind"]
    found.trainings = [
        {"what": kept(str(one["what"]), 80), "until": _told(one.get("until"))}
        for one in told.get("trainings", ())
    ]
    found.save()
    _write(actor, found, {"statut": found.kind, "formations": len(found.trainings)})
    return found


@act("workshop.run")
@transaction.atomic
def helper_leave(*, actor: Any, helper: int, left: bool = True) -> Helper:
    """Say that somebody left the team, or came back; the shifts to come are free again."""
    found = _helper_to_run(actor, helper)
    found.left = today_in(found.territory) if left else None
    found.save(update_fields=["left"])
    if left:
        found.shifts.filter(starts__gt=timezone.now()).update(helper=None)
    _write(actor, found, {"parti": left})
    return found


@act("workshop.run")
@transaction.atomic
def shift_save(*, actor: Any, key: str, told: Mapping[str, Any], shift: int | None = None) -> Shift:
    """Write a part of a workshop and who holds it: one of its team, trained as asked that day.

    ``told`` are ``task``, ``starts``, ``ends`` (clocks of the place), ``training``, ``helper``.
    """
    workshop = planned(workshop_to_run(actor, key))
    found = Shift(workshop=workshop) if shift is None else _shift(workshop, shift)
    hours = when(workshop.starts, workshop.ends, zone_at(workshop, workshop.commune))
    found.starts, found.ends = instants(hours.day, told["starts"], told["ends"], hours.zone)
    found.task = kept(str(told["task"]), 80)
    found.training = kept(str(told.get("training") or ""), 80)
    found.helper = told.get("helper")
    if found.helper is not None:
        _refuse_untrained(found.helper, found.training or workshop.training, hours.day)
    found.save()
    write(actor, workshop, {"créneau": found.task, "tenu": found.helper is not None})
    return found


@act("workshop.run")
@transaction.atomic
def shift_drop(*, actor: Any, key: str, shift: int) -> None:
    """Take a part of a workshop away."""
    workshop = planned(workshop_to_run(actor, key))
    found = _shift(workshop, shift)
    write(actor, workshop, {"créneau retiré": found.task})
    found.delete()


def lacking(helper: Helper, wanted: str, day: date) -> str:
    """Return why somebody is not trained as asked on a day; empty when she is."""
    trainings = [
        Training(str(one["what"]), date.fromisoformat(one["until"]) if one.get("until") else None)
        for one in helper.trainings
    ]
    return untrained(trainings, wanted, on=day)


def _refuse_untrained(helper: Helper, wanted: str, day: date) -> None:
    why = lacking(helper, wanted, day)
    if why:
        raise DataError(
            f"{helper.label} ne peut pas tenir ce créneau : {why}.",
            remedy="Choisissez une autre personne, ou notez la formation suivie dans l’équipe.",
        )


def _helper_to_run(actor: Any, helper: int) -> Helper:
    found = Helper.objects.select_for_update().filter(pk=helper).first()
    if found is None:
        raise DataError("Cette personne n’est plus dans l’équipe.", remedy="Rechargez la page.")
    require(actor, "workshop.run", found.territory, structure=found.structure)
    return found


def _shift(workshop: Workshop, shift: int) -> Shift:
    found = workshop.shifts.filter(pk=shift).first()
    if found is None:
        raise DataError("Ce créneau n’existe plus.", remedy="Rechargez la page.")
    return found


def _told(until: Any) -> str | None:
    return until.isoformat() if isinstance(until, date) else until or None


def _write(actor: Any, helper: Helper, after: dict[str, Any]) -> None:
    journal.record(
        act="workshop.run", actor=actor, target=helper, territory=helper.territory, after=after
    )
