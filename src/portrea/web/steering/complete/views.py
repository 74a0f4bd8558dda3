"""The complete portrait of a territory, as those who prepare it read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portrea.steering.downloads import document_file
from portrea.web.accounts.permissions import act, may
from portrea.web.steering import selectors as portraits
from portrea.web.steering.complete import selectors
from portrea.web.steering.editions.selectors import FORMS, editions_of
from portrea.web.steering.editions.workbench import bench_of
from portrea.web.steering.views import download
from portrea.web.territories.selectors import Crumb

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SHOWN = ("pdf", "docx", "odt")
"""Files offered of a portrait in preparation."""


def _where(_request: HttpRequest, level: str, code: str, **_: str) -> str:
    return f"{level}:{code}"


@never_cache
@require_safe
@act("portrait.draft")
def places(request: HttpRequest) -> HttpResponse:
    """List the territories whose portrait the person prepares; the only one is opened at once."""
    rows = selectors.places_of(request)
    if len(rows) == 1:
        return HttpResponseRedirect(rows[0][1])
    return render(request, "steering/complete/places.html", {"rows": rows})


@never_cache
@require_safe
@act("portrait.draft", where=_where)
def draft(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Show the complete portrait as it is today, what is ready in it and what is missing."""
    reference = f"{level}:{code}"
    *above, last = portraits.portrait_trail(reference)
    found = selectors.draft_of(reference)
    context = {
        "portrait": found.portrait,
        "draft": found,
        "bench": bench_of(found, request, reference),
        "editions": editions_of(reference),
        "files": [form for form in SHOWN if form in FORMS],
        "writes": may(request, "portrait.write", reference),
        "publishes": may(request, "portrait.publish", reference),
        "level": level,
        "code": code,
        "trail": [
            *above,
            Crumb(last.label, f"/territoires/{level}/{code}/"),
            Crumb("Portrait complet"),
        ],
        "notes": portraits.portrait_notes(reference),
    }
    return render(request, "steering/complete/draft.html", context)


@never_cache
@require_safe
@act("portrait.draft", where=_where)
def draft_file(request: HttpRequest, level: str, code: str, form: str) -> HttpResponse:  # noqa: ARG001
    """Send the complete portrait as it is today, to be read again before it is frozen."""
    if form not in FORMS:
        raise Http404(form)
    content = document_file(selectors.complete_of(f"{level}:{code}"), form)
    return download(content, FORMS[form], f"portrait-complet-{level}-{code}.{form}")
