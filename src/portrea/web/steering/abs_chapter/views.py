"""The chapter of an Analyse des Besoins Sociaux, for those who prepare it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portrea.steering.downloads import document_file
from portrea.web.accounts.permissions import act
from portrea.web.steering import selectors as portraits
from portrea.web.steering.abs_chapter.selectors import FORMS, abs_of
from portrea.web.steering.indicators.views import where
from portrea.web.steering.views import download
from portrea.web.territories.selectors import Crumb

if TYPE_CHECKING:
    from django.http import HttpRequest


@never_cache
@require_safe
@act("portrait.draft", where=where)
def abs_page(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Show the chapter as it is today."""
    reference = f"{level}:{code}"
    *above, last = portraits.portrait_trail(reference)
    context = {
        "portrait": abs_of(request, reference),
        "trail": [*above, Crumb(last.label, f"/territoires/{level}/{code}/"),
                  Crumb(_("Analyse des besoins sociaux"))],
        "level": level,
        "code": code,
        "notes": portraits.portrait_notes(reference),
        "files": tuple(FORMS),
    }  # fmt: skip
    return render(request, "steering/abs_chapter/page.html", context)


@never_cache
@require_safe
@act("portrait.draft", where=where)
def abs_file(request: HttpRequest, level: str, code: str, form: str) -> HttpResponse:
    """Send the chapter as a file."""
    if form not in FORMS:
        raise Http404(form)
    content = document_file(abs_of(request, f"{level}:{code}"), form)
    return download(content, FORMS[form], f"abs-{level}-{code}.{form}")
