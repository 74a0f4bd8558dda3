"""The questionnaires of one’s territories, and the ways to start one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import PortreaError
from portrea.surveys.models import models
from portrea.surveys.xlsform import write_sheets
from portrea.web.accounts.permissions import act
from portrea.web.accounts.where import choices_of
from portrea.web.surveys.drafting import selectors
from portrea.web.surveys.drafting.library_forms import StartForm
from portrea.web.surveys.services.drafting import questionnaire_copy, questionnaire_put_away
from portrea.web.surveys.services.questionnaires import questionnaire_create

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from portrea.web.surveys.models import Questionnaire


@never_cache
@require_safe
@act("survey.prepare")
def library(request: HttpRequest) -> HttpResponse:
    """List the questionnaires of one’s territories."""
    away = request.GET.get("ranges") == "oui"
    context = {"cards": selectors.cards(request, away=away), "away": away}
    return render(request, "surveys/drafting/list.html", context)


@never_cache
@require_safe
@act("survey.prepare")
def ready(request: HttpRequest) -> HttpResponse:
    """List the ready models."""
    context = {"models": [(name, one, _note(one.note)) for name, one in models().items()]}
    return render(request, "surveys/drafting/models.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.prepare")
def ready_one(request: HttpRequest, name: str) -> HttpResponse:
    """Read a ready model, and start from it."""
    model = selectors.model_named(name)

    def create(told: dict[str, Any]) -> Questionnaire:
        sheets = write_sheets(model.form)
        return questionnaire_create(actor=request, sheets=sheets, model=name, **told)

    rows = selectors.outline(model.form)
    context = {"model": model, "rows": rows, "note": _note(model.note)}
    return _start(request, create, "surveys/drafting/model.html", model.form.title, context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.prepare")
def empty(request: HttpRequest) -> HttpResponse:
    """Start from nothing but a greeting."""

    def create(told: dict[str, Any]) -> Questionnaire:
        settings = {"form_title": told["title"], "form_id": "questionnaire",
                    "default_language": "Français (fr)"}  # fmt: skip
        words = _("Merci de répondre. Rien ne dit qui vous êtes.")
        greeting = {"type": "note", "name": "accueil", "label": words}
        sheets = {"survey": [greeting], "choices": [], "settings": [settings]}
        return questionnaire_create(actor=request, sheets=sheets, **told)

    context = {"heading": _("Un questionnaire vide")}
    return _start(request, create, "surveys/drafting/start.html", "", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.prepare")
def copy(request: HttpRequest, key: str) -> HttpResponse:
    """Start from another questionnaire."""
    row = selectors.found(request, key)

    def create(told: dict[str, Any]) -> Questionnaire:
        return questionnaire_copy(actor=request, key=key, **told)

    context = {"heading": _("Copier « %s »") % row.title}
    return _start(
        request, create, "surveys/drafting/start.html", _("%s (copie)") % row.title, context
    )


@require_POST
@act("survey.prepare")
def put_away(request: HttpRequest, key: str) -> HttpResponse:
    """Put a questionnaire away, or take it back."""
    row = selectors.found(request, key)
    questionnaire_put_away(actor=request, key=key, away=row.archived is None)
    messages.success(request, _("C’est rangé.") if row.archived is None else _("C’est repris."))
    return HttpResponseRedirect(reverse("questionnaires"))


def _start(
    request: HttpRequest,
    create: Callable[[dict[str, Any]], Questionnaire],
    template: str,
    title: str,
    context: dict[str, Any],
) -> HttpResponse:
    territories = choices_of(request, "survey.prepare")
    form = StartForm(request.POST or None, territories=territories, initial={"title": title})
    if request.method == "POST" and form.is_valid():
        try:
            made = create(form.cleaned_data)
        except PortreaError as error:
            form.add_error(None, " ".join(filter(None, (error.message, error.remedy))))
        else:
            messages.success(request, _("Votre questionnaire est prêt à être adapté."))
            return HttpResponseRedirect(reverse("questionnaire", kwargs={"key": made.key}))
    status = 400 if form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)


def _note(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".md")
