"""The answer to a question asked again within the minute: the page made for the first who asked.

Nobody is in it: no account, no position. It is kept in the memory of a process for a minute at
most, and left as soon as a place changes.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from portrea.web.journeys.board import known_state

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest

    from portrea.offer.orientation.asked import Asked

SECONDS = 60
FOUND = 200


def same_minute(
    request: HttpRequest, asked: Asked, make: Callable[[], HttpResponse]
) -> HttpResponse:
    """Return the page made for the same question in this minute, else make it."""
    state = None if _is_of_someone(request, asked) else known_state()
    if state is None:  # a process that has not read every place answers with those around
        return make()
    pages, key = caches["answers"], _key(request, state)
    content = pages.get(key)
    if content is not None:
        return HttpResponse(content)
    answer = make()
    if answer.status_code == FOUND:
        pages.set(key, answer.content, SECONDS)
    return answer


def _is_of_someone(request: HttpRequest, asked: Asked) -> bool:
    known = settings.SESSION_COOKIE_NAME in request.COOKIES
    return known or asked.point is not None or getattr(request, "station", None) is not None


def _key(request: HttpRequest, state: datetime | str) -> str:
    minute = timezone.now().strftime("%Y%m%d%H%M")
    told = (state, minute, get_language(), request.build_absolute_uri())
    return sha256("|".join(map(str, told)).encode()).hexdigest()
