"""The screenshot of a difficulty: parts hidden without a script, looked at, then kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portrea.action.pictures import COLUMNS, MOST_BYTES, ROWS
from portrea.base.errors import PortreaError
from portrea.web.accounts.permissions import act
from portrea.web.action.difficulties.selectors import TELL, difficulty_to_show
from portrea.web.action.services import pictures as services

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

CELLS = [[f"{row}-{column}" for column in range(COLUMNS)] for row in range(ROWS)]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("difficulty.tell")
def picture(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Add a picture, hide parts of it, say that nobody is named in it, or erase it."""
    found = difficulty_to_show(request, uuid, TELL)
    fault = ""
    if request.method == "POST":
        try:
            return _done(request, uuid)
        except PortreaError as error:
            fault = " ".join(filter(None, (error.message, error.remedy)))
    context = {"told": found, "cells": CELLS, "fault": fault}
    return render(request, "action/difficulties/picture.html", context)


@never_cache
@require_safe
@act("difficulty.read")
def picture_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send the picture to who may read it; one not looked at yet, to who tells it only."""
    found = difficulty_to_show(request, uuid)
    if not found.picture:
        raise Http404(str(uuid))
    if found.picture_checked is None:
        difficulty_to_show(request, uuid, TELL)
    answer = HttpResponse(services.read(found), content_type="image/jpeg")
    answer["Content-Disposition"] = 'inline; filename="capture.jpg"'
    return answer


def _done(request: HttpRequest, uuid: UUID) -> HttpResponse:
    here = HttpResponseRedirect(reverse("difficulty-picture", args=[uuid]))
    back = HttpResponseRedirect(reverse("difficulty", args=[uuid]))
    match request.POST.get("faire"):
        case "ajouter":
            sent = request.FILES.get("picture")
            content = sent.read(MOST_BYTES + 1) if sent else b""  # type: ignore[union-attr]
            services.picture_add(actor=request, uuid=uuid, content=content)
            return here
        case "cacher":
            services.picture_hide(actor=request, uuid=uuid, cells=_cells(request))
            messages.success(request, _("C’est caché pour de bon. Regardez de nouveau."))
            return here
        case "effacer":
            services.picture_drop(actor=request, uuid=uuid)
            messages.success(request, _("La capture est effacée."))
            return back
    if request.POST.get("personne") != "oui":
        raise services.not_looked_at()
    services.picture_confirm(actor=request, uuid=uuid)
    messages.success(request, _("La capture est gardée 180 jours, pour votre équipe seulement."))
    return back


def _cells(request: HttpRequest) -> list[tuple[int, int]]:
    """Return the cells ticked, and those of the lines ticked whole."""
    known = {cell for line in CELLS for cell in line}
    chosen = [cell for cell in request.POST.getlist("case") if cell in known]
    chosen += [
        cell for line in request.POST.getlist("ligne") for cell in known
        if cell.startswith(f"{line}-")
    ]  # fmt: skip
    return [(int(row), int(column)) for row, _dash, column in (c.partition("-") for c in chosen)]
