"""Running a survey: the list, opening one, its page, its settings, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import PortreaError
from portrea.surveys.response import asking, margin_of
from portrea.web.accounts.permissions import act, may, may_somewhere
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.where import choices_of
from portrea.web.surveys.rounds.forms import OpeningForm, ReopenForm, RoundForm, SizeForm
from portrea.web.surveys.rounds.selectors import (
    board_of,
    questionnaire_found,
    questionnaires_of,
    quota_tables,
    survey_found,
    surveys_listed,
    tabs_of,
)
from portrea.web.surveys.rounds.state import State, state_of
from portrea.web.surveys.rounds.words import WAYS, way_of
from portrea.web.surveys.services.rounds import (
    survey_ask,
    survey_change,
    survey_close,
    survey_open,
    survey_reopen,
)

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portrea.web.surveys.models import Survey

HOME = "/espace/enquetes/"
STATES = tuple((state.name.lower(), str(state)) for state in State)
FIELDS = (
    "title",
    "purpose",
    "contact",
    "design",
    "population",
    "population_source",
    "opens",
    "closes",
    "invited_only",
    "keep_days",
)
opens = require_http_methods(["GET", "HEAD", "POST"])


def said(error: PortreaError) -> str:
    """Return what is wrong and how to mend it, on one line."""
    return " ".join(filter(None, (error.message, error.remedy)))


def framed(request: HttpRequest, survey: Survey, here: str, **more: Any) -> dict[str, Any]:
    """Return what every page of a survey shows: its name, where, its tabs."""
    return {
        "survey": survey,
        "where": name_of(survey.territory),
        "state": state_of(survey),
        "tabs": tabs_of(request, survey, here),
        "runs": may(request, "survey.run", survey.territory),
        **more,
    }


@never_cache
@require_safe
@act("survey.results")
def surveys(request: HttpRequest) -> HttpResponse:
    """List the surveys of one's territories."""
    state = request.GET.get("etat", "")
    state = state if state in dict(STATES) else ""
    words = request.GET.get("texte", "").strip()
    rows = surveys_listed(request, state, words)
    context = {
        "rows": rows,
        "states": STATES,
        "state": state,
        "words": words,
        "opens": may_somewhere(request, "survey.run"),
    }
    return render(request, "surveys/rounds/list.html", context)


@never_cache
@opens
@act("survey.run")
def survey_new(request: HttpRequest) -> HttpResponse:
    """Open a survey on a questionnaire that has a version."""
    questionnaires = questionnaires_of(request)
    asked = request.GET.get("questionnaire", "")
    form = OpeningForm(
        request.POST or None,
        questionnaires=questionnaires,
        territories=choices_of(request, "survey.run"),
        initial={
            "questionnaire": asked,
            "title": dict(questionnaires).get(asked, "").partition(" – ")[0],
        },
    )
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        try:
            made = survey_open(
                actor=request,
                questionnaire=questionnaire_found(request, told.pop("questionnaire")),
                **told,
            )
        except PortreaError as error:
            form.add_error(None, said(error))
        else:
            messages.success(request, _("L’enquête est prête. Voici son lien."))
            return HttpResponseRedirect(f"{HOME}{made.key}/diffuser/")
    context = {"form": form, "ways": _ways(form), "ready": bool(questionnaires), "new": True}
    return render(request, "surveys/rounds/settings.html", context, status=_status(form))


def _ways(form: RoundForm) -> list[tuple[Any, str, bool]]:
    """Return each way of asking, its identifier in the form, whether it is the one chosen."""
    chosen = form["design"].value()
    return [(way, f"id_design_{rank}", str(way.design) == chosen) for rank, way in enumerate(WAYS)]


def _status(form: Any) -> int:
    return 400 if form.errors else 200


@never_cache
@require_safe
@act("survey.results")
def survey(request: HttpRequest, key: str) -> HttpResponse:
    """Show where a survey stands."""
    found = survey_found(request, key, "survey.results")
    newest = found.questionnaire.versions.first()
    context = framed(
        request,
        found,
        "",
        board=board_of(found),
        way=way_of(found),
        quotas=quota_tables(found),
        newer=newest if newest is not None and newest.pk != found.version_id else None,
        reads=may(request, "survey.read", found.territory),
        reopen=ReopenForm(),
    )
    return render(request, "surveys/rounds/show.html", context)


@never_cache
@opens
@act("survey.run")
def survey_settings(request: HttpRequest, key: str) -> HttpResponse:
    """Change what a survey says of itself while it is not closed."""
    found = survey_found(request, key, "survey.run")
    initial = {name: getattr(found, name) for name in FIELDS}
    form = RoundForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        try:
            if changed:
                survey_change(actor=request, key=key, told=changed)
        except PortreaError as error:
            form.add_error(None, said(error))
        else:
            messages.success(request, _("C’est enregistré."))
            return HttpResponseRedirect(f"{HOME}{key}/")
    context = framed(
        request, found, "reglages/", form=form, ways=_ways(form), ready=True, new=False
    )
    return render(request, "surveys/rounds/settings.html", context, status=_status(form))


@require_POST
@act("survey.run")
def survey_end(request: HttpRequest, key: str) -> HttpResponse:
    """Close a survey."""
    return _done(
        request,
        key,
        lambda: survey_close(actor=request, key=key),
        _("L’enquête est close. Ce que des téléphones gardent encore sera pris, et marqué tardif."),
    )


@require_POST
@act("survey.run")
def survey_again(request: HttpRequest, key: str) -> HttpResponse:
    """Open a survey again."""
    survey_found(request, key, "survey.run")
    form = ReopenForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Donnez la nouvelle date de fin."))
        return HttpResponseRedirect(f"{HOME}{key}/")
    closes = form.cleaned_data["closes"]
    return _done(
        request,
        key,
        lambda: survey_reopen(actor=request, key=key, closes=closes),
        _("L’enquête est rouverte."),
    )


@require_POST
@act("survey.run")
def survey_version(request: HttpRequest, key: str) -> HttpResponse:
    """Ask the newest version from now on."""
    found = survey_found(request, key, "survey.run")
    version = found.questionnaire.versions.first()
    return _done(
        request,
        key,
        lambda: survey_ask(actor=request, key=key, version=version),
        _("La nouvelle version est posée ; les réponses déjà reçues gardent la leur."),
    )


def _done(request: HttpRequest, key: str, deed: Any, told: str) -> HttpResponse:
    survey_found(request, key, "survey.run")
    try:
        deed()
    except PortreaError as error:
        messages.error(request, said(error))
    else:
        messages.success(request, told)
    return HttpResponseRedirect(f"{HOME}{key}/")


@never_cache
@require_safe
@act("survey.run")
def survey_size(request: HttpRequest) -> HttpResponse:
    """Say how many people to ask for a margin, and what margin some answers would give."""
    asked = bool(request.GET)
    form = SizeForm(request.GET if asked else None)
    advice = margin = error = None
    if asked and form.is_valid():
        told = form.cleaned_data
        try:
            advice = asking(
                told["margin"] / 100,
                rate=told["rate"] / 100,
                people=told["people"],
                effect=told["effect"],
            )
            if told["answers"]:
                margin = 100 * margin_of(
                    told["answers"], people=told["people"], effect=told["effect"]
                )
        except PortreaError as refused:
            error = said(refused)
    wrong = asked and (error or form.errors)
    context = {
        "form": form,
        "advice": advice,
        "margin": margin,
        "error": error,
        "told": form.cleaned_data if asked and not form.errors else {},
    }
    return render(request, "surveys/rounds/size.html", context, status=400 if wrong else 200)
