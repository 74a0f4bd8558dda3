"""Questionnaires out: workbook, XForm, JSON, a page to print; of a version, else of the draft."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portrea.base.errors import PortreaError
from portrea.sources.xlsform import make_xform, write_workbook
from portrea.surveys import translating
from portrea.surveys.xlsform import read_sheets, write_sheets
from portrea.web.accounts.permissions import act
from portrea.web.surveys.drafting import selectors

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.web.surveys.models import Questionnaire

KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml; charset=utf-8",
    "json": "application/json; charset=utf-8",
}


@never_cache
@require_safe
@act("survey.prepare")
def file(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """Give a version (or the draft) as a file."""
    row = selectors.found(request, key)
    if kind not in KINDS:
        raise Http404(kind)
    number = request.GET.get("version", "")
    try:
        content = _content(row, kind, number)
    except PortreaError as error:
        context = {"row": row, "error": error, "tab": "check"}
        return render(request, "surveys/drafting/refused.html", context, status=400)
    name = f"{row.name}-{number or 'brouillon'}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=KINDS[kind], headers=headers)


def _content(row: Questionnaire, kind: str, number: str) -> bytes:
    version = selectors.version_of(row, number) if number else None
    sheets: Any = version.sheets if version else row.draft
    if kind == "xlsx":
        return write_workbook(sheets)
    if kind == "json":
        return json.dumps(sheets, ensure_ascii=False, indent=1).encode()
    if version:
        return version.xform.encode()
    return make_xform(write_sheets(translating.whole(read_sheets(sheets).form))).xml.encode()


@never_cache
@require_safe
@act("survey.prepare")
def printed(request: HttpRequest, key: str) -> HttpResponse:
    """Show every question on a page to print and read over together."""
    row = selectors.found(request, key)
    number = request.GET.get("version", "")
    version = selectors.version_of(row, number) if number else None
    form = selectors.form_in(version) if version else selectors.draft_of(row)
    context = {"row": row, "version": version, "form": form, "rows": selectors.outline(form)}
    return render(request, "surveys/drafting/print.html", context)
