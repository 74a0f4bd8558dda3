"""Public addresses and their codes to scan."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

import segno
from django.utils.safestring import SafeString, mark_safe

LOCAL = ("127.0.0.1", "localhost", "::1")


def is_local(address: str) -> bool:
    """Tell whether no telephone can open an address."""
    return urlsplit(address).hostname in LOCAL


def qr_of(address: str, title: str) -> SafeString:
    """Return the code of an address, black on white, as SVG to be put in a page or a sheet."""
    stream = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        stream, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2, dark="#000",
        light="#fff", title=title, svgclass="qr", lineclass=None,
    )  # fmt: skip
    return mark_safe(stream.getvalue().decode())  # noqa: S308 - drawn by segno from our own address
