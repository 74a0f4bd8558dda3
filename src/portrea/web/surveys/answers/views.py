"""Answers read, corrected, set aside, decided between, exported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import PortreaError
from portrea.base.unseen import without_unseen
from portrea.web.accounts.permissions import act
from portrea.web.surveys.answers.export import CONTENT, exported
from portrea.web.surveys.answers.selectors import (
    Filter,
    answer_found,
    answers_listed,
    choices_of_list,
    doubles_of,
    is_doubled,
    lines_of,
)
from portrea.web.surveys.rounds.selectors import survey_found
from portrea.web.surveys.rounds.state import is_late
from portrea.web.surveys.rounds.views import framed, said
from portrea.web.surveys.services.correcting import (
    answer_correct,
    answer_restore,
    answer_set_aside,
    clash_decide,
    written_at,
)

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from portrea.web.surveys.answers.selectors import Line
    from portrea.web.surveys.models import Submission

PAGE = 50
FIELD = "reponse:"
_BOTH = require_http_methods(["GET", "HEAD", "POST"])


def _home(key: str) -> str:
    return f"/espace/enquetes/{key}/reponses/"


@never_cache
@require_safe
@act("survey.read")
def answers(request: HttpRequest, key: str) -> HttpResponse:
    """List the answers of a survey."""
    found = survey_found(request, key, "survey.read")
    asked = Filter.of(request.GET)
    pages = Paginator(answers_listed(found, asked), PAGE)
    page = pages.get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = framed(
        request,
        found,
        "reponses/",
        page=page,
        asked=asked,
        choices=choices_of_list(found),
        query=query.urlencode(),
        rows=[(one, is_late(found, one)) for one in page],
        formats=sorted(CONTENT),
    )
    return render(request, "surveys/answers/list.html", context)


@never_cache
@require_safe
@act("survey.read")
def answer(request: HttpRequest, key: str, uuid: UUID) -> HttpResponse:
    """Show one answer in full, what was corrected of it, the files joined to it."""
    found = survey_found(request, key, "survey.read")
    one = answer_found(found, uuid)
    context = framed(
        request,
        found,
        "reponses/",
        one=one,
        lines=lines_of(one),
        remarks=[one.faults[name] for name in ("version", "invitation") if name in one.faults],
        late=is_late(found, one),
        corrections=[(kept, _differing(one, kept.before)) for kept in one.corrections.all()[:20]],
        files=list(one.files.all()),
        doubled=is_doubled(one),
    )
    return render(request, "surveys/answers/one.html", context)


def _differing(one: Submission, before: Any) -> list[tuple[str, str]]:
    """Return what was told before where it differs from now: question, answer."""
    now = {line.path: line.value for line in lines_of(one)}
    return [
        (line.label, line.told or "–")
        for line in lines_of(one, before)
        if not line.heading and line.value != now.get(line.path, "")
    ]


@never_cache
@_BOTH
@act("survey.run")
def answer_edit(request: HttpRequest, key: str, uuid: UUID) -> HttpResponse:
    """Correct an answer; what it was is kept."""
    found = survey_found(request, key, "survey.run")
    one = answer_found(found, uuid)
    lines, error = lines_of(one), ""
    reason = request.POST.get("raison", "")
    if request.method == "POST":
        told = _told(request, one.answers, lines)
        try:
            kept = answer_correct(actor=request, key=key, uuid=uuid, answers=told, reason=reason)
        except PortreaError as refused:
            error, lines = said(refused), lines_of(one, told)
        else:
            messages.success(request, _("C’est corrigé ; la réponse d’avant est gardée."))
            again = "corriger/" if kept.faults else ""
            return HttpResponseRedirect(f"{_home(key)}{uuid}/{again}")
    context = framed(request, found, "reponses/", one=one, lines=lines, error=error, reason=reason)
    status = 400 if error else 200
    return render(request, "surveys/answers/edit.html", context, status=status)


def _told(request: HttpRequest, answers: Any, lines: list[Line]) -> dict[str, Any]:
    told = dict(answers)
    for line in lines:
        name = f"{FIELD}{line.path}"
        if line.heading or (name not in request.POST and not line.several):
            continue
        values = request.POST.getlist(name) if line.several else [request.POST[name]]
        told = written_at(told, line.path, without_unseen(" ".join(filter(None, values))))
    return told


@require_POST
@act("survey.run")
def answer_aside(request: HttpRequest, key: str, uuid: UUID) -> HttpResponse:
    """Set an answer aside, or count it again."""
    survey_found(request, key, "survey.run")
    try:
        if "reprendre" in request.POST:
            answer_restore(actor=request, key=key, uuid=uuid)
            messages.success(request, _("Cette réponse compte de nouveau."))
        else:
            reason = request.POST.get("raison", "")
            answer_set_aside(actor=request, key=key, uuid=uuid, reason=reason)
            messages.success(request, _("Cette réponse est écartée : elle n’est plus comptée."))
    except PortreaError as error:
        messages.error(request, said(error))
    return HttpResponseRedirect(f"{_home(key)}{uuid}/")


@never_cache
@_BOTH
@act("survey.run")
def clashes(request: HttpRequest, key: str) -> HttpResponse:
    """Show answers sent twice under one number side by side; decide."""
    found = survey_found(request, key, "survey.run")
    if request.method == "POST":
        pk = request.POST.get("double", "")
        number = int(pk) if pk.isascii() and pk.isdecimal() and len(pk) < 18 else 0
        try:
            clash_decide(
                actor=request, key=key, pk=number, decision=request.POST.get("decision", "")
            )
        except PortreaError as error:
            messages.error(request, said(error))
        else:
            messages.success(request, _("C’est décidé."))
        return HttpResponseRedirect(request.path)
    context = framed(request, found, "reponses/", doubles=doubles_of(found))
    return render(request, "surveys/answers/clashes.html", context)


@never_cache
@require_safe
@act("survey.read")
def answers_file(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """Give every answer as a file."""
    found = survey_found(request, key, "survey.read")
    if kind not in CONTENT:
        raise Http404(kind)
    response = HttpResponse(exported(found, kind), content_type=CONTENT[kind])
    name = f"{found.questionnaire.name}-{timezone.localdate():%Y%m%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
