"""The same pages in two other settings: framed by another site, and on a self-service station.

The setting is the beginning of the address (« /integre/… », « /borne-3-35188/… »), so nothing is
kept about the reader and every link stays in the setting. Only some pages are open there; links
that lead elsewhere open in another window of the reader, or nowhere on a station.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, get_script_prefix, resolve, set_script_prefix

from portrea.web.design.languages import split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest, HttpResponse

EMBED, KIOSK = "embed", "kiosk"
MINUTES = 3
"""Minutes without a touch before a station asks whether somebody is still there."""
LAST_MINUTES = 30
ANSWER = 60
"""Seconds left to answer that question (WCAG 2.2.1 asks for twenty at least)."""
FIRST = "/orientation/"
_PREFIX = re.compile(
    r"/(?:(?P<embed>integre)|borne(?:-(?P<minutes>[1-9]\d?))?(?:-(?P<commune>\d[0-9AB]\d{3}))?)"
    r"(?=/|$)"
)
_TAG = re.compile(r"<(a|form)\b([^>]*)>")
_ADDRESS = re.compile(r'\s(?:href|action)="([^"]*)"')
_WHOLE = "data-portrea-whole"
"""Mark of the links that leave the setting on purpose."""
_TARGET = re.compile(r'\s(?:target|rel)="[^"]*"')
_OPEN = re.compile(r"(?:orientation|slip|kiosk)(?:-.+)?|place|place-vcard")
"""Names of the pages shown in a frame or on a station."""


@dataclass(frozen=True, slots=True)
class Station:
    """A setting: what its addresses begin with, its first page, and its patience in minutes."""

    kind: str
    prefix: str
    commune: str = ""
    minutes: int = 0
    page: str = ""
    """Address of the page shown, as it is outside the setting."""

    @property
    def is_kiosk(self) -> bool:
        """Whether it is a self-service station."""
        return self.kind == KIOSK

    @property
    def start(self) -> str:
        """Address of the first page."""
        return self.prefix + FIRST + (f"?commune={self.commune}" if self.commune else "")

    @property
    def end(self) -> str:
        """Address that wipes what the last reader left and shows the first page."""
        return f"{self.prefix}/borne/fin/"

    @property
    def is_first(self) -> bool:
        """Whether the page shown is the first one: nothing to wipe yet."""
        return self.prefix + self.page == self.start

    @property
    def waiting(self) -> str:
        """Address of the question « are you still there », for browsers without scripts."""
        return f"{self.prefix}/borne/attente/?suite={quote(self.prefix + self.page, safe='')}"

    @property
    def seconds(self) -> int:
        """Seconds without a touch before the question."""
        return self.minutes * 60

    @property
    def answer(self) -> int:
        """Seconds left to answer."""
        return ANSWER


def station_of(path: str) -> Station | None:
    """Return the setting an address begins with."""
    found = _PREFIX.match(path)
    if found is None:
        return None
    if found["embed"]:
        return Station(EMBED, found[0])
    minutes = int(found["minutes"] or MINUTES)
    if minutes > LAST_MINUTES:
        return None
    return Station(KIOSK, found[0], found["commune"] or "", minutes)


class StationMiddleware:
    """Serve the open pages under the two prefixes, their links kept in the setting."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Take the prefix off, answer, then put it back on the links."""
        station = station_of(request.path_info)
        if station is None:
            return self.get_response(request)
        rest = request.path_info[len(station.prefix) :]
        station = replace(station, page=request.get_full_path()[len(station.prefix) :])
        request.station = station  # type: ignore[attr-defined]
        if rest in ("", "/"):
            return framed(station, HttpResponseRedirect(station.start))
        request.path_info = rest
        with _prefix(station.prefix + "/"):
            response = self._answer(request, station)
        return framed(station, _kept_inside(response, station, request.get_host()))

    def _answer(self, request: HttpRequest, station: Station) -> HttpResponse:
        if not is_open(request.path_info):
            return render(request, "api/station/not_here.html", {"station": station}, status=404)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return self.get_response(request)


@contextmanager
def _prefix(prefix: str) -> Iterator[None]:
    former = get_script_prefix()
    set_script_prefix(prefix)
    try:
        yield
    finally:
        set_script_prefix(former)


def is_open(path: str) -> bool:
    """Whether a page is one of those shown in a frame or on a station."""
    try:
        match = resolve(split(path)[1])
    except Resolver404:
        return False
    return _OPEN.fullmatch(match.url_name or "") is not None


def framed(station: Station, response: HttpResponse) -> HttpResponse:
    """Let any site frame an embedded page; keep no trace of a page on a station."""
    response["X-Robots-Tag"] = "noindex"
    if station.is_kiosk:
        response["Cache-Control"] = "no-store"
        return response
    del response["X-Frame-Options"]
    response.xframe_options_exempt = True  # type: ignore[attr-defined]
    response._csp_replace = {"frame-ancestors": ["*"]}  # type: ignore[attr-defined]
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.cookies.clear()
    return response


# -- links ----------------------------------------------------------------------------------------


def _kept_inside(response: HttpResponse, station: Station, host: str) -> HttpResponse:
    """Put the prefix on the links that stay, and deal with those that do not."""
    if response.has_header("Location"):
        kind, address = _where(response["Location"], station, host)
        response["Location"] = address if kind == "inside" else station.start
    if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
        text = response.content.decode(response.charset)
        changed = _TAG.sub(lambda found: _tag(found, station, host), text)
        response.content = changed.encode(response.charset)
        if response.has_header("Content-Length"):
            response["Content-Length"] = str(len(response.content))
    return response


def _tag(found: re.Match[str], station: Station, host: str) -> str:
    name, attributes = found[1], found[2]
    told = _ADDRESS.search(attributes)
    if told is None or _WHOLE in attributes:
        return found[0]
    kind, address = _where(unescape(told[1]), station, host)
    rest = attributes[: told.start()] + attributes[told.end() :]
    word = "action" if name == "form" else "href"
    if kind == "inside":
        return f'<{name}{rest} {word}="{escape(address)}">'
    if not station.is_kiosk:
        rest = _TARGET.sub("", rest)
        return f'<{name}{rest} {word}="{escape(address)}" target="_blank" rel="noopener">'
    if name == "form" or ("btn" in rest and address.startswith(("/", "http"))):
        return f"<{name}{rest} hidden>"
    return f"<{name}{_TARGET.sub('', rest)}>"


def _where(address: str, station: Station, host: str) -> tuple[str, str]:
    """Return whether an address stays (« inside ») or leads « outside », and how to write it."""
    parts = urlsplit(address)
    if parts.scheme not in ("", "http", "https"):
        return ("outside" if station.is_kiosk else "inside"), address
    if parts.netloc and parts.netloc != host:
        allowed = station.is_kiosk and is_allowed(parts.hostname or "")
        return ("inside" if allowed else "outside"), address
    path = parts.path
    if not path.startswith("/") or path.startswith((station.prefix + "/", "/static/")):
        return "inside", address
    if not is_open(path):
        return "outside", address
    return "inside", station.prefix + path + (f"?{parts.query}" if parts.query else "")


def is_allowed(host: str) -> bool:
    """Whether a station may open a site: one told by the administrator, or below it."""
    sites: list[str] = settings.PORTREA_KIOSK_SITES
    return any(host == site or host.endswith(f".{site}") for site in sites)
