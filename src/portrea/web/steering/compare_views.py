"""Territories side by side, and those that resemble one: pages and files."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portrea.steering.downloads import document_file
from portrea.web.steering import compare_selectors, selectors
from portrea.web.steering.views import download
from portrea.web.territories.caching import published
from portrea.web.territories.selectors import Crumb

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.steering.document import Portrait

HERE = "/territoires/cote-a-cote/"


@require_safe
@published
def side_by_side(request: HttpRequest) -> HttpResponse:
    """Show some territories side by side; one may be added by its name."""
    reference, measure = _asked(request)
    more = request.GET.get("plus", "").strip()
    proposals = []
    if more:
        longer, proposals = compare_selectors.added(reference, more)
        if longer:
            query = urlencode({"t": longer, "mesure": measure}, safe=":,")
            return HttpResponseRedirect(f"{HERE}?{query}")
    found = compare_selectors.compared_of(reference, measure) if reference else None
    context = {
        "compared": found,
        "reference": reference,
        "measure": measure,
        "more": more,
        "proposals": proposals,
        "trail": [Crumb(_("Territoires"), "/territoires/"), Crumb(_("Côte à côte"))],
    }
    response = render(request, "steering/side_by_side.html", context)
    if found is not None and found.busy:
        response["Cache-Control"] = "no-store"
    return response


@require_safe
@published
def side_by_side_file(request: HttpRequest, form: str) -> HttpResponse:
    """Send some territories side by side as a workbook or as CSV."""
    reference, measure = _asked(request)
    if not reference:
        raise Http404
    return _file(compare_selectors.compared_of(reference, measure).document, form, "cote-a-cote")


@require_safe
@published
def similar(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Show the territories that resemble one by their context."""
    reference = f"{level}:{code}"
    found = compare_selectors.similar_of(reference)
    *above, last = selectors.portrait_trail(reference)
    context = {
        "document": found,
        "trail": [
            *above,
            Crumb(last.label, request.path.removesuffix("semblables/")),
            Crumb(_("Territoires semblables")),
        ],
        "query": compare_selectors.nearest_query(found),
    }
    return render(request, "steering/similar.html", context)


@require_safe
@published
def similar_file(request: HttpRequest, level: str, code: str, form: str) -> HttpResponse:  # noqa: ARG001
    """Send the territories that resemble one as a workbook or as CSV."""
    found = compare_selectors.similar_of(f"{level}:{code}")
    return _file(found, form, f"semblables-{level}-{code}")


def _asked(request: HttpRequest) -> tuple[str, str]:
    return request.GET.get("t", "").strip(), request.GET.get("mesure", "").strip() or "a1"


def _file(document: Portrait, form: str, name: str) -> HttpResponse:
    if form not in compare_selectors.FORMS:
        raise Http404(form)
    content = document_file(document, form)
    return download(content, compare_selectors.FORMS[form], f"{name}.{form}")
