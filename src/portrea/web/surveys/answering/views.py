"""Answering a survey: its first page, then pages that carry the answers, then the receipt.

No cookie, nothing kept before the last button: each page holds the state of the answer
(``state``), so that « Précédent », a page sent twice or a version changed lose nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from portrea.base.errors import PortreaError
from portrea.web.accounts.links import digest_of
from portrea.web.accounts.permissions import VISITOR, RefusedError, act
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.throttling import throttle, visitor
from portrea.web.surveys.answering import selectors, show
from portrea.web.surveys.answering.files import files_sent
from portrea.web.surveys.answering.pages import after, before, page_at, places_of
from portrea.web.surveys.answering.posted import read
from portrea.web.surveys.answering.selectors import Access
from portrea.web.surveys.answering.state import MOST_ROWS, State, begun, opened, written
from portrea.web.surveys.models.answers import Channel
from portrea.web.surveys.services.intake import Sent
from portrea.web.surveys.services.sending import answer_send
from portrea.web.surveys.versions import form_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from portrea.web.surveys.answering.show import Asking
    from portrea.web.surveys.models import Survey

RATE = "400/h"
"""Answers from one network address: forty people behind that of a room, each several times."""
STALE = (
    "Ce formulaire est resté ouvert trop longtemps, ou vient d’un autre site. Vos réponses sont "
    "là : relisez cette page, puis continuez."
)
NOTHING = "Ce formulaire est resté ouvert trop longtemps. Rouvrez le lien de l’enquête."
STATUS = {Access.SOON: 403, Access.CLOSED: 410, Access.INVITED: 403, Access.USED: 410}


@require_safe
def start(request: HttpRequest, key: str) -> HttpResponse:
    """Say who asks, why, for how long, what is kept; then « Commencer »."""
    survey = _survey(key)
    return _first(request, survey, request.GET.get("i", "")[:80])


def _first(request: HttpRequest, survey: Survey, token: str) -> HttpResponse:
    access = selectors.access_of(survey, token)
    told = selectors.presented(survey)
    language = request.GET.get("langue", "")
    state = begun(
        survey.version_id,
        invitation=token,
        language=language if language in told.languages else told.languages[0],
        answers=selectors.first_answers(form_of(survey.version_id), selectors.now_there(survey)),
    )
    context = {
        "survey": survey,
        "access": access.value,
        "told": told,
        "token": token,
        "state": written(state),
        "language": state.language,
        "lang": show.code_of(state.language),
        "where": name_of(survey.territory),
        "keeps": survey.keep_days,
    }
    status = STATUS.get(access, 200)
    return show.unkept(render(request, "surveys/answering/start.html", context, status=status))


def _survey(key: str) -> Survey:
    survey = selectors.survey_at(key)
    if survey is None:
        raise Http404(key)
    return survey


# -- the pages ------------------------------------------------------------------------------------


@csrf_exempt  # no session nor cookie to abuse: the identifier signed in the page is asked instead
@require_http_methods(["GET", "HEAD", "POST"])
@act("survey.answer")
def answer(request: HttpRequest, key: str) -> HttpResponse:
    """Take what a page sends, and show the next one."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("answer-start", args=[key]))
    state, ours = opened(request.POST.get("etat", ""))
    survey = selectors.survey_at(key)
    if state is None or (survey is None and not ours):
        raise RefusedError(NOTHING)
    if survey is None:
        raise Http404(key)
    access = selectors.access_of(survey, state.invitation, state.begun)
    if access is not Access.OPEN and not selectors.already_sent(survey, state.uuid):
        return _first(request, survey, state.invitation)
    _version, state, lost = selectors.version_of(survey, state)
    asking = _asking(request, survey, state)
    if not ours:
        return _again(asking)
    if lost:
        asking.notices.append(_no_more(lost))
        return _shown_again(asking)
    return _moved(asking)


def _asking(request: HttpRequest, survey: Survey, state: State) -> Asking:
    posted = read(request.POST, state, places_of(state.version))
    return show.Asking(
        request, survey, posted, back_to_review=request.POST.get("retour") == "relire"
    )


def _again(asking: Asking) -> HttpResponse:
    """Show the page again, under an identifier newly drawn: nothing is lost, nothing is sent."""
    asking.status = 403
    asking.notices.append(_(STALE))
    return _shown_again(asking)


def _shown_again(asking: Asking) -> HttpResponse:
    if asking.request.POST.get("vue") == "tout":
        return show.whole(asking)
    page = page_at(asking.pages, asking.request.POST.get("page", ""))
    page = page or (asking.pages[0] if asking.pages else None)
    return show.question(asking, page) if page else show.review(asking)


def _no_more(lost: tuple[str, ...]) -> str:
    names = ", ".join(lost)
    return _(
        "Le questionnaire a changé et l’ancien n’existe plus. Ce qui va encore est gardé ; "
        "ne va plus : %(names)s."
    ) % {"names": names}


