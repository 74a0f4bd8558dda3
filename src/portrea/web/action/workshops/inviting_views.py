"""Inviting to a workshop: link and code, poster, flyer, message, calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from portrea.base.errors import PortreaError
from portrea.web.accounts.permissions import act, may
from portrea.web.accounts.scope import find, gazetteer, key_of
from portrea.web.action.models import Workshop
from portrea.web.action.workshops import selectors
from portrea.web.action.workshops.calendar import calendar_of, feed_of
from portrea.web.action.workshops.inviting import invitation_of, letter_of, sheet_of
from portrea.web.action.workshops.views import about

if TYPE_CHECKING:
    from django.http import HttpRequest

CALENDAR = "text/calendar; charset=utf-8"
FEED_AGE = 3600
"""Seconds during which a feed may be served again."""


@never_cache
@require_safe
@act("workshop.run")
def invite(request: HttpRequest, key: str) -> HttpResponse:
    """Show everything that invites to a workshop."""
    found = selectors.workshop_to_run(request, key)
    context = about(found) | {
        "invitation": invitation_of(found),
        "may_write": may(request, "contact.read", found.territory),
    }
    return render(request, "action/workshops/invite.html", context)


@never_cache
@require_safe
@act("workshop.run")
def poster(request: HttpRequest, key: str) -> HttpResponse:
    """Send the poster, A4."""
    return _sheet(request, key, "a4", "affiche.pdf")


@never_cache
@require_safe
@act("workshop.run")
def flyer(request: HttpRequest, key: str) -> HttpResponse:
    """Send the flyer, A6."""
    return _sheet(request, key, "a6", "tract.pdf")


@never_cache
@require_safe
@act("workshop.run")
def letter(request: HttpRequest, key: str) -> HttpResponse:
    """Send the message to structures as a draft, without anybody's address."""
    found = selectors.workshop_to_run(request, key)
    return _file(letter_of(found, timezone.now()), "message/rfc822", "invitation.eml")


@never_cache
@require_safe
@act("workshop.run")
def dates(request: HttpRequest, key: str) -> HttpResponse:
    """Send a workshop as a calendar file."""
    return _dates(selectors.workshop_to_run(request, key))


@cache_control(public=True, max_age=FEED_AGE)
@require_safe
def dates_public(_request: HttpRequest, key: str) -> HttpResponse:
    """Send a public workshop as a calendar file."""
    found = Workshop.objects.filter(key=key, public=True).first()
    if found is None:
        raise Http404(key)
    return _dates(found)


@cache_control(public=True, max_age=FEED_AGE)
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Send the public workshops of a territory as a feed to subscribe to."""
    asked = request.GET.get("territoire", "") or "france:FR"
    key = key_of(asked)
    try:
        known = gazetteer()
        found = find(key) if known is None else known.get(*key)
    except (PortreaError, ValueError) as error:
        raise Http404(asked) from error
    if found.key != asked:
        raise Http404(asked)
    content = feed_of((found.level.value, found.code))
    return _file(content, CALENDAR, "ateliers.ics")


def _sheet(request: HttpRequest, key: str, paper: str, name: str) -> HttpResponse:
    found = selectors.workshop_to_run(request, key)
    return _file(sheet_of(found, paper, timezone.now()), "application/pdf", name)


def _dates(workshop: Workshop) -> HttpResponse:
    content = calendar_of([workshop], name=workshop.title, stamp=timezone.now())
    return _file(content, CALENDAR, "atelier.ics")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
