"""Inviting to a workshop: the words of the poster, of the message to structures, of a text."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.utils import translation
from django.utils.translation import gettext as _

from portrea.action.telling import HARD
from portrea.steering.workshop_pdf import workshop_pdf
from portrea.web.action.codes import is_local, qr_of
from portrea.web.action.models import Workshop
from portrea.web.action.workshops.calendar import calendar_of, public_address
from portrea.web.action.workshops.selectors import themes_of, where_of
from portrea.web.action.workshops.wording import say_day_of, say_hours_of, say_when

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Invitation:
    """What is copied, sent, printed: public ``address``, its code, ``subject``, ``text``, ``sms``.

    ``local`` when no phone can open the address.
    """

    address: str
    local: bool
    qr: SafeString
    subject: str
    text: str
    sms: str

    @property
    def mailto(self) -> str:
        """Return the message for the mail program of the reader, without anybody in it."""
        body = self.text.replace("\n", "\r\n")
        return f"mailto:?subject={quote(self.subject, safe='')}&body={quote(body, safe='')}"


def invitation_of(workshop: Workshop) -> Invitation:
    """Return what invites to a workshop."""
    address = public_address(workshop)
    subject = _("%(title)s, %(when)s") % {"title": workshop.title, "when": say_when(workshop)}
    return Invitation(
        address,
        is_local(address),
        qr_of(address, _("Code à scanner : la page de l’atelier")),
        subject,
        _letter(workshop, address),
        _short(workshop, address),
    )


def sheet_of(workshop: Workshop, paper: str, written: datetime) -> bytes:
    """Return the poster (``a4``) or the flyer (``a6``) as PDF, in French."""
    with translation.override("fr"):
        return workshop_pdf(_words(workshop), paper=paper, written=written)


def letter_of(workshop: Workshop, written: datetime, hidden: Iterable[str] = ()) -> bytes:
    """Return the message to structures as a draft (.eml): the flyer and the date are joined.

    ``hidden`` are addresses that do not see each other.
    """
    told = invitation_of(workshop)
    message = EmailMessage()
    message["Subject"] = told.subject
    message["X-Unsent"] = "1"
    if addresses := list(hidden):
        message["Bcc"] = ", ".join(addresses)
    message.set_content(told.text)
    message.add_attachment(
        sheet_of(workshop, "a6", written), maintype="application", subtype="pdf",
        filename="invitation.pdf",
    )  # fmt: skip
    message.add_attachment(
        calendar_of([workshop], name=workshop.title, stamp=written), maintype="text",
        subtype="calendar", filename="atelier.ics",
    )  # fmt: skip
    return message.as_bytes()


def _letter(workshop: Workshop, address: str) -> str:
    where = where_of(workshop)
    join = _join(workshop, address)
    parts = [
        _("Bonjour,"),
        "\n".join(filter(None, (
            _("Nous organisons : %(title)s.") % {"title": workshop.title},
            _("Quand : %(when)s") % {"when": say_when(workshop)},
            _("Où : %(where)s") % {"where": where},
        ))),
        workshop.about,
        join,
        _("Vous recevez des personnes à qui cela peut servir ? Dites-leur, ou donnez-leur "
          "l’invitation jointe. Aucun nom n’est demandé pour s’inscrire."),
        _("Merci,"),
        workshop.host,
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part)


def _short(workshop: Workshop, address: str) -> str:
    told = [f"{workshop.title} : {say_when(workshop)}, {where_of(workshop)}."]
    if workshop.public:
        told.append(address)
    if workshop.phone:
        told.append(_("Tél. %(phone)s") % {"phone": workshop.phone})
    return " ".join(told)


def _join(workshop: Workshop, address: str) -> str:
    ways = []
    if workshop.phone:
        ways.append(_("par téléphone au %(phone)s") % {"phone": workshop.phone})
    if workshop.public:
        ways.append(_("sur %(address)s (sans compte)") % {"address": address})
    if not ways:
        return _("Pour venir : adressez-vous au lieu d’accueil.")
    return _("Pour s’inscrire : %(ways)s.") % {"ways": _(" ou ").join(ways)}


def _words(workshop: Workshop) -> dict[str, Any]:
    """Return the words of the sheet; what is not known is not written, or said to be asked."""
    address = public_address(workshop)
    label = workshop.get_format_display()
    seats = workshop.capacity
    return {
        "title": workshop.title,
        "kind": label[:1].upper() + label[1:],
        "day": say_day_of(workshop),
        "hours": say_hours_of(workshop),
        "where": where_of(workshop),
        "about": workshop.about,
        "themes": themes_of(workshop),
        "host": workshop.host,
        "phone": workshop.phone.replace(" ", HARD),
        "seats": _("%(n)d places") % {"n": seats} if seats else "",
        "code": str(qr_of(address, "Code à scanner : s’inscrire")) if workshop.public else "",
        "address": address.split("://")[1] if workshop.public else "",
        "cancelled": workshop.state == Workshop.State.CANCELLED,
        "labels": LABELS,
    }


LABELS = {
    "call": "Pour s’inscrire, téléphonez",
    "scan": "Ou scannez ce code, sans créer de compte",
    "scan_only": "Pour s’inscrire, scannez ce code, sans créer de compte",
    "none": "Pour venir, adressez-vous au lieu d’accueil.",
    "code": "Code à scanner : s’inscrire",
    "cancelled": "ANNULÉ",
    "host": "Avec",
    "free": "On ne vous demande pas votre nom. Gardez vos mots de passe pour vous.",
}
