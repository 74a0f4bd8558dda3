"""Words of an appointment: its subject and needs, its texts, its calendar file, its code."""

from __future__ import annotations

import io
from datetime import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import segno
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portrea.action.activity import words
from portrea.action.reminding import before
from portrea.action.telling import appointment_text, say_day, segments
from portrea.offer.calendar import Opening
from portrea.offer.icalendar import calendar_file, event
from portrea.web.accounts.keys import CODE
from portrea.web.accounts.links import absolute
from portrea.web.action.clock import zone_at
from portrea.web.action.services.reminders import Message

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from portrea.web.action.models import Appointment, Permanence

LOCAL = ("127.0.0.1", "localhost", "::1")


def subjects() -> dict[str, str]:
    """Return what an appointment may be about: themes of procedures, then of digital help."""
    told = words()
    return dict(told["procedure_themes"]) | dict(told["themes"])


def needs() -> dict[str, str]:
    """Return what may be asked for the day; nothing says why."""
    return {
        "accompagne": _("Je viens avec quelqu’un"),
        "langue": _("Une aide pour parler français"),
        "lsf": _("La langue des signes"),
        "plain_pied": _("Une entrée sans marche"),
    }


def needs_said(found: Appointment) -> list[str]:
    """Return the needs of an appointment in French."""
    known = needs()
    return [known[code] for code in found.needs if code in known]


def local(found: Appointment) -> datetime:
    """Return when an appointment begins, on the clocks of its permanence."""
    return found.starts.astimezone(zone_of(found))


def zone_of(found: Appointment) -> ZoneInfo:
    """Return the time zone of an appointment."""
    return zone_at(found.permanence, found.permanence.commune)


def is_past(found: Appointment) -> bool:
    """Tell whether an appointment has begun."""
    return found.starts <= timezone.now()


def at(moment: datetime) -> str:
    """Return « 3 décembre à 10 h 30 »."""
    minutes = f" {moment.minute:02d}" if moment.minute else ""
    return f"{say_day(moment.date())} à {moment.hour} h{minutes}"


def address_of(found: Appointment) -> str:
    """Return the public address of an appointment, known by who has its code."""
    return absolute(reverse("appointment-code", args=[found.code]))


def reminded(found: Appointment) -> datetime | None:
    """Return when a reminder would leave, ``None`` when it is too late for one."""
    return before(found.starts, now=timezone.now(), zone=zone_of(found))


# -- texts ----------------------------------------------------------------------------------------


def reminder_of(found: Appointment) -> Message:
    """Return the reminder: the place, the hour, how to cancel; nothing of the subject."""
    moment = local(found)
    text = appointment_text(
        service=found.permanence.title, day=moment.date(), at=moment.time(), link=address_of(found)
    )
    return Message(_("Rappel de votre rendez-vous"), text)


def sms_of(permanence: Permanence) -> tuple[str, int]:
    """Return a reminder as a text message, and how many messages the operator counts."""
    link = absolute(reverse("appointment-code", args=["a" * CODE]))
    told = appointment_text(
        service=permanence.title, day=timezone.localdate(), at=time(10, 30), link=link
    )
    return told, segments(told)


def cancelled(found: Appointment) -> Message:
    """Return what is told to who waits for a reminder of an appointment that is cancelled."""
    text = _("Rendez-vous du %(when)s annulé, %(service)s.") % _named(found)
    return Message(_("Votre rendez-vous est annulé"), _with(text, found))


def moved(found: Appointment) -> Message:
    """Return what is told to who waits for a reminder of an appointment that moved."""
    text = _("Votre rendez-vous est déplacé au %(when)s, %(service)s.") % _named(found)
    more = _("Annuler : %s") % address_of(found)
    return Message(_("Votre rendez-vous est déplacé"), f"{_with(text, found)} {more}")


def _named(found: Appointment) -> dict[str, str]:
    return {"when": at(local(found)), "service": found.permanence.title}


def _with(text: str, found: Appointment) -> str:
    phone = _("Téléphone : %s.") % found.permanence.phone if found.permanence.phone else ""
    return " ".join(part for part in (text, found.message, phone) if part)


# -- papers ---------------------------------------------------------------------------------------


def calendar_of(found: Appointment) -> bytes:
    """Return an appointment as a calendar file."""
    moment, place = local(found), found.permanence
    first = moment.hour * 60 + moment.minute
    told: dict[str, Any] = {
        "SUMMARY": _("Rendez-vous : %s") % place.title,
        "LOCATION": place.address,
        "DESCRIPTION": "\n".join(filter(None, (place.phone, place.bring, address_of(found)))),
    }
    opening = Opening(moment.date(), first, first + found.minutes)
    lines = event(
        f"{place.key}/{found.code}", opening, told, zone=zone_of(found), stamp=timezone.now()
    )
    return calendar_file([lines], product="rendez-vous")


def is_local(address: str) -> bool:
    """Tell whether no telephone can open an address."""
    return urlsplit(address).hostname in LOCAL


def qr_of(found: Appointment) -> SafeString:
    """Return a code to scan that opens an appointment, as SVG to be put in a page."""
    stream = io.BytesIO()
    segno.make(address_of(found), error="m", micro=False).save(
        stream, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, dark="#000",
        light="#fff", title=_("Code à scanner : ce rendez-vous"), svgclass="qr", lineclass=None,
    )  # fmt: skip
    return mark_safe(stream.getvalue().decode())  # noqa: S308 - drawn by segno from our own address
