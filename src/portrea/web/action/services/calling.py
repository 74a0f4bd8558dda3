"""What those who registered for a workshop asked to be told: the eve, a place free, a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portrea.action.joining import State
from portrea.action.reminding import before
from portrea.action.telling import say_day
from portrea.base.errors import DataError
from portrea.web.accounts.links import absolute
from portrea.web.accounts.permissions import act, require
from portrea.web.action.models import Registration, Reminder
from portrea.web.action.services.reminders import (
    Message,
    reminder_ask,
    reminders_drop,
    reminders_move,
    reminders_turn,
)
from portrea.web.action.workshops.selectors import when_of, where_of

if TYPE_CHECKING:
    from datetime import datetime

    from portrea.web.action.models import Workshop

ABOUT = "atelier"
MOST = 2
"""Reminders of one registration: hers, and that of who comes along."""


@act("workshop.join")
@transaction.atomic
def registration_remind(*, actor: Any, code: str, channel: str, contact: str) -> Reminder:
    """Keep a contact, to write the day before, or when a place is free for who waits.

    Raises
    ------
    DataError
        The contact cannot be written to, it is too late, or two reminders wait already.
    """
    require(actor, "workshop.join")
    found = Registration.objects.select_related("workshop").filter(code=code).first()
    if found is None or found.state not in {State.IN, State.WAITING}:
        raise DataError(_("Cette inscription n’existe plus."))
    if Reminder.objects.filter(about=ABOUT, target=code).count() >= MOST:
        raise DataError(_("Deux rappels attendent déjà pour cette inscription."))
    due = reminded(found.workshop)
    if due is None:
        raise DataError(_("C’est trop proche pour un rappel."), remedy=_("Notez l’heure."))
    told = _reminder(found)
    return reminder_ask(
        actor=actor,
        channel=channel,
        contact=contact,
        about=ABOUT,
        target=code,
        subject=told.subject,
        text=told.text,
        due=due,
        until=found.workshop.starts,
        zone=when_of(found.workshop).zone,
    )


def reminded(workshop: Workshop) -> datetime | None:
    """Return when a reminder of a workshop would leave, ``None`` when it is too late for one."""
    return before(workshop.starts, now=timezone.now(), zone=when_of(workshop).zone)


def called(found: Registration) -> None:
    """Tell who waited, and asked to be told, that she has a place."""
    _tell(found, _("Une place s’est libérée : vous êtes inscrit·e %(when)s. Annuler : %(link)s"))


def left(found: Registration) -> None:
    """Erase the contact of who gave her place back."""
    reminders_drop(ABOUT, found.code)


def called_off(workshop: Workshop) -> None:
    """Tell those who asked to be told that a workshop is cancelled."""
    for found in _told(workshop):
        told = _message(found, _("Le rendez-vous %(when)s est annulé. Voir : %(link)s"))
        reminders_turn(ABOUT, found.code, subject=told.subject, text=told.text)


def moved(workshop: Workshop) -> None:
    """Tell those who asked to be told the new day, hour or place of a workshop."""
    for found in _told(workshop):
        _tell(found, _("Changement : votre rendez-vous est %(when)s. Annuler : %(link)s"))


def _tell(found: Registration, words: str) -> None:
    """Write at once to who asked for a reminder; the reminder itself waits for its day."""
    workshop = found.workshop
    reminders_move(
        ABOUT,
        found.code,
        now=_message(found, words),
        later=_reminder(found),
        due=reminded(workshop),
        until=workshop.starts,
    )


def _reminder(found: Registration) -> Message:
    if found.state == State.WAITING:
        return _message(found, _("Rappel : liste d’attente %(when)s. À vérifier : %(link)s"))
    return _message(found, _("Rappel : rendez-vous %(when)s. Annuler : %(link)s"))


def _message(found: Registration, words: str) -> Message:
    """Return a message: the day, the hour, the place, nothing of the subject."""
    at = when_of(found.workshop)
    minutes = f" {at.starts.minute:02d}" if at.starts.minute else ""
    moment = f"le {say_day(at.day)} à {at.starts.hour} h{minutes}, {where_of(found.workshop)}"
    link = absolute(reverse("workshop-joined", args=[found.code]))
    return Message(_("Votre rendez-vous"), words % {"when": moment, "link": link})


def _told(workshop: Workshop) -> list[Registration]:
    """Return the registrations of a workshop that a reminder waits for."""
    rows = workshop.registrations.exclude(state=State.CANCELLED)
    codes = [row.code for row in rows]
    waits = set(
        Reminder.objects.filter(about=ABOUT, target__in=codes).values_list("target", flat=True)
    )
    return [row for row in rows if row.code in waits]
