"""The register, for administrators: a page and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portrea.steering.downloads import document_file
from portrea.web.accounts.permissions import act
from portrea.web.operation.registers.documents import impact, register
from portrea.web.operation.registers.reading import declared, processings
from portrea.web.operation.registers.selectors import last_applied
from portrea.web.steering.pack_selectors import FORMS
from portrea.web.steering.views import download

if TYPE_CHECKING:
    from django.http import HttpRequest

DOCUMENTS = {"registre": register, "aipd": impact}
OFFERED = ("docx", "odt", "xlsx", "csv", "json")


@never_cache
@require_safe
@act("register.read")
def register_page(request: HttpRequest) -> HttpResponse:
    """Show every processing, and when the durations were last applied."""
    context = {
        "processings": processings(),
        "measures": declared()["measures"],
        "transfers": declared()["transfers"],
        "applied": last_applied(),
        "forms": OFFERED,
    }
    return render(request, "operation/registers/register.html", context)


@never_cache
@require_safe
@act("register.read")
def register_file(_request: HttpRequest, document: str, form: str) -> HttpResponse:
    """Send the register or the AIPD template."""
    if document not in DOCUMENTS or form not in OFFERED:
        raise Http404(document)
    content = document_file(DOCUMENTS[document](), form)
    return download(content, FORMS[form], f"{document}.{form}")
