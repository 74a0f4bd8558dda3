"""Where the phones of a room go: the page that collects, under the address they can open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

if TYPE_CHECKING:
    from portrea.web.surveys.models import Day


def joining(day: Day) -> str:
    """Return the address that phones type or scan to answer that day."""
    path = reverse("surveys-collect", kwargs={"key": day.key})
    return base() + ("/" if serves(day) else path)


def base() -> str:
    """Return where the site is reached from outside: the laptop of a room knows its own."""
    told = str(getattr(settings, "PORTREA_COLLECT_ADDRESS", ""))
    return told or settings.PORTREA_URL


def serves(day: Day) -> bool:
    """Whether this site is the laptop of the room of that day."""
    return bool(day.key == getattr(settings, "PORTREA_COLLECT_KEY", ""))


def wifi_code(ssid: str, password: str) -> str:
    """Return what a phone reads in a code to join a Wi-Fi network; no password: an open one."""
    kind = "WPA" if password else "nopass"
    secret = f"P:{_escaped(password)};" if password else ""
    return f"WIFI:T:{kind};S:{_escaped(ssid)};{secret};"


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in '\\;,:"' else sign for sign in text)
