"""Quotas of a survey: set from the census, followed, printed for those who go and ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portrea.base.errors import DataError, PortreaError
from portrea.surveys.form import said
from portrea.surveys.sampling import quotas
from portrea.web.accounts.permissions import act
from portrea.web.surveys.rounds.census import ground_of
from portrea.web.surveys.rounds.selectors import quota_tables, survey_found
from portrea.web.surveys.rounds.state import quota_questions
from portrea.web.surveys.rounds.views import framed
from portrea.web.surveys.rounds.views import said as told_of
from portrea.web.surveys.rounds.words import NO_MARGIN
from portrea.web.surveys.services.rounds import survey_change
from portrea.web.surveys.versions import form_asked

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portrea.surveys.form import Question
    from portrea.web.surveys.models import Survey

MOST, MOST_PEOPLE, MOST_SHEETS = 10_000, 70_000_000, 40


@dataclass(frozen=True, slots=True)
class Line:
    """A choice of the question: people of the population, how many to ask, both as written."""

    name: str
    label: str
    people: str
    wanted: str


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.run")
def survey_quotas(request: HttpRequest, key: str) -> HttpResponse:
    """Show quotas and where they stand; share a number between the choices of a question."""
    found = survey_found(request, key, "survey.run")
    questions = quota_questions(found)
    asked = request.POST.get("question") or request.GET.get("question", "")
    question = next((one for one in questions if one.name == asked), None)
    lines, error, status = _lines(found, question, request.POST), "", 200
    size = request.POST.get("size", "")
    if request.method == "POST" and question is not None:
        try:
            if "share" in request.POST:
                lines = _shared(lines, size)
            else:
                return _kept(request, found, question, lines)
        except PortreaError as refused:
            error, status = told_of(refused), 400
    language = form_asked(found).languages[0]
    context = framed(
        request,
        found,
        "quotas/",
        questions=[(one.name, said(one.label, language) or one.name) for one in questions],
        question=question.name if question else "",
        lines=lines,
        size=size,
        error=error,
        source=request.POST.get("source", found.margins_source),
        tables=quota_tables(found),
        ground=ground_of(found) if question else None,
        no_margin=NO_MARGIN,
        sheets=range(1, 11),
    )
    return render(request, "surveys/rounds/quotas.html", context, status=status)


def _lines(survey: Survey, question: Question | None, posted: Any) -> list[Line]:
    if question is None:
        return []
    form = form_asked(survey)
    wanted, people = survey.quotas.get(question.name, {}), survey.margins.get(question.name, {})
    return [
        Line(
            choice.name,
            said(choice.label, form.languages[0]) or choice.name,
            posted.get(f"people-{choice.name}", str(people.get(choice.name, ""))).strip(),
            posted.get(f"wanted-{choice.name}", str(wanted.get(choice.name, ""))).strip(),
        )
        for choice in form.lists.get(question.choices, ())
    ]


def _number(text: str, most: int, what: str) -> int:
    bare = "".join(text.split())
    if not bare.isdecimal() or not bare.isascii() or len(bare) > 9 or int(bare) > most:
        raise DataError(
            f"« {text[:20]} » n’est pas un nombre entier ({what}).",
            remedy=f"Écrivez un nombre entre 0 et {most}, ou laissez vide.",
        )
    return int(bare)


def _shared(lines: list[Line], size: str) -> list[Line]:
    people = {one.name: _number(one.people, MOST_PEOPLE, one.label) for one in lines if one.people}
    if not people:
        raise DataError(
            "Aucun effectif n’est écrit.", remedy="Donnez combien de personnes fait chaque choix."
        )
    found = quotas(people, _number(size or "0", MOST, _("personnes à interroger")))
    return [Line(o.name, o.label, o.people, str(found.get(o.name, ""))) for o in lines]


def _kept(
    request: HttpRequest, survey: Survey, question: Question, lines: list[Line]
) -> HttpResponse:
    wanted = {one.name: _number(one.wanted, MOST, one.label) for one in lines if one.wanted}
    people = {one.name: _number(one.people, MOST_PEOPLE, one.label) for one in lines if one.people}
    source = request.POST.get("source", "").strip()[:600]
    if people and not source:
        raise DataError(
            "La source des effectifs manque.",
            remedy="Écrivez d’où ils viennent, par exemple « INSEE, recensement 2021 ».",
        )
    told = {
        "quotas": _with(survey.quotas, question.name, wanted),
        "margins": _with(survey.margins, question.name, people),
    }
    if people:
        told["margins_source"] = source
    survey_change(actor=request, key=survey.key, told=told)
    messages.success(
        request,
        _("Les quotas sont enregistrés.") if wanted else _("Cette question n’a plus de quotas."),
    )
    return HttpResponseRedirect(f"/espace/enquetes/{survey.key}/quotas/?question={question.name}")


def _with(kept: dict[str, Any], name: str, value: dict[str, int]) -> dict[str, Any]:
    rest = {key: one for key, one in kept.items() if key != name}
    return rest | ({name: value} if value else {})


@never_cache
@require_safe
@act("survey.run")
def survey_quota_sheet(request: HttpRequest, key: str) -> HttpResponse:
    """Give one sheet per interviewer, with a box to tick for each person still to ask."""
    found = survey_found(request, key, "survey.run")
    asked = request.GET.get("enqueteurs", "1")
    count = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else 1
    count = min(MOST_SHEETS, max(1, count))
    tables = quota_tables(found)
    sheets = [
        [
            (
                table.label,
                [(label, range(_part(left, rank, count))) for label, _w, _g, left in table.rows],
            )
            for table in tables
        ]
        for rank in range(count)
    ]
    context = framed(request, found, "quotas/", sheets=sheets, count=count, no_margin=NO_MARGIN)
    return render(request, "surveys/rounds/quota_sheet.html", context)


def _part(left: int, rank: int, count: int) -> int:
    """Return the share of one interviewer of what is left; the first ones take the rest."""
    return left // count + (rank < left % count)
