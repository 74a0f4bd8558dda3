"""Sheets to print and the report of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portrea.web.accounts.permissions import act
from portrea.web.surveys.codes import is_local, qr_of
from portrea.web.surveys.days import papers, selectors
from portrea.web.surveys.days.forms import ReportForm
from portrea.web.surveys.days.report import report_of
from portrea.web.surveys.days.room_addresses import joining
from portrea.web.surveys.days.views import about, day_to_show, opens
from portrea.web.surveys.services.days import day_tell

if TYPE_CHECKING:
    from django.http import HttpRequest

SHORT = 1_800
"""Signs of a text that every mail program takes from a link."""


@never_cache
@require_safe
@act("day.run")
def day_papers(request: HttpRequest, key: str) -> HttpResponse:
    """List what can be printed."""
    context = about(day_to_show(request, key)) | {"papers": papers.PAPERS}
    return render(request, "surveys/days/papers.html", context)


@never_cache
@require_safe
@act("day.run")
def day_paper(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """Show one sheet alone, to print or to project."""
    day = day_to_show(request, key)
    paper = papers.NAMES.get(name)
    if paper is None:
        raise Http404(name)
    address = joining(day)
    context = about(day) | {
        "paper": paper,
        "agenda": selectors.agenda_of(day),
        "ends": selectors.ends_of(day),
        "tables": selectors.tables_of(day),
        "blanks": papers.BLANKS,
        "blocks": papers.BLOCKS,
        "situations": papers.SITUATIONS,
        "slots": papers.presentation(None),
        "stages": selectors.stages_of(day) if name == "presentation" else [],
        "portrait": papers.portrait_of(day) if name == "presentation" else None,
        "address": "" if is_local(address) else address,
        "qr": "" if is_local(address) else qr_of(address),
    }
    return render(request, paper.template, context)


@never_cache
@opens
@act("day.run")
def day_report(request: HttpRequest, key: str) -> HttpResponse:
    """Show the report; keep what the scribe writes."""
    day = day_to_show(request, key)
    first = {name: getattr(day, name) for name in ("present", "decisions", "notes")}
    form = ReportForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        day, removed = day_tell(actor=request, key=key, **form.cleaned_data)
        messages.success(request, _("Le compte rendu est enregistré."))
        if removed:
            messages.warning(request, _("Retiré de votre texte : %s.") % ", ".join(removed))
        return HttpResponseRedirect(reverse("day-report", kwargs={"key": key}))
    report = report_of(day)
    text = report.text()
    body = quote(text.replace("\n", "\r\n"), safe="") if len(text) <= SHORT else ""
    context = about(day) | {
        "form": form,
        "report": report,
        "text": text,
        "mail": f"mailto:?subject={quote(report.title, safe='')}"
        + (f"&body={body}" if body else ""),
        "long": not body,
    }
    return render(request, "surveys/days/report.html", context)


@never_cache
@require_safe
@act("day.run")
def day_report_text(request: HttpRequest, key: str) -> HttpResponse:
    """Send the report as a text file."""
    day = day_to_show(request, key)
    answer = HttpResponse(report_of(day).text(), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="compte-rendu.txt"'
    return answer
