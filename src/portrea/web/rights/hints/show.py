"""The pages of the hint: a question, every question at once, the estimate."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from portrea.rights.answers import questions
from portrea.rights.catalogue import parameters, rights
from portrea.rights.hints import Hint, Saying
from portrea.territory.codes import departement_of
from portrea.territory.timezones import zone_of
from portrea.vocab.languages import SIMPLE
from portrea.web.design.languages import VERSION, spoken
from portrea.web.design.spacing import spaced
from portrea.web.rights.aids.selectors import aids_for
from portrea.web.rights.hints import fields, taking, visit
from portrea.web.rights.hints.asked import COMMUNE, Asked
from portrea.web.rights.hints.computing import Missing
from portrea.web.rights.hints.wording import local, shown
from portrea.web.rights.ladder.selectors import level_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from portrea.rights.answers import AnswerError, Question
    from portrea.web.rights.hints.computing import Found
    from portrea.web.rights.hints.steps import Commune

PARIS = "75"
LIKELY = (Saying.PROBABLE, Saying.POSSIBLE)
WHY = {
    Missing.ABSENT: gettext_lazy("Le calcul n’est pas installé sur ce site."),
    Missing.BUSY: gettext_lazy("Beaucoup de personnes demandent en ce moment. Réessayez."),
    Missing.MONTH: gettext_lazy("Nous ne connaissons pas encore les montants de ce mois."),
    Missing.SLOW: gettext_lazy("Le calcul n’a pas répondu à temps. Réessayez dans une minute."),
}


def today(commune: str = "") -> date:
    """Return the day on the clocks of a commune, that of Paris when none is told."""
    where = departement_of(commune) if commune else None
    return timezone.now().astimezone(zone_of(where or PARIS)).date()


def first(request: HttpRequest, *, notice: str = "", status: int = 200) -> HttpResponse:
    """Show the first page, with a visit newly drawn and no answer."""
    asked = Asked(visit="")
    return question(request, asked, questions()[0], notice=notice, status=status)


def question(
    request: HttpRequest, asked: Asked, one: Question, *, error: AnswerError | None = None,
    communes: Sequence[Commune] = (), notice: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Show one question; beside it, on a wide screen, all of them."""
    names = [each.name for each in asked.asked]
    fault = said(error)
    here = fault if error and error.question == one.name else ("", "")
    context = {
        "field": fields.field_of(one, asked, fault=here),
        "hidden": fields.hidden(asked, but=one.name),
        "told": fields.told(asked, but=one.name),
        "rank": names.index(one.name) + 1 if one.name in names else 1,
        "ranks": len(names),
        "first": not names.index(one.name) if one.name in names else False,
        "step": one.name,
        "back": asked.back,
        "communes": communes,
        "notice": notice,
    }
    status = 400 if error else status
    return _page(request, "rights/hints/question.html", asked, context, error=error, status=status)


def answer(request: HttpRequest, asked: Asked, found: Found, *, status: int = 200) -> HttpResponse:
    """Show the estimate, or what is known without it."""
    commune = asked.kept.get(COMMUNE, "")
    day = today(commune)
    told = found.estimate
    hints = told.hints if told else tuple(Hint(one, Saying.UNSURE) for one in rights().values())
    cards = shown(hints, commune=commune, day=day)
    offered = told is not None and not told.first and level_of(commune).proposes
    context = {
        "likely": [one for one in cards if one.saying in LIKELY],
        "unsure": [one for one in cards if one.saying == Saying.UNSURE],
        "unlikely": [one for one in cards if one.saying == Saying.NO],
        "local": local(aids_for(commune, asked.read(), told.hints if told else (), day=day)),
        "estimate": told,
        "first_idea": told is not None and told.first,
        "why": WHY.get(found.why, "") if found.why else "",
        "again": found.why in (Missing.BUSY, Missing.SLOW) or (told is not None and told.first),
        "month": date.fromisoformat(f"{told.month}-01") if told else None,
        "engine": parameters()["engine"],
        "day": day,
        "worth": fields.labels(told.worth) if told else [],
        "assumed": told.assumed if told else (),
        "hidden": fields.hidden(asked),
        "told": fields.told(asked),
        "summary": taking.sealed(told, asked, day) if told and offered else "",
    }
    return _page(request, "rights/hints/answer.html", asked, context, status=status)


def _page(
    request: HttpRequest, template: str, asked: Asked, context: dict[str, Any], *,
    error: AnswerError | None = None, status: int,
) -> HttpResponse:  # fmt: skip
    """Render a page with what all have: the visit, and every question for wide screens."""
    number = visit.renewed(asked.visit) if asked.visit else visit.drawn()
    faults = {error.question: said(error)} if error else {}
    nothing = ("", "")
    whole = [
        fields.field_of(one, asked, prefix="t", fault=faults.get(one.name, nothing))
        for one in questions()
    ]
    base = reverse("rights-hint")
    common = {
        "visit": number,
        "whole": whole,
        "whole_fault": next((one.first for one in whole if one.fault), ""),
        "error": said(error)[0],
        "action": f"{base}?{VERSION}={SIMPLE}" if spoken(request) == SIMPLE else base,
    }
    return unkept(render(request, template, {**common, **context}, status=status))


def said(error: AnswerError | None) -> tuple[str, str]:
    """Return what is wrong, and how to mend it."""
    return (spaced(error.message), spaced(error.remedy or "")) if error else ("", "")


def unkept(response: HttpResponse) -> HttpResponse:
    """Forbid keeping a page, and telling other sites where one comes from."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
