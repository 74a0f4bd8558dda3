"""The one way in: whatever told who a person is (password, link, provider), what is left to ask.

A person of whom a second factor is asked is not connected before she gave it: the session only says
who is at the door, for ten minutes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from portrea.web.accounts import services, sign_in
from portrea.web.accounts.sessions import end_at, share_computer
from portrea.web.accounts.sign_in_selectors import user_of
from portrea.web.accounts.throttling import Allowance, throttle, visitor

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.web.accounts.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"
AT_THE_DOOR = "at_the_door"
DOOR_LASTS = 10 * 60
"""Seconds between the password and the code."""


def enter(
    request: HttpRequest, user: User, *, following: str, shared: bool = False
) -> HttpResponseRedirect:
    """Connect a person who proved who she is, or lead her to the second factor."""
    if sign_in.is_in_place(user):
        return _hold(request, user, following, shared=shared, then="/connexion/code/")
    deadline = sign_in.deadline_of(user)
    if deadline is not None and deadline <= timezone.now():
        sign_in.factor_begin(actor=user)
        return _hold(request, user, following, shared=shared, then="/connexion/second-facteur/")
    connect(request, user, shared=shared)
    if deadline is not None:
        end_at(request, deadline)
        day = f"{deadline:%d/%m/%Y}"
        messages.info(
            request,
            _("Avant le %(day)s, ajoutez un second facteur dans « Mon compte ».") % {"day": day},
        )
    return HttpResponseRedirect(following)


def connect(request: HttpRequest, user: User, *, shared: bool) -> None:
    """Open the session of a person."""
    request.session.pop(AT_THE_DOOR, None)
    login(request, user, backend=BACKEND)
    services.account_seen(user=user)
    sign_in.factor_ask(user=user)
    if shared:
        share_computer(request)


def at_the_door(request: HttpRequest) -> tuple[User, str, bool] | None:
    """Return who waits, the page she asked for, and whether she shares the computer.

    ``None`` when nobody waits, or for too long, or when the password changed meanwhile.
    """
    held: dict[str, Any] | None = request.session.get(AT_THE_DOOR)
    if held is None or timezone.now().timestamp() - held["at"] > DOOR_LASTS:
        return None
    user = user_of(held["user"])
    if user is None or not constant_time_compare(user.get_session_auth_hash(), held["hash"]):
        return None
    return user, held["next"], held["shared"]


def following_of(request: HttpRequest) -> str:
    """Page to show after the connection: the one asked for, when it is of this site."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if safe else settings.LOGIN_REDIRECT_URL


def allowed(request: HttpRequest, purpose: str, who: str, rates: tuple[str, str]) -> Allowance:
    """Count a try for the person, then for the visitor."""
    of_person = throttle(f"{purpose}:{who}", rates[0])
    of_visitor = throttle(f"{purpose}:visiteur:{visitor(request)}", rates[1])
    return of_person if not of_person else of_visitor


def too_many(
    request: HttpRequest, template: str, allowance: Allowance, **context: Any
) -> HttpResponse:
    """Answer that one must wait, on the page itself."""
    context |= {"next": following_of(request), "wait": -(-allowance.wait // 60)}
    response = render(request, template, context, status=429)
    response["Retry-After"] = str(allowance.wait)
    return response


def _hold(
    request: HttpRequest, user: User, following: str, *, shared: bool, then: str
) -> HttpResponseRedirect:
    request.session.flush()
    request.session[AT_THE_DOOR] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "next": following,
        "shared": shared,
        "at": timezone.now().timestamp(),
    }
    return HttpResponseRedirect(then)
