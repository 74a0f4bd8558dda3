"""Results of a survey: for the team, its report, its preview, its publication, the public page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import PortreaError
from portrea.surveys.report import moved
from portrea.web.accounts.permissions import act, may
from portrea.web.surveys.results.asking import Asking
from portrea.web.surveys.results.forms import BlockForm, ReportForm
from portrea.web.surveys.results.pages import pages_of
from portrea.web.surveys.results.reading import (
    blocks_of,
    composed,
    edition,
    edition_in_force,
    method_of,
    read,
)
from portrea.web.surveys.results.selectors import published_found
from portrea.web.surveys.rounds.selectors import survey_found
from portrea.web.surveys.rounds.views import framed, said
from portrea.web.surveys.services.publishing import report_save, results_publish, results_withdraw

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portrea.web.surveys.models import Survey

HERE = "resultats/"
KINDS = (("xlsx", "XLSX"), ("ods", "ODS"), ("csv", "CSV"), ("xml", "DDI (XML)"))
"""Files of the results: how their address ends, how they are called."""
writes = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@require_safe
@act("survey.results")
def results(request: HttpRequest, key: str) -> HttpResponse:
    """Show every result: with crossings and groups for those who may read answers."""
    survey = survey_found(request, key, "survey.results")
    whole = may(request, "survey.read", survey.territory)
    asking = Asking.read(request.GET if whole else {})
    found = read(survey, weighted=asking.weighted)
    try:
        asking.check(found)
        shown = composed(asking.narrowed(found), public=not whole, report=asking.report(found))
    except PortreaError as error:
        messages.error(request, said(error))
        return HttpResponseRedirect(f"/espace/enquetes/{key}/{HERE}")
    more = {
        "found": found,
        "kinds": KINDS,
        "home": f"/espace/enquetes/{key}/{HERE}",
        "whole": whole,
        "asking": asking,
        "groups": asking.groups(found) if whole else [],
        "asked": pages_of(shown),
        "method": method_of(found),
        "edition": edition_in_force(survey),
        "publishes": may(request, "survey.publish", survey.territory),
        "synthetic": bool(survey.report.get("synthetic")),
    }
    return render(request, "surveys/results/team.html", framed(request, survey, HERE, **more))


@never_cache
@writes
@act("survey.run")
def report(request: HttpRequest, key: str) -> HttpResponse:
    """Show the report being written: its head, its questions in order."""
    survey = survey_found(request, key, "survey.run")
    found = read(survey)
    form = ReportForm(request.POST or None, initial=ReportForm.of(found.report))
    if request.method == "POST" and form.is_valid():
        done = _saved(request, survey, form.changed(found.report))
        if done:
            return done
    labels = {one.question.name: one.label for one in found.counted.results()}
    lines = [(one, one.title or labels[one.question]) for one in found.report.blocks]
    more = {"form": form, "lines": lines, "report": found.report}
    return render(request, "surveys/results/report.html", framed(request, survey, HERE, **more))


@never_cache
@writes
@act("survey.run")
def block(request: HttpRequest, key: str, question: str) -> HttpResponse:
    """Write one question of the report."""
    survey = survey_found(request, key, "survey.run")
    found = read(survey)
    kept = next((one for one in found.report.blocks if one.question == question), None)
    if kept is None:
        raise Http404(question)
    initial = BlockForm.of(kept, found.report.edits)
    form = BlockForm(found, kept, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        done = _saved(request, survey, form.changed(found.report, question))
        if done:
            return done
    label = found.counted.results_of([question])[0].label
    more = {"form": form, "label": label}
    return render(request, "surveys/results/block.html", framed(request, survey, HERE, **more))


@require_POST
@act("survey.run")
def move(request: HttpRequest, key: str) -> HttpResponse:
    """Move a question of the report up or down."""
    survey = survey_found(request, key, "survey.run")
    told = read(survey).report
    by = -1 if request.POST.get("sens") == "haut" else 1
    name = request.POST.get("question", "")
    edits = request.POST.get("edits", "")
    known = int(edits) if edits.isdecimal() else -1
    new = replace(told, blocks=moved(told.blocks, name, by), edits=known)
    return _saved(request, survey, new) or HttpResponseRedirect(_report(key))


@never_cache
@require_safe
@act("survey.results")
def preview(request: HttpRequest, key: str) -> HttpResponse:
    """Show the page as everybody would read it."""
    survey = survey_found(request, key, "survey.results")
    return _public(request, survey, edition(read(survey)), preview=True)


@require_POST
@act("survey.publish")
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Publish an edition of the results."""
    survey_found(request, key, "survey.publish")
    try:
        made = results_publish(actor=request, key=key)
        messages.success(request, _("Les résultats sont publiés (édition {}).").format(made.number))
    except PortreaError as error:
        messages.error(request, said(error))
    return HttpResponseRedirect(f"/espace/enquetes/{key}/{HERE}")


@require_POST
@act("survey.publish")
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Withdraw the results from the public page."""
    survey_found(request, key, "survey.publish")
    results_withdraw(actor=request, key=key)
    messages.success(request, _("Les résultats ne sont plus publics."))
    return HttpResponseRedirect(f"/espace/enquetes/{key}/{HERE}")


@require_safe
def published(request: HttpRequest, key: str) -> HttpResponse:
    """Show the published results: no cookie, nothing that was not kept at publication."""
    survey, made = published_found(key)
    return _public(request, survey, made.content, number=made.number, at=made.at)


def _public(
    request: HttpRequest, survey: Survey, content: dict[str, Any], **more: Any
) -> HttpResponse:
    context = {
        "survey": survey,
        "content": content,
        "kinds": KINDS,
        "home": f"/enquetes/{survey.key}/{HERE}",
        "asked": pages_of(blocks_of(content)),
        "preview": False,
        "number": None,
        "at": None,
        **more,
    }
    return render(request, "surveys/results/public.html", context)


def _saved(request: HttpRequest, survey: Survey, new: Any) -> HttpResponse | None:
    try:
        report_save(actor=request, key=survey.key, report=new)
    except PortreaError as error:
        messages.error(request, said(error))
        return None
    messages.success(request, _("Le rapport est enregistré."))
    return HttpResponseRedirect(_report(survey.key))


def _report(key: str) -> str:
    return f"/espace/enquetes/{key}/{HERE}rapport/"
