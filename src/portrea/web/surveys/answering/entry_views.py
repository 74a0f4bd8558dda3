"""Paper: the form to print, and its quick entry by the team, one sheet after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portrea.base.errors import DataError
from portrea.surveys.form import Question, said
from portrea.web.accounts.permissions import act, require
from portrea.web.accounts.scope import name_of
from portrea.web.surveys.answering import selectors, show
from portrea.web.surveys.answering.fields import Shown, field_of
from portrea.web.surveys.answering.pages import places_of
from portrea.web.surveys.answering.paper import conditions_of, every_entry, numbers_of, parts_of
from portrea.web.surveys.answering.posted import Posted, read
from portrea.web.surveys.answering.state import State, begun, found_at, opened, written
from portrea.web.surveys.models.answers import Channel
from portrea.web.surveys.services.intake import Sent, take
from portrea.web.surveys.versions import form_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portrea.surveys.filling import Filled
    from portrea.surveys.form import Form
    from portrea.web.surveys.models import Survey

MOST_NUMBER = 40


@require_safe
def paper(request: HttpRequest, key: str) -> HttpResponse:
    """Show the form to be printed; that of a survey by invitation, to its team only."""
    survey = _survey(key)
    if survey.invited_only:
        require(request, "survey.run", survey.territory)
    form = form_of(survey.version_id)
    language = _language(form, request.GET.get("langue", ""))
    numbers = numbers_of(form)
    shown = Shown(language=language, numbers=numbers, conditions=conditions_of(form, language))
    parts = [
        {
            "title": part.title,
            "condition": part.condition,
            "repeats": part.repeats,
            "fields": [field_of(entry, shown) for entry in part.entries],
        }
        for part in parts_of(form, language)
    ]
    context = {
        "survey": survey,
        "title": show.form_title(form, survey),
        "lang": show.code_of(language),
        "where": name_of(survey.territory),
        "version": survey.version.number,
        "parts": parts,
    }
    return show.unkept(render(request, "surveys/answering/paper.html", context))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.run")
def entry(request: HttpRequest, key: str) -> HttpResponse:
    """Copy a sheet of paper; « Enregistrer et suivant » opens the next one."""
    survey = _survey(key)
    require(request, "survey.run", survey.territory)
    if survey.closed:
        raise DataError(
            "Cette enquête est close : elle ne prend plus de feuilles.",
            remedy="Rouvrez-la depuis sa page, puis revenez saisir.",
        )
    if request.method != "POST":
        number = request.GET.get("suivante", "")[:MOST_NUMBER]
        return _sheet(request, survey, Posted(begun(survey.version_id)), number=number)
    state, _ours = opened(request.POST.get("etat", ""))
    state = state or begun(survey.version_id)
    version, state, _lost = selectors.version_of(survey, state)
    posted = read(request.POST, state, places_of(version.pk))
    number = request.POST.get("fiche", "").strip()[:MOST_NUMBER]
    go, _colon, where = request.POST.get("aller", "").partition(":")
    if go in {"ajouter", "enlever"}:
        posted.state = _rows(posted.state, go, where)
        return _sheet(request, survey, posted, number=number)
    return _saved(request, survey, posted, number, anyway=go == "quand-meme")


def _saved(
    request: HttpRequest, survey: Survey, posted: Posted, number: str, *, anyway: bool
) -> HttpResponse:
    state = posted.state
    filled = selectors.filled_of(survey, state)
    doubts = {} if anyway else _doubts(filled, posted)
    if not number:
        doubts[""] = _("Écrivez le numéro de la feuille : il permet de la retrouver.")
    if doubts:
        return _sheet(request, survey, posted, number=number, doubts=doubts)
    version = selectors.version_of(survey, state)[0]
    sent = Sent(
        uuid=state.uuid, answers=state.answers, channel=Channel.PAPER, version=version,
        table=number, answered=selectors.now_there(survey),
    )  # fmt: skip
    receipt = take(actor=request, survey=survey, sent=sent)
    told = {"fait": str(receipt.submission.uuid)[:8], "feuille": number, "suivante": _next(number)}
    return HttpResponseRedirect(f"{reverse('answer-entry', args=[survey.key])}?{urlencode(told)}")


def _doubts(filled: Filled, posted: Posted) -> dict[str, str]:
    """Return what is wrong on the sheet, and what is answered though it was not to be asked."""
    doubts = dict(filled.faults) | posted.faults
    shown = {one.path for one in filled.entries}
    for path in posted.paths:
        if path not in shown and found_at(posted.state.answers, path.split("/")):
            doubts[path] = _("Cette question ne se posait pas : sa réponse ne sera pas gardée.")
    return doubts


def _sheet(
    request: HttpRequest,
    survey: Survey,
    posted: Posted,
    *,
    number: str = "",
    doubts: dict[str, str] | None = None,
) -> HttpResponse:
    form = form_of(posted.state.version)
    language = form.languages[0]
    doubts = doubts or {}
    shown = Shown(
        language=language, words=posted.state.words, found=posted.found, faults=doubts,
        raw=posted.raw, numbers=numbers_of(form), conditions=conditions_of(form, language),
    )  # fmt: skip
    blocks = _blocks(form, posted.state, shown)
    fields = [block["field"] for block in blocks if block["kind"] == "field"]
    context = {
        "survey": survey,
        "title": show.form_title(form, survey),
        "lang": show.code_of(language),
        "state": written(posted.state),
        "blocks": blocks,
        "paths": " ".join(one.path for one in fields),
        "faulty": [one for one in fields if one.fault],
        "number": number,
        "number_fault": doubts.get("", ""),
        "anyway": bool(doubts) and "" not in doubts,
        "done": request.GET.get("fait", "")[:8],
        "sheet": request.GET.get("feuille", "")[:MOST_NUMBER],
    }
    return render(request, "surveys/answering/entry.html", context)


def _blocks(form: Form, state: State, shown: Shown) -> list[dict[str, Any]]:
    """Return what the sheet shows, in order: titles, questions, rows of repeats."""
    places = places_of(state.version)
    blocks: list[dict[str, Any]] = []
    title, row = "", ()
    for one in every_entry(form, state.answers):
        now = places[one.item.name].section(shown.language)
        if now != title and not one.inside:
            blocks.append({"kind": "title", "label": now})
            title = now
        if one.inside and one.inside != row:
            path = "/".join(f"{name}/{at}" for name, at in one.inside).rpartition("/")[0]
            drop = f"enlever:{path}:{one.inside[-1][1]}"
            blocks.append({"kind": "row", "rank": one.inside[-1][1] + 1, "drop": drop})
        row = one.inside
        if not isinstance(one.item, Question):
            blocks.append({"kind": "repeat", "label": said(one.item.label, shown.language)})
            blocks.append({"kind": "add", "add": f"ajouter:{one.path}"})
        elif not (one.item.kind.is_a_file or one.item.read_only or one.item.kind == "note"):
            blocks.append({"kind": "field", "field": field_of(one, shown)})
    return blocks


def _rows(state: State, go: str, where: str) -> State:
    path, rank = (where, "") if go == "ajouter" else where.rpartition(":")[::2]
    if path.split("/")[-1] not in places_of(state.version):
        return state
    rows = state.rows(path)
    kept = [row for at, row in enumerate(rows) if str(at) != rank]
    return state.having(path, [*kept, {}] if go == "ajouter" else kept)


def _next(number: str) -> str:
    """Return the number of the next sheet: « A-012 » follows « A-011 »."""
    digits = number[len(number.rstrip("0123456789")) :]
    return (
        f"{number[: len(number) - len(digits)]}{int(digits) + 1:0{len(digits)}d}" if digits else ""
    )


def _language(form: Form, asked: str) -> str:
    return asked if asked in form.languages else form.languages[0]


def _survey(key: str) -> Survey:
    survey = selectors.survey_at(key)
    if survey is None:
        raise Http404(key)
    return survey
