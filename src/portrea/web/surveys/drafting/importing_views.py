"""Import an XLSForm: read whole, or refused with the file to be mended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portrea.base.errors import PortreaError
from portrea.web.accounts.permissions import act
from portrea.web.accounts.where import choices_of
from portrea.web.surveys.drafting.importing import (
    Received,
    list_to_mend,
    packed,
    receive,
    rows_of,
    unpacked,
    workbook_to_mend,
)
from portrea.web.surveys.drafting.library_forms import ImportForm
from portrea.web.surveys.services.questionnaires import questionnaire_create

if TYPE_CHECKING:
    from django.http import HttpRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SAID, MOST_LISTS = 12, 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.prepare")
def importing(request: HttpRequest) -> HttpResponse:
    """Receive a workbook."""
    territories = choices_of(request, "survey.prepare")
    form = ImportForm(request.POST or None, request.FILES or None, territories=territories)
    if request.method != "POST" or not form.is_valid():
        status = 400 if form.errors else 200
        return render(request, "surveys/drafting/import.html", {"form": form}, status=status)
    told = form.cleaned_data
    lists = {one.name: one.read() for one in request.FILES.getlist("lists")[:MOST_LISTS]}
    try:
        received = receive(told["file"].read(), lists)
        if received.faults:
            return _refused(request, form, received)
        made = questionnaire_create(
            actor=request,
            title=told["title"],
            territory=told["territory"],
            sheets=received.sheets,
        )
    except PortreaError as error:
        form.add_error("file", " ".join(filter(None, (error.message, error.remedy))))
        return render(request, "surveys/drafting/import.html", {"form": form}, status=400)
    _say_left_out(request, received)
    return HttpResponseRedirect(reverse("questionnaire", kwargs={"key": made.key}))


def _refused(request: HttpRequest, form: ImportForm, received: Received) -> HttpResponse:
    rows = rows_of(received.faults)
    context: dict[str, Any] = {
        "form": form,
        "faults": [list(row.values()) for row in rows[:200]],
        "count": len(rows),
        "packed": packed(received),
        "name": form.cleaned_data["file"].name,
    }
    return render(request, "surveys/drafting/import.html", context, status=400)


def _say_left_out(request: HttpRequest, received: Received) -> None:
    messages.success(request, _("Le questionnaire est importé."))
    for one in received.left_out[:MOST_SAID]:
        messages.warning(request, _("Laissé de côté : %s") % one)
    left = len(received.left_out) - MOST_SAID
    if left > 0:
        told = ngettext("Et %d autre.", "Et %d autres.", left) % left
        messages.warning(request, told)


@require_POST
@act("survey.prepare")
def to_mend(request: HttpRequest) -> HttpResponse:
    """Give back the file that was refused, with what is to be mended."""
    try:
        sheets, faults = unpacked(request.POST.get("feuilles", ""))
        if "csv" in request.POST:
            return _file(list_to_mend(faults).encode(), "a-corriger.csv", "text/csv; charset=utf-8")
        return _file(workbook_to_mend(sheets, faults), "a-corriger.xlsx", XLSX)
    except PortreaError as error:
        messages.error(request, " ".join(filter(None, (error.message, error.remedy))))
        return HttpResponseRedirect(reverse("questionnaire-import"))


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
