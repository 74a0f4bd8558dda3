"""Non-take-up by territory: choose one, read both roads, take the numbers away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portrea.steering import take_up_files
from portrea.steering.take_up import LEVELS
from portrea.web.rights.take_up import selectors
from portrea.web.territories.caching import published
from portrea.web.territories.selectors import Crumb, territory_examples, territory_named

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

FILES = {
    "csv": ("text/csv; charset=utf-8", take_up_files.to_csv),
    "json": ("application/json", take_up_files.to_json),
}


def told(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark what is told of a territory: it changes with the store and the simulations too."""
    return published(view, also=lambda **_: selectors.take_up_state())


@require_safe
@published
def take_up_home(request: HttpRequest) -> HttpResponse:
    """Let the reader name a territory."""
    query = request.GET.get("territoire", "").strip()
    selection, proposals = territory_named(query) if query else (None, territory_examples())
    if selection is not None and selection.is_single:
        area = selection.territories[0]
        return redirect("take-up", level=area.level.value, code=area.code)
    known = [one for one in proposals if one.reference.partition(":")[0] in LEVELS]
    found = [(*one.reference.split(":"), one.name, one.detail) for one in known]
    context = {"query": query, "found": found, "trail": [Crumb("Non-recours")]}
    return render(request, "rights/take_up/home.html", context)


@require_safe
@told
def take_up(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Show the beneficiaries and both roads to the eligible of a territory."""
    report = selectors.take_up_report(level, code)
    area = report.territory
    context = {
        "report": report,
        "place": area.title or area.name,
        "section": selectors.take_up_page(report),
        "command": selectors.simulation_command(report),
        "sources": [dataset.provenance for dataset in report.datasets],
        "trail": [Crumb("Non-recours", reverse("take-up-home")), Crumb(area.name)],
    }
    return render(request, "rights/take_up/page.html", context)


@require_safe
@told
def take_up_file(request: HttpRequest, level: str, code: str, kind: str) -> HttpResponse:  # noqa: ARG001
    """Send what the page says, as CSV or JSON."""
    if kind not in FILES:
        raise Http404(kind)
    content_type, write = FILES[kind]
    report = selectors.take_up_report(level, code)
    headers = {"Content-Disposition": f'attachment; filename="non-recours-{level}-{code}.{kind}"'}
    return HttpResponse(write(report), content_type=content_type, headers=headers)
