"""What a person takes away of an estimate: a page to print, a paper, a file."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portrea.web.accounts.permissions import act
from portrea.web.accounts.throttling import throttle, visitor
from portrea.web.rights.hints import show, taking, visit
from portrea.web.rights.hints.asked import VISIT
from portrea.web.rights.hints.views import ENDED

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

RATE = "120/h"
SUMMARY = "resume"


def _summed(make: Callable[[HttpRequest, dict[str, Any]], HttpResponse]) -> Any:
    """Give a view the summary that the page carries, if the visit is not over."""

    @csrf_exempt  # nothing is written, nothing of a session is used
    @sensitive_post_parameters()
    @require_http_methods(["GET", "HEAD", "POST"])
    @act("rights.hint")
    @wraps(make)
    def view(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":  # the history of a browser, or an address copied
            return HttpResponseRedirect(reverse("rights-hint"))
        number = visit.opened(request.POST.get(VISIT, ""))
        summary = taking.opened(request.POST.get(SUMMARY, ""))
        if number is None or summary is None:
            return show.first(request, notice=str(ENDED), status=400)
        return show.unkept(make(request, summary))

    return view


@_summed
def take(request: HttpRequest, summary: dict[str, Any]) -> HttpResponse:
    """Show the summary as it will be printed, its code to scan, and the two files."""
    text = taking.text_of(summary)
    context = {
        "summary": request.POST[SUMMARY],
        "visit": request.POST[VISIT],
        "text": text,
        "code": taking.code_of(text),
    }
    return render(request, "rights/hints/take.html", context)


@_summed
def paper(request: HttpRequest, summary: dict[str, Any]) -> HttpResponse:
    """Send the summary as a PDF."""
    if not throttle(f"droits-papier:{visitor(request)}", RATE):
        return show.first(request, notice=_("Trop de papiers d’ici : attendez un peu."), status=429)
    now = timezone.now()
    return _sent(taking.paper_of(summary, day=show.today(), now=now), "application/pdf", "pdf")


@_summed
def file(_request: HttpRequest, summary: dict[str, Any]) -> HttpResponse:
    """Send the summary as a JSON file."""
    return _sent(taking.file_of(summary), "application/json", "json")


def _sent(content: bytes, kind: str, ending: str) -> HttpResponse:
    named = {"Content-Disposition": f'attachment; filename="mes-droits-possibles.{ending}"'}
    return HttpResponse(content, content_type=kind, headers=named)
