"""Reminders that a person asked for: asked, sent when due, stopped; erased at once when sent.

Nothing of them enters the journal: it would keep what is promised to be erased.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from portrea.action.planning import PARIS
from portrea.action.reminding import mobile, next_try, waking
from portrea.action.telling import for_phones
from portrea.base.errors import DataError
from portrea.web.accounts import links, mail
from portrea.web.accounts.keys import new_key
from portrea.web.accounts.permissions import act, require
from portrea.web.action import sms
from portrea.web.action.models import Reminder

if TYPE_CHECKING:
    from datetime import datetime

logger = logging.getLogger(__name__)

LINK = "{lien}"
"""In the text of a reminder: where the address that stops it is written."""
LATE = timedelta(days=1)
"""A reminder that could not leave in this time is erased."""
MOST = 60
"""Reminders that wait for one contact: enough for a year of dates, too few to be a nuisance."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is written: an object, for e-mails, and a text."""

    subject: str
    text: str


def channels() -> list[tuple[str, str]]:
    """Return the ways by which somebody may be reminded; text messages if a gateway is named."""
    offered = [(str(one.value), str(one.label)) for one in Reminder.Channel]
    return [one for one in offered if one[0] != Reminder.Channel.SMS or sms.is_offered()]


def stop_link(series: str) -> str:
    """Return the public address that stops the reminders asked together."""
    return links.absolute(reverse("reminder-stop", args=[series]))


def contact_read(channel: str, contact: str) -> str:
    """Return a contact as it is kept: an e-mail address, or a mobile number in E.164.

    Raises
    ------
    DataError
        It cannot be written to, or text messages are not offered here.
    """
    if channel not in dict(channels()):
        raise DataError(
            _("Ce site n’envoie pas de SMS."), remedy=_("Donnez une adresse de courriel.")
        )
    if channel == Reminder.Channel.SMS:
        return mobile(contact)
    address = contact.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise DataError(
            _("Cette adresse de courriel n’est pas complète."),
            remedy=_("Exemple : nom@exemple.fr."),
        ) from error
    return address


@act("dates.plan")
@transaction.atomic
def reminder_ask(
    *,
    actor: Any,
    channel: str,
    contact: str,
    about: str,
    target: str = "",
    subject: str,
    text: str,
    due: datetime,
    until: datetime | None = None,
    zone: ZoneInfo = PARIS,
    series: str = "",
) -> Reminder:
    """Keep a message to send later to whoever asked for it (columns of :class:`Reminder`).

    ``{lien}`` in the text is replaced by the address that stops the series, a new one unless told.
    ``due`` is moved out of the night on the clocks of ``zone``; after ``until``, a day later at
    most, the message is useless and is erased.

    Raises
    ------
    DataError
        The contact cannot be written to, too many reminders wait for it, or the moment is past.
    """
    require(actor, "dates.plan")
    address = _with_room(contact_read(channel, contact))
    leaves, last = _window(due, until, zone)
    named = series or new_key()
    row = Reminder.objects.create(
        series=named, channel=channel, contact=address, about=about, target=target,
        subject=subject, text=_written(channel, text, named), due=leaves, until=last, zone=zone.key,
    )  # fmt: skip
    _later(row)
    return row


def _with_room(address: str) -> str:
    """Return a contact, refused when too many reminders wait for it already."""
    if Reminder.objects.filter(contact=address).count() >= MOST:
        raise DataError(
            _("Trop de rappels attendent déjà pour ce contact."),
            remedy=_("Arrêtez ceux que vous ne voulez plus, par le lien de l’un d’eux."),
        )
    return address


def _window(due: datetime, until: datetime | None, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when a reminder leaves, by day, and after when it is useless."""
    leaves = waking(due, zone)
    last = min(until or leaves + LATE, leaves + LATE)
    if last <= max(timezone.now(), leaves):
        raise DataError(_("Il est trop tard pour ce rappel."))
    return leaves, last


def reminder_waiting(about: str, target: str) -> Reminder | None:
    """Return the reminder of something that has not left yet."""
    return Reminder.objects.filter(about=about, target=target).first()


def reminders_drop(about: str, target: str) -> int:
    """Erase the reminders of something that is cancelled; return how many."""
    return Reminder.objects.filter(about=about, target=target).delete()[0]


@transaction.atomic
def reminders_turn(about: str, target: str, *, subject: str, text: str) -> int:
    """Send other words now, by day, to those who wait for a reminder; return to how many."""
    rows = list(Reminder.objects.select_for_update().filter(about=about, target=target))
    now = timezone.now()
    for row in rows:
        row.subject, row.text = subject, _written(row.channel, text, row.series)
        row.due = waking(now, ZoneInfo(row.zone))
        row.until, row.target = row.due + LATE, ""
        row.save(update_fields=["subject", "text", "due", "until", "target"])
        _later(row)
    return len(rows)


@transaction.atomic
def reminders_move(
    about: str, target: str, *, now: Message, later: Message, due: datetime | None, until: datetime
) -> int:
    """Tell those who wait for a reminder that it moved, and remind them at the new moment.

    ``due`` is ``None`` when it is too near to be reminded again; return how many are told.
    """
    rows = list(Reminder.objects.select_for_update().filter(about=about, target=target))
    told = reminders_turn(about, target, subject=now.subject, text=now.text)
    for row in rows if due else ():
        text = _written(row.channel, later.text, row.series)
        copy = Reminder.objects.create(
            series=row.series, channel=row.channel, contact=row.contact, about=about,
            target=target, subject=later.subject, text=text, due=due, until=until, zone=row.zone,
        )  # fmt: skip
        _later(copy)
    return told


@act("dates.plan")
def reminders_stop(*, actor: Any, series: str) -> int:
    """Erase the reminders asked together; return how many there were."""
    require(actor, "dates.plan")
    return Reminder.objects.filter(series=series).delete()[0]


@task()
def send_reminder(key: int) -> None:
    """Send one reminder and erase it; not at night, not too late, tried again if it fails."""
    row = Reminder.objects.filter(pk=key).first()
    now = timezone.now()
    if row is None or now > row.until:
        Reminder.objects.filter(pk=key).delete()
        return
    leaves = waking(max(now, row.due), ZoneInfo(row.zone))
    if leaves > now:
        send_reminder.using(run_after=leaves).enqueue(key)
        return
    row.tries += 1
    row.save(update_fields=["tries"])
    if _left(row):
        row.delete()
        return
    wait = next_try(row.tries)
    if wait is None:
        row.delete()
    else:
        send_reminder.using(run_after=now + wait).enqueue(key)


def _later(row: Reminder) -> None:
    send_reminder.using(run_after=row.due).enqueue(row.pk)


def _left(row: Reminder) -> bool:
    """Send a reminder; tell whether it left. What is logged names nobody."""
    try:
        if row.channel == Reminder.Channel.SMS:
            sms.send(row.contact, row.text)
        else:
            _mail(row)
    except (sms.NotSentError, OSError) as error:
        why = str(error) if isinstance(error, sms.NotSentError) else type(error).__name__
        logger.warning("A reminder did not leave (try %s): %s", row.tries, why)
        return False
    return True


def _mail(row: Reminder) -> None:
    """Send a reminder by e-mail, with the header of one-click stopping (RFC 8058)."""
    stop = stop_link(row.series)
    headers = {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    context = {"subject": row.subject, "text": row.text, "link": stop}
    mail.send(row.contact, "action/mail/reminder.txt", context, headers=headers)


def _written(channel: str, text: str, series: str) -> str:
    told = text.replace(LINK, stop_link(series))
    return for_phones(told) if channel == Reminder.Channel.SMS else told
