"""The dated parameters behind the hints: which, of when, from which text, which are old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portrea.rights.catalogue import rights
from portrea.rights.freshness import table
from portrea.web.rights.freshness import selectors

if TYPE_CHECKING:
    from django.http import HttpRequest

ON_A_PAGE = 30
WRITERS = {
    "csv": (selectors.as_csv, "text/csv; charset=utf-8"),
    "json": (selectors.as_json, "application/json"),
}


@require_safe
def parameters(request: HttpRequest) -> HttpResponse:
    """List the rights with what leads each."""
    told = selectors.overview(timezone.localdate())
    context = {"table": table(), "rights": told, "trail": [{"label": _("Paramètres")}]}
    return render(request, "rights/freshness/parameters.html", context)


@require_safe
def of_right(request: HttpRequest, name: str) -> HttpResponse:
    """List every parameter that a right reads."""
    right = rights().get(name)
    if right is None:
        raise Http404(name)
    leading, stale, others = selectors.of_right(right, timezone.localdate())
    page = Paginator(others, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"table": table(), "right": right, "leading": leading, "stale": stale, "page": page}
    return render(request, "rights/freshness/of_right.html", context)


@require_safe
def file(_request: HttpRequest, kind: str) -> HttpResponse:
    """Give every parameter as a file."""
    if kind not in WRITERS:
        raise Http404(kind)
    write, content_type = WRITERS[kind]
    name = f"parametres-des-droits-{table().month}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(write(timezone.localdate()), content_type=content_type, headers=headers)
