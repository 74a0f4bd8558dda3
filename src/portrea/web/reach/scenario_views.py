"""Trials kept under a name, and trials side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import DataError
from portrea.web.accounts.permissions import act
from portrea.web.reach import comparing, saved
from portrea.web.reach.asked import read_text
from portrea.web.reach.forms import ScenarioForm
from portrea.web.reach.selectors import page_of
from portrea.web.reach.services import (
    place_of,
    scenario_drop,
    scenario_save,
    scenario_show,
)
from portrea.web.reach.views import trial_context
from portrea.web.territories.living import living
from portrea.web.territories.selectors import Crumb

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

opens = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@require_safe
@act("scenario.save")
def scenarios(request: HttpRequest) -> HttpResponse:
    """List the trials named in the territories of the person."""
    context = {"rows": saved.scenarios_of(request)}
    return render(request, "reach/scenarios.html", context)


@never_cache
@opens
@act("scenario.save")
def scenario_new(request: HttpRequest) -> HttpResponse:
    """Name the trial of an address."""
    query = request.META.get("QUERY_STRING", "")
    asked = read_text(query)
    place_of(asked)
    form = ScenarioForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = scenario_save(actor=request, title=form.cleaned_data["title"], query=query)
        return HttpResponseRedirect(reverse("scenario", kwargs={"key": made.key}))
    context = {"form": form, "page": page_of(asked), "query": asked.query()}
    return render(request, "reach/scenario_new.html", context)


@require_POST
@act("scenario.show")
def scenario_forward(request: HttpRequest, key: str) -> HttpResponse:
    """Put a named trial in the portrait and the pack of its territory, or take it out."""
    shown = request.POST.get("montre") == "oui"
    try:
        scenario_show(actor=request, key=key, shown=shown)
    except DataError as error:
        messages.warning(request, f"{error.message} {error.remedy or ''}".strip())
    else:
        done = _("L’essai est dans le portrait et le dossier du comité.")
        undone = _("L’essai n’est plus dans le portrait ni dans le dossier du comité.")
        messages.success(request, done if shown else undone)
    return HttpResponseRedirect(reverse("scenarios"))


@require_POST
@act("scenario.save")
def scenario_remove(request: HttpRequest, key: str) -> HttpResponse:
    """Take a named trial away."""
    try:
        scenario_drop(actor=request, key=key)
    except DataError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("L’essai est retiré : son lien ne mène plus à rien."))
    return HttpResponseRedirect(reverse("scenarios"))


@require_safe
def scenario(request: HttpRequest, key: str) -> HttpResponse:
    """Show a named trial to whoever has its link, with what it said the day it was named."""
    found = saved.scenario_of(key)
    if found is None:
        raise Http404(key)
    context = trial_context(read_text(found.query)) | {"saved": found}
    response = render(request, "reach/what_if.html", context)
    response["Cache-Control"] = "public, no-cache"
    return response


@require_safe
@living
def compare(request: HttpRequest) -> HttpResponse:
    """Put two or three trials side by side."""
    texts = [text for text in request.GET.getlist("essai") if text.strip()]
    crumbs = [Crumb(_("Accès"), reverse("access-home")), Crumb(_("Comparer des essais"))]
    context = {"compared": comparing.compare(texts), "trail": crumbs}
    return render(request, "reach/compare.html", context)
