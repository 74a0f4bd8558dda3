"""Weighting a survey to the census: what weights, from which totals, what it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import DataError, PortreaError
from portrea.web.accounts.permissions import act
from portrea.web.surveys.rounds.views import framed
from portrea.web.surveys.services import weighting as services
from portrea.web.surveys.weighting import selectors
from portrea.web.surveys.weighting.forms import OUT, Typed

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.web.surveys.models import Survey
    from portrea.web.surveys.weighting.selectors import Asked

HERE = "redresser/"
opens = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@require_safe
@act("survey.read")
def weighting(request: HttpRequest, key: str) -> HttpResponse:
    """Show the weights of a survey and what they change."""
    survey = selectors.survey_to_weigh(request, key)
    page = selectors.weighted(survey)
    questions = selectors.shown(survey)
    names = [name for name, _label in questions]
    first = next((name for name in names if name not in survey.margins), "")
    shown = request.GET.get("voir", first)
    shown = shown if shown in names else first
    more = {
        "page": page,
        "candidates": selectors.candidates(survey),
        "most": services.MOST_QUESTIONS,
        "questions": questions,
        "shown": shown,
        "changes": selectors.changes(survey, shown) if page.weighing and shown else [],
        "trim": "" if survey.trim is None else f"{survey.trim:g}".replace(".", ","),
    }
    return render(request, "surveys/weighting/page.html", framed(request, survey, HERE, **more))


@require_POST
@act("survey.run")
def weighting_do(request: HttpRequest, key: str) -> HttpResponse:
    """Choose a question, remove one, cut the largest weights."""
    survey = selectors.survey_to_weigh(request, key)
    question = request.POST.get("question", "")
    try:
        match request.POST.get("do"):
            case "choose" if question:
                return HttpResponseRedirect(reverse("weighting-question", args=[key, question]))
            case "remove":
                services.margin_remove(actor=request, survey=survey, question=question)
            case "trim":
                most = _number(request.POST.get("most", ""))
                services.weights_trim(actor=request, survey=survey, most=most)
                messages.success(request, _("C’est enregistré."))
    except PortreaError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("weighting", args=[key]))


@never_cache
@opens
@act("survey.read")
def weighting_question(request: HttpRequest, key: str, question: str) -> HttpResponse:
    """Compare the choices of a question with the census: totals of the store, or one’s own."""
    survey = selectors.survey_to_weigh(request, key)
    asked = selectors.asked(survey, question)
    typed = _typed(request, survey, asked)
    do = request.POST.get("do", "")
    if do == "paste":
        typed.paste(request.POST.get("pasted", ""))
    elif request.method == "POST":
        try:
            margin, source = _chosen(survey, asked, typed, request.POST.get("offer", ""))
            services.margin_keep(
                actor=request, survey=survey, question=question, margin=margin, source=source
            )
        except PortreaError as error:
            typed.faults.append(str(error))
        else:
            messages.success(request, _("Les réponses sont redressées sur cette question."))
            return HttpResponseRedirect(reverse("weighting", args=[key]))
    more = {"asked": asked, "typed": typed, "offers": selectors.offers(survey, asked), "out": OUT}
    context = framed(request, survey, HERE, **more)
    status = 400 if typed.faults else 200
    return render(request, "surveys/weighting/question.html", context, status=status)


def _typed(request: HttpRequest, survey: Survey, asked: Asked) -> Typed:
    if request.method == "POST":
        return Typed.read(asked, request.POST)
    out = {name for name in asked.choices if selectors.says_nothing(asked, name)}
    source = services.sources_of(survey).get(asked.name, "")
    return Typed.of(asked, survey.margins.get(asked.name, {}), source, out)


def _chosen(survey: Survey, asked: Asked, typed: Typed, offer: str) -> tuple[dict[str, Any], str]:
    """Return the margin of an offer of the store, else what is typed."""
    if not offer:
        return typed.margin(), typed.source
    made = [one for one, _words in selectors.offers(survey, asked)]
    if not offer.isdecimal() or int(offer) >= len(made):
        raise DataError(_("Ces totaux ne sont plus proposés."), remedy=_("Choisissez de nouveau."))
    found = made[int(offer)]
    return found.margin, f"{found.source}, {found.title[0].lower()}{found.title[1:]}"


def _number(text: str) -> float | None:
    text = text.strip().replace(",", ".")
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise DataError(
            _("« %s » n’est pas un nombre.") % text[:20], remedy=_("Par exemple : 5.")
        ) from None
