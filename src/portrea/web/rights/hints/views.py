"""The questions of the hint and its estimate; nothing is kept, nothing is in an address.

No session, no cookie: nothing that a forged request could use. A visit that was left, or an hour
old, is answered no more: « Précédent » then « Renvoyer » shows nothing of the last person.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portrea.rights.answers import AnswerError, questions
from portrea.web.accounts.permissions import act
from portrea.web.accounts.throttling import throttle, visitor
from portrea.web.rights.hints import computing, show, visit
from portrea.web.rights.hints.asked import COMMUNE, VISIT, Asked, placed, posted
from portrea.web.rights.hints.computing import Found, Missing

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from portrea.rights.answers import Question

RATE = "120/h"
"""Estimates from one network address: that of a room where people are received."""
ENDED = gettext_lazy("Vos réponses ont été effacées. Vous pouvez recommencer.")


@csrf_exempt  # nothing is written, nothing of a session is used
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@act("rights.hint")
def hint(request: HttpRequest) -> HttpResponse:
    """Ask the next question, or answer."""
    computing.prepare()
    if request.method != "POST":
        return show.first(request)
    number = visit.opened(request.POST.get(VISIT, ""))
    if number is None:
        return show.first(request, notice=str(ENDED), status=400)
    asked = posted(request.POST, number)
    go, _colon, where = asked.go.partition(":")
    try:
        asked, communes = placed(_chosen(asked, where) if go == "commune" else asked)
        if communes:
            return show.question(request, asked, _named(COMMUNE), communes=communes)
        return MOVES.get(go, _next)(request, asked, where)
    except AnswerError as error:
        return show.question(request, asked, _named(error.question), error=error)


@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
@act("rights.hint")
def leave(request: HttpRequest) -> HttpResponse:
    """End the visit, let the browser forget the site, and go to the first page of it."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("rights-hint"))
    number = visit.opened(request.POST.get(VISIT, ""))
    if number is None:
        return show.first(request, notice=str(ENDED), status=400)
    visit.left(number)
    response = show.unkept(HttpResponseRedirect("/"))
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _chosen(asked: Asked, code: str) -> Asked:
    return replace(asked, given={**asked.given, COMMUNE: code}, place=None)


def _named(name: str) -> Question:
    return next((one for one in questions() if one.name == name), questions()[0])


# -- moves ----------------------------------------------------------------------------------------


def _next(request: HttpRequest, asked: Asked, _where: str) -> HttpResponse:
    """« Continuer »: the answers are read, then the next question, or the estimate."""
    asked.read()
    following = None if asked.back else asked.after()
    return show.question(request, asked, following) if following else _estimate(request, asked, "")


def _skip(request: HttpRequest, asked: Asked, _where: str) -> HttpResponse:
    return _next(request, asked.without(asked.step), "")


def _back(request: HttpRequest, asked: Asked, _where: str) -> HttpResponse:
    return show.question(request, asked, asked.before() or questions()[0])


def _ask(request: HttpRequest, asked: Asked, where: str) -> HttpResponse:
    changed = replace(asked, back=asked.back or not asked.step)
    return show.question(request, changed, _named(where))


def _estimate(request: HttpRequest, asked: Asked, _where: str) -> HttpResponse:
    answers = asked.read()
    if not throttle(f"droits:{visitor(request)}", RATE):
        return show.answer(request, asked, Found(why=Missing.BUSY), status=429)
    return show.answer(request, asked, computing.found(answers, show.today(answers.commune or "")))


def _idea(request: HttpRequest, asked: Asked, where: str) -> HttpResponse:
    """Show the first idea, read in the grid; the estimate itself when there is none."""
    answers = asked.read()
    told = computing.idea(answers, show.today(answers.commune or ""))
    return show.answer(request, asked, Found(told)) if told else _estimate(request, asked, where)


MOVES: dict[str, Callable[[HttpRequest, Asked, str], HttpResponse]] = {
    "suite": _next,
    "passer": _skip,
    "retour": _back,
    "question": _ask,
    "idee": _idea,
    "voir": _estimate,
}
