"""Care of answers: free text read over, an answer erased on request, a file imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portrea.base.errors import PortreaError
from portrea.base.unseen import without_unseen
from portrea.web.accounts.permissions import act
from portrea.web.surveys.answers.forms import EraseForm, ImportForm
from portrea.web.surveys.answers.selectors import (
    answer_found,
    answers_matching,
    free_texts,
    to_read,
)
from portrea.web.surveys.rounds.selectors import survey_found
from portrea.web.surveys.rounds.views import framed, said
from portrea.web.surveys.services.correcting import answer_erase, answer_reviewed
from portrea.web.surveys.services.importing import answers_import, read_answers
from portrea.web.surveys.versions import form_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

AT_ONCE = 10
_BOTH = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@require_http_methods(["GET", "HEAD"])
@act("survey.run")
def review(request: HttpRequest, key: str) -> HttpResponse:
    """Show the free texts that nobody read over yet, what may tell of somebody marked."""
    found = survey_found(request, key, "survey.run")
    rows, waiting = to_read(found, AT_ONCE)
    context = framed(request, found, "relecture/", rows=rows, waiting=waiting)
    return render(request, "surveys/answers/review.html", context)


@require_POST
@act("survey.run")
def reviewed(request: HttpRequest, key: str, uuid: UUID) -> HttpResponse:
    """Keep the free texts as they are, or as they were rewritten."""
    found = survey_found(request, key, "survey.run")
    one = answer_found(found, uuid)
    texts: dict[str, str] | None = None
    if "remplacer" in request.POST:
        posted = ((text.path, request.POST.get(f"texte:{text.path}")) for text in free_texts(one))
        texts = {path: without_unseen(told).strip() for path, told in posted if told is not None}
    try:
        answer_reviewed(actor=request, key=key, uuid=uuid, texts=texts)
    except PortreaError as error:
        messages.error(request, said(error))
    else:
        messages.success(request, _("C’est relu."))
    return HttpResponseRedirect(f"/espace/enquetes/{key}/relecture/")


@never_cache
@_BOTH
@act("survey.run")
def erase(request: HttpRequest, key: str) -> HttpResponse:
    """Find an answer by the first signs of its number and its day; erase it by its whole number."""
    found = survey_found(request, key, "survey.run")
    form = EraseForm(request.POST or None)
    matching: list[Any] | None = None
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        matching = answers_matching(found, told["signs"], told["day"])
        if "effacer" in request.POST:
            whole = _whole(told["signs"])
            if whole is None:
                form.add_error(
                    "signs", _("Écrivez le numéro entier : 32 signes, avec ou sans tirets.")
                )
            elif not any(one.uuid == whole for one in matching):
                form.add_error("signs", _("Aucune réponse de ce jour n’a ce numéro."))
            else:
                return _erased(request, key, whole)
    context = framed(request, found, "reponses/", form=form, matching=matching)
    status = 400 if form.errors else 200
    return render(request, "surveys/answers/erase.html", context, status=status)


def _whole(signs: str) -> UUID | None:
    try:
        return UUID(signs)
    except ValueError:
        return None


def _erased(request: HttpRequest, key: str, whole: UUID) -> HttpResponse:
    try:
        answer_erase(actor=request, key=key, uuid=whole)
    except PortreaError as error:
        messages.error(request, said(error))
    else:
        messages.success(
            request,
            _(
                "La réponse est effacée. Si elle vient d’un fichier, effacez-la aussi là "
                "d’où il vient."
            ),
        )
    return HttpResponseRedirect(f"/espace/enquetes/{key}/reponses/")


@never_cache
@_BOTH
@act("survey.run")
def import_file(request: HttpRequest, key: str) -> HttpResponse:
    """Take in a file of answers of KoboToolbox, of ODK Central, or of Portrea."""
    found = survey_found(request, key, "survey.run")
    versions = list(found.questionnaire.versions.all())
    form = ImportForm(
        request.POST or None,
        request.FILES or None,
        versions=[(str(one.pk), one.number) for one in versions],
        initial={"version": str(found.version_id)},
    )
    report = None
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        version = next(one for one in versions if str(one.pk) == told["version"])
        try:
            collected = read_answers(form_of(version.pk), told["file"].name, told["file"].read())
            report = answers_import(
                actor=request, key=key, version=version, collected=collected, dry_run=told["dry"]
            )
        except PortreaError as error:
            form.add_error("file", " ".join([said(error), *map(str, error.diagnostics[:5])]))
    context = framed(
        request,
        found,
        "reponses/",
        form=form,
        report=report,
        dry=bool(report and form.cleaned_data["dry"]),
    )
    status = 400 if form.errors else 200
    return render(request, "surveys/answers/import.html", context, status=status)
