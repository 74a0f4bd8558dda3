"""The pages of the running of the site: the board, and what may be done to a task."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portrea.base.errors import DataError
from portrea.web.accounts.permissions import act
from portrea.web.operation.alerts import alerts
from portrea.web.operation.work import mailing, selectors, services

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@never_cache
@require_safe
@act("task.read")
def board(request: HttpRequest) -> HttpResponse:
    """Show what should be looked at, then the work, then the pages that failed."""
    week = timezone.localdate() - timedelta(days=7)
    context = {
        "now": timezone.now(),
        "alerts": alerts(),
        "board": selectors.board(),
        "due": selectors.due(),
        "mails": mailing.totals(week),
        "mail_faults": mailing.faults(week),
        "faults": selectors.faults(),
        "asked": request.GET.get("reference", "").strip()[:40],
        "told": selectors.told_by(request.GET.get("reference", "")),
    }
    return render(request, "operation/work/board.html", context)


@require_POST
@act("task.run")
def retry(request: HttpRequest, key: UUID) -> HttpResponse:
    """Queue a failed task again."""
    try:
        services.task_retry(actor=request, key=key)
        messages.success(request, _("Le travail est remis dans la file."))
    except DataError as error:
        messages.error(request, f"{error.message} {error.remedy}")
    return HttpResponseRedirect(reverse("task-board"))


@require_POST
@act("task.run")
def stop(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give up a task that waits, or ask one that runs to stop."""
    try:
        gone = services.task_stop(actor=request, key=key)
        told = _("Le travail est retiré de la file.") if gone else _("L’arrêt est demandé.")
        messages.success(request, told)
    except DataError as error:
        messages.error(request, f"{error.message} {error.remedy}")
    return HttpResponseRedirect(reverse("task-board"))
