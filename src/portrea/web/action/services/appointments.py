"""An appointment: taken by whoever comes first, cancelled, moved, kept or not; known by a code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from portrea.action.slots import is_free, seat_at
from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import act, require
from portrea.web.action.appointments import wording
from portrea.web.action.appointments.selectors import habits_of, kept_of
from portrea.web.action.clock import zone_at
from portrea.web.action.models import Appointment, Permanence
from portrea.web.action.services.reminders import (
    reminder_ask,
    reminders_drop,
    reminders_move,
    reminders_turn,
)
from portrea.web.action.services.words import kept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portrea.web.action.models import Reminder

RUN, BOOK = "appointment.run", "appointment.book"
ABOUT = "rendez-vous"
GONE = "Ce rendez-vous n’existe plus."
State = Appointment.State
OVER = (State.CAME, State.MISSED, State.TAKEN)
"""What the team may say of an appointment on its day."""


class TakenError(DataError):
    """The moment was free when it was shown and no longer is."""


@act(BOOK)
def appointment_take(
    *,
    actor: Any,
    key: str,
    moment: datetime,
    subject: str = "",
    needs: Sequence[str] = (),
    by_agent: bool = False,
) -> Appointment:
    """Keep a moment for somebody, whose only trace is a code.

    ``moment`` is the beginning of a free slot, with its offset; ``subject`` and ``needs`` are codes
    of ``wording``. ``by_agent``, for somebody beside her, is later and farther ahead than residents
    may.

    Raises
    ------
    TakenError
        Somebody was faster, or the moment is not one of the permanence.
    """
    require(actor, BOOK)
    try:
        with transaction.atomic():
            permanence = _open_one(actor, key, by_agent=by_agent)
            made = Appointment.objects.create(
                permanence=permanence,
                starts=moment,
                minutes=permanence.minutes,
                seat=_seat(permanence, moment, agent=by_agent),
                subject=subject,
                needs=list(needs),
                by_agent=by_agent,
            )
            if by_agent:
                _write(actor, made, {"pris": moment.isoformat()})
    except IntegrityError as error:
        raise _taken() from error
    return made


@act(BOOK)
@transaction.atomic
def appointment_cancel(*, actor: Any, code: str) -> Appointment:
    """Cancel by code; cancelled again, nothing changes. The moment is free for others at once."""
    require(actor, BOOK)
    found = Appointment.objects.select_for_update().filter(code=code).first()
    if found is None:
        raise DataError(GONE)
    if found.is_cancelled:
        return found
    if not found.is_held or found.starts <= timezone.now():
        raise DataError("Ce rendez-vous est passé : il n’y a plus rien à annuler.")
    _end(found, "")
    reminders_drop(ABOUT, found.code)
    return found


@act(BOOK)
def appointment_remind(*, actor: Any, code: str, channel: str, contact: str) -> Reminder:
    """Keep a contact until the reminder of an appointment has left; asked again, it is replaced."""
    require(actor, BOOK)
    with transaction.atomic():
        found = Appointment.objects.select_for_update().filter(code=code).first()
        due = wording.reminded(found) if found and found.is_held else None
        if found is None or due is None:
            raise DataError("Il est trop tard pour un rappel : le rendez-vous est trop proche.")
        reminders_drop(ABOUT, found.code)
        told = wording.reminder_of(found)
        return reminder_ask(
            actor=actor, channel=channel, contact=contact, about=ABOUT, target=found.code,
            subject=told.subject, text=told.text, due=due, until=found.starts,
            zone=zone_at(found.permanence, found.permanence.commune),
        )  # fmt: skip


@act(RUN)
@transaction.atomic
def appointment_refuse(*, actor: Any, key: str, number: int, message: str = "") -> Appointment:
    """Cancel for the permanence; whoever waits for a reminder is told at once."""
    found = _to_run(actor, key, number)
    if not found.is_held:
        raise DataError("Ce rendez-vous est déjà annulé ou passé.")
    _end(found, kept(message, 200))
    told = wording.cancelled(found)
    reminders_turn(ABOUT, found.code, subject=told.subject, text=told.text)
    _write(actor, found, {"annulé": found.starts.isoformat()})
    return found


@act(RUN)
def appointment_move(
    *, actor: Any, key: str, number: int, moment: datetime, message: str = ""
) -> Appointment:
    """Move to another free slot under the same code; whoever waits for a reminder is told at once.

    Raises
    ------
    TakenError
        Somebody took that slot; the appointment stays where it was.
    """
    try:
        with transaction.atomic():
            found = _to_run(actor, key, number)
            if not found.is_held:
                raise DataError("Ce rendez-vous est annulé ou passé : il ne se déplace plus.")
            before = found.starts
            found.seat = _seat(found.permanence, moment, agent=True, besides=found.pk)
            found.starts, found.minutes = moment, found.permanence.minutes
            found.message = kept(message, 200)
            found.save(update_fields=["seat", "starts", "minutes", "message"])
            reminders_move(
                ABOUT, found.code,
                now=wording.moved(found), later=wording.reminder_of(found),
                due=wording.reminded(found), until=found.starts,
            )  # fmt: skip
            told = {"de": before.isoformat(), "à": moment.isoformat()}
            _write(actor, found, told)
    except IntegrityError as error:
        raise _taken() from error
    return found


@act(RUN)
@transaction.atomic
def appointment_mark(*, actor: Any, key: str, number: int, state: str) -> Appointment:
    """Say whether the person came, from the day itself on; said again, it is corrected."""
    found = _to_run(actor, key, number)
    if state not in OVER or found.is_cancelled:
        raise DataError("Un rendez-vous annulé ne se tient pas.", remedy="Rechargez la page.")
    zone = zone_at(found.permanence, found.permanence.commune)
    if found.starts.astimezone(zone).date() > timezone.now().astimezone(zone).date():
        raise DataError("Ce rendez-vous n’a pas encore eu lieu.", remedy="Dites-le ce jour-là.")
    found.state = state
    found.save(update_fields=["state"])
    _write(actor, found, {"état": state})
    return found


def _open_one(actor: Any, key: str, *, by_agent: bool) -> Permanence:
    found = Permanence.objects.select_for_update().filter(key=key, closed=None).first()
    if found is None or not (found.public or by_agent):
        raise DataError(
            "Cette permanence ne prend plus de rendez-vous ici.",
            remedy="Téléphonez-lui, ou choisissez-en une autre.",
        )
    if by_agent:
        require(actor, RUN, found.territory, structure=found.structure)
    return found


def _seat(
    permanence: Permanence, moment: datetime, *, agent: bool, besides: int | None = None
) -> int:
    habits, now = habits_of(permanence, agent=agent), timezone.now()
    held = kept_of(permanence, since=now, besides=besides)
    seat = seat_at(habits, moment, held)
    if seat is None or not is_free(habits, moment, now=now, kept=held):
        raise _taken()
    return seat


def _taken() -> TakenError:
    return TakenError(
        "Ce créneau vient d’être pris, ou n’est plus proposé.",
        remedy="Choisissez-en un autre : rien d’autre n’est perdu.",
    )


def _end(found: Appointment, message: str) -> None:
    found.state, found.cancelled, found.message = State.CANCELLED, timezone.now(), message
    found.save(update_fields=["state", "cancelled", "message"])


def _to_run(actor: Any, key: str, number: int) -> Appointment:
    """Return an appointment of a permanence that somebody runs, both locked."""
    permanence = Permanence.objects.select_for_update().filter(key=key).first()
    found = Appointment.objects.select_for_update().filter(pk=number, permanence=permanence).first()
    if permanence is None or found is None:
        raise DataError(GONE, remedy="Rechargez la page.")
    require(actor, RUN, permanence.territory, structure=permanence.structure)
    found.permanence = permanence
    return found


def _write(actor: Any, found: Appointment, after: dict[str, Any]) -> None:
    """Write what the team did in the journal; never the code, which belongs to the person."""
    journal.record(
        act=RUN, actor=actor, target=found, territory=found.permanence.territory, after=after
    )
