"""How long a connection lasts: a week, or half an hour without a click on a shared computer.

It is counted from the connection, whatever is done meanwhile; an administrator's lasts twelve
hours. It never passes the day from which a second factor is required. Public pages never read the
session, so they stay the same for everyone and set no cookie.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user, user_logged_in
from django.contrib.auth.models import AnonymousUser
from django.dispatch import receiver
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

IDLE = 30 * 60
"""Seconds without a click after which a shared computer is disconnected."""
REFRESH = 60
"""Seconds between two writings of the time of the last click."""
ADMINISTRATION_LASTS = 12 * 3_600
"""Seconds that the connection of an administrator of the site lasts: a long day of work."""
BEGAN = "began"
SEEN = "shared_computer_seen"
ENDS = "second_factor_by"


@receiver(user_logged_in)
def begin(request: HttpRequest, **_kwargs: Any) -> None:
    """Note when a connection began: nothing done later lengthens it."""
    request.session[BEGAN] = _now()


def share_computer(request: HttpRequest) -> None:
    """Make the connection end with the browser, or after :data:`IDLE` seconds without a click."""
    request.session.set_expiry(0)
    request.session[SEEN] = _now()


def end_at(request: HttpRequest, instant: datetime) -> None:
    """Make the connection end at an instant: when a second factor cannot wait any more."""
    request.session[ENDS] = int(instant.timestamp())


def never_ends_early(request: HttpRequest) -> None:
    """Let the connection last as usual: the second factor is in place."""
    request.session.pop(ENDS, None)


class SharedComputerMiddleware:
    """Forget who is connected on a shared computer left alone, or past the time she was given."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the idle time only when a page asks who is connected."""
        request.user = SimpleLazyObject(lambda: _present_user(request))
        return self.get_response(request)


def _present_user(request: HttpRequest) -> Any:
    ends = request.session.get(ENDS)
    if ends is not None and ends < _now():
        request.session.flush()
        return AnonymousUser()
    seen = request.session.get(SEEN)
    if seen is not None:
        idle = _now() - seen
        if idle > IDLE:
            request.session.flush()
            return AnonymousUser()
        if idle > REFRESH:
            request.session[SEEN] = _now()
    return _while_it_lasts(request, get_user(request))


def _while_it_lasts(request: HttpRequest, user: Any) -> Any:
    """Return the person, nobody once her connection is older than it may be."""
    most = ADMINISTRATION_LASTS if user.is_superuser else settings.SESSION_COOKIE_AGE
    began = request.session.get(BEGAN)
    if began is None or _now() - began <= most:
        return user
    request.session.flush()
    return AnonymousUser()


def _now() -> int:
    return int(timezone.now().timestamp())
