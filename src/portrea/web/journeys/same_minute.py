"""An address asked again within the minute: the answer sent to the first who asked.

Nobody is in it: no account, no position, no cookie of ours. It is kept as it was sent, compressed
and with its headers, in the memory of a process, for a minute at most, and left as soon as what it
was made of changes: the places for an answer of orientation, the data in force for a page.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response

from portrea.web.journeys.board import known_state
from portrea.web.territories.resending import Made, made_of, register

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from portrea.offer.orientation.asked import Asked

SECONDS = 60
FOUND = 200
LARGEST = 64_000
"""Bytes of the largest answer kept: a file is made again by who made it."""
HEADERS = ("HTTP_HOST", "QUERY_STRING", "HTTP_ACCEPT_ENCODING")
"""What an answer depends on besides its path; its language is in its address."""
ANSWERS = "orientation"
"""Name of what tells the state of an answer of orientation."""


class Route(NamedTuple):
    """What the line of a request says of its route."""

    view_name: str
    url_name: str | None
    route: str


class Kept(NamedTuple):
    """An answer as it was sent."""

    made: Made
    route: Route
    headers: dict[str, str]
    content: bytes


def for_the_minute(
    request: HttpRequest, asked: Asked, make: Callable[[], HttpResponse]
) -> HttpResponse:
    """Make an answer; say of what, when another may be sent the same."""
    made = None if _is_of_someone(request, asked) else made_of(ANSWERS)
    answer = make()
    answer.made = made  # type: ignore[attr-defined]
    return answer


class SameMinuteMiddleware:
    """Send again what was sent in this minute, before anything else is looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as a moment ago, or keep the answer for whoever asks the same."""
        if request.method != "GET" or _has_our_cookies(request):
            return self.get_response(request)
        answers, key = caches["answers"], _key(request)
        kept: Kept | None = answers.get(key)
        if kept is not None and kept.made.still():
            return _sent_again(request, kept)
        answer = self.get_response(request)
        kept = _worth_keeping(request, answer)
        if kept is not None:
            answers.set(key, kept, SECONDS)
        return answer


def _sent_again(request: HttpRequest, kept: Kept) -> HttpResponseBase:
    """Return what was kept, or « not modified » to who has it."""
    request.resolver_match = kept.route  # type: ignore[assignment]
    answer = HttpResponse(kept.content, headers=kept.headers)
    name = kept.headers.get("ETag")
    return get_conditional_response(request, name, None, answer) if name else answer


def _worth_keeping(request: HttpRequest, answer: HttpResponseBase) -> Kept | None:
    """Return an answer that others may be sent; ``None`` for any other."""
    made: Made | None = getattr(answer, "made", None)
    if made is None or answer.status_code != FOUND or answer.cookies:
        return None
    match = request.resolver_match
    if match is None or getattr(request, "station", None) is not None:
        return None
    if not isinstance(answer, HttpResponse) or len(answer.content) > LARGEST:
        return None
    route = Route(match.view_name, match.url_name, match.route)
    return Kept(made, route, dict(answer.items()), answer.content)


def _has_our_cookies(request: HttpRequest) -> bool:
    messages = ("messages", "__Host-messages")
    ours = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, *messages)
    return any(name in request.COOKIES for name in ours)


def _is_of_someone(request: HttpRequest, asked: Asked) -> bool:
    return asked.point is not None or getattr(request, "station", None) is not None


def _places_now() -> tuple[datetime | str, float, str] | None:
    """Return the places, when they were read, and the minute; ``None`` before each was read."""
    known = known_state()
    return None if known is None else (*known, timezone.now().strftime("%Y%m%d%H%M"))


def _key(request: HttpRequest) -> str:
    told = (request.scheme, request.path, *(request.META.get(name) for name in HEADERS))
    return sha256(repr(told).encode()).hexdigest()


register(ANSWERS, _places_now)
