"""The page where a reader tries other parameters, and their file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portrea.web.steering import trial
from portrea.web.territories.caching import published
from portrea.web.territories.selectors import territory_find

if TYPE_CHECKING:
    from django.http import HttpRequest

RETRY_SECONDS = "10"


@require_safe
@published
def try_out(request: HttpRequest) -> HttpResponse:
    """Show the form and, when something is changed, its effect on a territory."""
    reference = request.GET.get("t", "").strip()
    asked = trial.read(request.GET)
    context = {
        "reference": reference,
        "place": territory_find(reference).label if reference else "",
        "groups": trial.groups(request.GET, asked),
        "series": trial.series_choices(asked),
        "asked": asked,
        "query": request.GET.urlencode(),
        "result": None,
        "busy": None,
    }
    status = 200
    if reference and trial.is_changed(asked):
        try:
            context["result"] = trial.result(reference, asked)
        except trial.BusyError as error:
            context["busy"], status = error, 503
    response = render(request, "steering/trial.html", context, status=status)
    if status == 503:
        response["Retry-After"] = RETRY_SECONDS
        response["Cache-Control"] = "no-store"
    return response


@require_safe
@published
def parameters_yaml(request: HttpRequest) -> HttpResponse:
    """Send the changed parameters as YAML."""
    headers = {"Content-Disposition": 'attachment; filename="parametres.yaml"'}
    text = trial.yaml_of(trial.read(request.GET))
    return HttpResponse(text, content_type="application/yaml; charset=utf-8", headers=headers)
