"""Addresses of a survey, absolute, and their QR codes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import segno
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portrea.web.accounts.links import absolute

if TYPE_CHECKING:
    from portrea.web.surveys.models import Survey

LOCAL = ("127.0.0.1", "localhost", "::1")


def address_of(survey: Survey, token: str = "") -> str:
    """Return the public address of a survey, or that of one invitation."""
    return absolute(f"/enquetes/{survey.key}/" + (f"?i={token}" if token else ""))


def is_local(address: str) -> bool:
    """Tell whether no telephone can open an address."""
    return urlsplit(address).hostname in LOCAL


def qr_of(address: str) -> SafeString:
    """Return the QR code of an address, as SVG to be put in a page."""
    stream = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(
        stream,
        kind="svg",
        xmldecl=False,
        svgns=True,
        omitsize=True,
        border=4,
        dark="#12303a",
        light="#fff",
        title=_("Code à scanner : répondre à l’enquête"),
        svgclass="qr",
        lineclass=None,
    )
    return mark_safe(stream.getvalue().decode())  # noqa: S308 - drawn by segno from our address
