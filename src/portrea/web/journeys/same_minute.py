"""The answer to a question asked again within the minute: the one sent to the first who asked.

Nobody is in it: no account, no position. It is kept as it was sent, compressed and with its
headers, in the memory of a process, for a minute at most, and left as soon as a place changes.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse
from django.utils import timezone

from portrea.base.errors import PortreaError
from portrea.web.journeys.board import known_state

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest

    from portrea.offer.orientation.asked import Asked

SECONDS = 60
FOUND = 200
HEADERS = ("HTTP_HOST", "QUERY_STRING", "HTTP_ACCEPT_ENCODING")
"""What an answer depends on besides its path; its language is in its address."""


class Told(NamedTuple):
    """What an answer was made of: the places, as of which reading, and the minute."""

    state: datetime | str
    read: float
    minute: str


class Kept(NamedTuple):
    """An answer as it was sent."""

    told: Told
    headers: dict[str, str]
    content: bytes


def for_the_minute(
    request: HttpRequest, asked: Asked, make: Callable[[], HttpResponse]
) -> HttpResponse:
    """Make an answer; say of what, when another may be sent the same."""
    told = None if _is_of_someone(request, asked) else _told_now()
    answer = make()
    if told is not None and answer.status_code == FOUND:
        answer.told = told  # type: ignore[attr-defined]
    return answer


class SameMinuteMiddleware:
    """Send again what was sent in this minute, before anything else is looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as a moment ago, or keep the answer for whoever asks the same."""
        if request.method != "GET" or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return self.get_response(request)
        answers, key = caches["answers"], _key(request)
        kept: Kept | None = answers.get(key)
        if kept is not None and kept.told == _told_now():
            return HttpResponse(kept.content, headers=kept.headers)
        answer = self.get_response(request)
        told = getattr(answer, "told", None)
        if told is not None and not answer.cookies:
            answers.set(key, Kept(told, dict(answer.items()), answer.content), SECONDS)
        return answer


def _is_of_someone(request: HttpRequest, asked: Asked) -> bool:
    return asked.point is not None or getattr(request, "station", None) is not None


def _told_now() -> Told | None:
    """Return what an answer made now is made of; ``None`` before every place was read."""
    try:
        known = known_state()
    except PortreaError:  # nothing computed any more: the page says it
        return None
    return None if known is None else Told(*known, timezone.now().strftime("%Y%m%d%H%M"))


def _key(request: HttpRequest) -> str:
    told = (request.scheme, request.path, *(request.META.get(name) for name in HEADERS))
    return sha256(repr(told).encode()).hexdigest()
