"""Access to help: where to begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from portrea.web.territories.caching import published
from portrea.web.territories.selectors import territory_examples, territory_named

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@published
def home(request: HttpRequest) -> HttpResponse:
    """Let the reader name a territory, then say what can be asked about it."""
    query = request.GET.get("territoire", "").strip()
    selection, proposals = territory_named(query) if query else (None, territory_examples())
    context = {"query": query, "selection": selection, "proposals": proposals}
    return render(request, "reach/home.html", context)