def _moved(asking: Asking) -> HttpResponse:
    go, _colon, where = asking.request.POST.get("aller", "suite").partition(":")
    return MOVES.get(go, _go_on)(asking, where)


def _go_on(asking: Asking, _where: str) -> HttpResponse:
    """« Continuer »: the page is checked, then the next one, or back to what is read again."""
    if asking.request.POST.get("vue") == "tout":
        return _whole_done(asking)
    here = page_at(asking.pages, asking.request.POST.get("page", ""))
    if here is not None and _held(asking, here.key):
        return show.question(asking, here, faults=True)
    if asking.back_to_review:
        return show.review(asking)
    following = after(asking.pages, here.key if here else "")
    return show.question(asking, following) if following else show.review(asking)


def _held(asking: Asking, key: str) -> bool:
    """Whether a page must be shown again: a fault, a place to choose, a text to read over."""
    page = page_at(asking.pages, key)
    if page is None:
        return False
    faults = asking.faults
    listed = page.rows is not None and any(path.startswith(f"{key}/") for path in faults)
    wrong = any(entry.path in faults for entry in page.entries)
    return listed or wrong or any(entry.path in asking.posted.seen for entry in page.entries)


def _whole_done(asking: Asking) -> HttpResponse:
    """Check the whole form: its faults, then questions that just appeared, then read again."""
    shown = set(asking.posted.paths)
    asked = [e.path for page in asking.pages for e in page.questions]
    fresh = [path for path in asked if path not in shown]
    faults = [path for path in asking.faults if path in shown]
    if faults or fresh or asking.posted.seen:
        return show.whole(asking, faults=faults, fresh=fresh)
    return show.review(asking)


def _back(asking: Asking, _where: str) -> HttpResponse:
    key = asking.request.POST.get("page", "")
    page = before(asking.pages, key) or page_at(asking.pages, key)
    return show.question(asking, page) if page else show.review(asking)


def _to(asking: Asking, where: str) -> HttpResponse:
    page = page_at(asking.pages, where)
    return show.question(asking, page) if page else show.review(asking)


def _whole(asking: Asking, _where: str) -> HttpResponse:
    asking.back_to_review = False
    return show.whole(asking)


def _review(asking: Asking, _where: str) -> HttpResponse:
    return show.review(asking)


def _add(asking: Asking, where: str) -> HttpResponse:
    """Add a row to a repeat, and ask its first question."""
    listed = _listed(asking, where)
    if listed is None:
        return _shown_again(asking)
    state = asking.posted.state
    rows = state.rows(where)
    asking.posted.state = state.having(where, [*rows, {}][:MOST_ROWS])
    asking.fill()
    if asking.request.POST.get("vue") == "tout":
        return show.whole(asking)
    return _to(asking, _first_of(asking, where, len(rows)) or where)


def _first_of(asking: Asking, where: str, at: int) -> str:
    start_ = f"{where}/{at}/"
    return next((page.key for page in asking.pages if page.key.startswith(start_)), "")


def _drop(asking: Asking, where: str) -> HttpResponse:
    """Take a row out of a repeat."""
    path, _colon, rank = where.rpartition(":")
    if _listed(asking, path) is None or not rank.isdecimal():
        return _shown_again(asking)
    state = asking.posted.state
    rows = [row for at, row in enumerate(state.rows(path)) if at != int(rank)]
    asking.posted.state = state.having(path, rows)
    asking.fill()
    return show.whole(asking) if asking.request.POST.get("vue") == "tout" else _to(asking, path)


def _listed(asking: Asking, path: str) -> object | None:
    return next((page for page in asking.pages if page.rows is not None and page.key == path), None)


# -- the last button ------------------------------------------------------------------------------


def _send(asking: Asking, _where: str) -> HttpResponse:
    """Check everything, keep it once, and give a receipt."""
    files = files_sent(asking)
    if asking.faults or asking.posted.faults:
        return show.review(asking)
    if not throttle(f"repondre:{asking.survey.pk}:{visitor(asking.request)}", RATE):
        asking.status = 429
        asking.errors = (_("Trop de réponses viennent d’ici : attendez quelques minutes."),)
        return show.review(asking)
    here = selectors.now_there(asking.survey)
    state = asking.posted.state
    sent = Sent(
        uuid=state.uuid,
        answers=state.answers,
        channel=Channel.WEB,
        version=selectors.version_of(asking.survey, state)[0],
        answered=here,
        waits_for=tuple(files),
        invitation=digest_of(state.invitation) if state.invitation else "",
    )
    try:
        receipt = answer_send(actor=VISITOR, survey=asking.survey, sent=sent, files=files)
    except PortreaError as error:
        asking.status = 409
        asking.errors = (error.message, error.remedy or "")
        return show.review(asking)
    return show.receipt(asking, receipt.submission)


MOVES: dict[str, Callable[[Asking, str], HttpResponse]] = {
    "suite": _go_on,
    "retour": _back,
    "page": _to,
    "tout": _whole,
    "relire": _review,
    "ajouter": _add,
    "enlever": _drop,
    "envoyer": _send,
}
