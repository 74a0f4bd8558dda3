"""A slip that leaves by other ways: a code to scan, a text message, an e-mail. We send nothing."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import segno
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portrea.offer.orientation.slip import message_of, messages
from portrea.web.accounts.links import absolute
from portrea.web.journeys.slip_selectors import shareable

if TYPE_CHECKING:
    from portrea.offer.orientation.slip import Slip
    from portrea.web.journeys.slip_selectors import Leaving

LOCAL = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Sharing:
    """How a slip leaves: ``address`` tells nothing of the person; ``local`` when no phone opens it.

    ``text`` is the message, ``count`` how many of them the operator counts.
    """

    address: str
    local: bool
    qr: SafeString
    text: str
    count: int
    sms: str
    mail: str


def sharing(told: Leaving, manner: str = "") -> Sharing:
    """Return every way a slip leaves."""
    slip = told.slip
    told_on = shareable(told.asked, told.left).query()
    address = absolute(path_of("slip", slip.id, told_on, manner))
    text = message_of(slip)
    letter = letter_of(slip, address)
    return Sharing(
        address=address,
        local=urlsplit(address).hostname in LOCAL,
        qr=qr_of(address),
        text=text,
        count=messages(text),
        sms=f"sms:?body={quote(text, safe='')}",
        mail=f"mailto:?subject={quote(slip.name, safe='')}&body={quote(letter, safe='')}",
    )


def path_of(name: str, place_id: str, *queries: str) -> str:
    """Return the path of a page of a slip, for a situation told by parts of a query."""
    query = "&".join(filter(None, queries))
    path = reverse(name, kwargs={"place_id": place_id})
    return f"{path}?{query}" if query else path


def letter_of(slip: Slip, address: str) -> str:
    """Return the slip as the body of an e-mail, lines ended as mailto wants them (RFC 6068)."""
    pieces = [piece for papers in slip.bring for piece in papers.pieces]
    phone = _("Téléphone : %s") % slip.phone if slip.phone else ""
    parts = [
        "\n".join(filter(None, (slip.name, slip.address, phone))),
        "\n".join((_("Prochaines ouvertures :"), *slip.days) if slip.days else slip.hours),
        "\n".join((_("À apporter (à vérifier par téléphone) :"), *(f"- {p}" for p in pieces)))
        if slip.procedure
        else "",
        address,
    ]
    return "\r\n\r\n".join(part.replace("\n", "\r\n") for part in parts if part)


def qr_of(address: str) -> SafeString:
    """Return a code to scan, as SVG to be put in a page."""
    stream = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        stream, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2, dark="#000",
        light="#fff", title=_("Code à scanner : cette fiche"), svgclass="qr", lineclass=None,
    )  # fmt: skip
    return mark_safe(stream.getvalue().decode())  # noqa: S308 - drawn by segno from our own address
