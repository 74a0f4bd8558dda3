"""« Ne plus recevoir »: one button, and the one-click stopping of mail programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portrea.web.accounts.keys import KEY
from portrea.web.accounts.permissions import act
from portrea.web.action.services.reminders import reminders_stop

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@csrf_exempt  # mail programs have no cookie (RFC 8058); the link alone is the permission
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("dates.plan")
def reminder_stop(request: HttpRequest, series: str) -> HttpResponse:
    """Show one button; pressed, nothing is left. What is known of a link is never said."""
    if len(series) != KEY:
        raise Http404(series)
    if request.method == "POST":
        reminders_stop(actor=request, series=series)
    context = {"stopped": request.method == "POST"}
    return render(request, "action/reminders/stop.html", context)
