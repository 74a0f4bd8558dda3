"""« Cela vous a été utile ? » in two taps, on one's telephone or on a tablet passed around."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portrea.action.joining import words
from portrea.base.errors import PortreaError
from portrea.web.accounts import links
from portrea.web.accounts.keys import new_key
from portrea.web.accounts.permissions import act
from portrea.web.accounts.throttling import throttle, visitor
from portrea.web.action.joining.views import said, workshop_shown
from portrea.web.action.services.opinions import opinion_give, opinion_next, opinions_open

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse

    from portrea.web.action.models import Workshop

ONCE, ROOM_RATE = "1/j", "80/j"
"""A page counts once; a room shares one network."""
PAGE, GIVEN, LASTS = "avis-page", "avis", timedelta(hours=12)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("workshop.join")
def opinion(request: HttpRequest, key: str) -> HttpResponse:
    """Ask the two questions, one after the other; thank."""
    found = workshop_shown(key)
    if request.method == "POST" and "suite" in request.POST:
        return _second(request, found)
    if request.method == "POST":
        return _first(request, found)
    thanked = request.GET.get("merci") == "1"
    return _shown(request, found, "thanks" if thanked else "first")


def _first(request: HttpRequest, found: Workshop) -> HttpResponse:
    """Write the first answer once by page; a page sent again goes on without counting."""
    if not _counts(request, found):
        return _thanks(found)
    useful = request.POST.get("utile", "")
    try:
        made = opinion_give(actor=request, key=found.key, useful=useful)
    except PortreaError as error:
        return _shown(request, found, "first", error=said(error), status=409)
    return _shown(request, found, "second", given=links.sign(GIVEN, made.pk))


def _second(request: HttpRequest, found: Workshop) -> HttpResponse:
    then = request.POST["suite"]
    given = request.POST.get("avis", "")
    try:
        number = int(links.read(GIVEN, given, lasting=LASTS))
        opinion_next(actor=request, opinion=number, then=then)
    except links.LinkError:
        return _thanks(found)
    except PortreaError as error:
        return _shown(request, found, "second", given=given, error=said(error), status=409)
    return _thanks(found)


def _counts(request: HttpRequest, found: Workshop) -> bool:
    try:
        page = links.read(PAGE, request.POST.get("page", ""), lasting=LASTS)
    except links.LinkError:
        return False
    fresh = throttle(f"avis-page:{page}", ONCE)
    return bool(fresh) and bool(throttle(f"avis:{found.pk}:{visitor(request)}", ROOM_RATE))


def _thanks(found: Workshop) -> HttpResponse:
    return HttpResponseRedirect(reverse("workshop-opinion", args=[found.key]) + "?merci=1")


def _shown(
    request: HttpRequest, found: Workshop, step: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "workshop": found,
        "step": step if opinions_open(found, timezone.now()) or step != "first" else "closed",
        "page": links.sign(PAGE, new_key()),
        "useful": [(code, _(label)) for code, label in words()["useful"].items()],
        "next": [(code, _(label)) for code, label in words()["next"].items()],
        "given": "",
        "error": "",
    }
    return render(request, "action/joining/opinion.html", context | more, status=status)
