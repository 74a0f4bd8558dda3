"""Access to help: where to begin, and « Et si ? »."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portrea.steering.measures import words
from portrea.web.reach import asked as asking
from portrea.web.reach import choices, finding, selectors
from portrea.web.territories.caching import published
from portrea.web.territories.living import living
from portrea.web.territories.selectors import (
    Crumb,
    territory_examples,
    territory_find,
    territory_named,
    trail,
)

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portrea.web.reach.asked import Asked

SEARCHED = "cherche"
"""What is looked for on the page: no part of the trial, which its address says."""


@require_safe
@published
def home(request: HttpRequest) -> HttpResponse:
    """Let the reader name a territory, then say what can be asked about it."""
    query = request.GET.get("territoire", "").strip()
    selection, proposals = territory_named(query) if query else (None, territory_examples())
    context = {"query": query, "selection": selection, "proposals": proposals}
    return render(request, "reach/home.html", context)


@require_safe
@living
def what_if(request: HttpRequest) -> HttpResponse:
    """Show what places that open, close or move would change."""
    asked = asking.Asked.read(request.GET)
    if not asked.reference:
        return home(request)
    asked = asking.moved(asked, request.GET)
    pairs = parse_qsl(request.META.get("QUERY_STRING", ""))
    if [pair for pair in pairs if pair[0] != SEARCHED] != parse_qsl(asked.query()):
        return HttpResponseRedirect(f"{reverse('what-if')}?{asked.query()}")
    search = finding.search(asked, request.GET.get(SEARCHED, "").strip())
    return render(request, "reach/what_if.html", trial_context(asked) | {"search": search})


def trial_context(asked: Asked) -> dict[str, Any]:
    """Return what the page of a trial writes."""
    page = selectors.page_of(asked)
    return {
        "page": page,
        "asked": asked,
        "choices": choices.choices_of(asked),
        "assumed": choices.assumptions(asked),
        "measure": words(page.measure),
        "hidden": parse_qsl(asked.query()),
        "trail": _trail(asked),
        "saved": None,
        "search": finding.Search(""),
    }


def _trail(asked: Asked) -> list[Crumb]:
    selection = territory_find(asked.reference)
    *above, last = trail(selection)
    url = f"/territoires/{selection.key.replace(':', '/')}/" if selection.is_single else ""
    return [*above, Crumb(last.label, url or last.url), Crumb("Et si ?")]
