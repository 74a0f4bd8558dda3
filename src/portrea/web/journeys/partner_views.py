"""The partner’s page: read an orientation and answer, without an account, by the link alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portrea.base.errors import ParameterError, PortreaError
from portrea.offer.orientation.handover import Event, possible, questions, reasons
from portrea.web.accounts.links import LinkError
from portrea.web.journeys import handover_page as page
from portrea.web.journeys.services.handovers import AnsweredError, handover_answer
from portrea.web.journeys.services.partner_links import handover_of
from portrea.web.offer.services.campaigns import address_refuse

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portrea.web.journeys.models import Handover

opens = require_http_methods(["GET", "HEAD", "POST"])
VERDICTS = {"accept": Event.ACCEPT, "refuse": Event.REFUSE, "ask": Event.ASK}


@never_cache
@opens
def handover_received(request: HttpRequest, token: str) -> HttpResponse:
    """Show an orientation; only a button answers, so that a mail scanner answers nothing."""
    row = handover_of(token)
    if request.method != "POST":
        return _page(request, row, token)
    verdict = request.POST.get("verdict", "")
    if verdict not in VERDICTS:
        raise ParameterError(
            "Aucune réponse n’est choisie.", remedy="Revenez en arrière et appuyez sur un bouton."
        )
    told = request.POST.get("version", "")
    try:
        handover_answer(
            row=row,
            event=VERDICTS[verdict],
            version=int(told) if told.isascii() and told.isdecimal() and len(told) < 9 else 0,
            reason=request.POST.get(f"reason-{verdict}", ""),
            words=request.POST.get(f"words-{verdict}", ""),
        )
    except AnsweredError as error:
        return _again(request, token, error)
    except LinkError:
        raise
    except PortreaError as error:
        return _page(request, handover_of(token), token, error, status=400)
    return HttpResponseRedirect(request.path)


def _again(request: HttpRequest, token: str, error: PortreaError) -> HttpResponse:
    """Show where an orientation is when it changed meanwhile."""
    return _page(request, handover_of(token), token, error, status=409)


def _page(
    request: HttpRequest,
    row: Handover,
    token: str,
    error: PortreaError | None = None,
    status: int = 200,
) -> HttpResponse:
    state = row.status
    context: dict[str, Any] = {
        "card": page.card_of(row),
        "token": token,
        "error": error,
        "reasons": list(reasons().values()),
        "questions": list(questions().values()),
        "accepts": possible(state, Event.ACCEPT),
        "refuses": possible(state, Event.REFUSE),
        "asks": possible(state, Event.ASK),
        "title": _("Une personne à recevoir") if state.open else _("Orientation reçue"),
        **_posted(request),
    }
    return render(request, "journeys/handover/received.html", context, status=status)


def _posted(request: HttpRequest) -> dict[str, str]:
    """Return what was just written, to be shown again when it is refused."""
    verdict = request.POST.get("verdict", "")
    return {
        "verdict": verdict,
        "posted_reason": request.POST.get(f"reason-{verdict}", ""),
        "posted_words": request.POST.get(f"words-{verdict}", ""),
    }


@never_cache
@opens
def handover_silence(request: HttpRequest, token: str) -> HttpResponse:
    """Stop writing to a place, once it pressed the button; its link still works."""
    row = handover_of(token)
    card = page.card_of(row)
    done = request.method == "POST" and card.place is not None
    if done and card.place is not None:
        address_refuse(place=card.place)
    context = {"card": card, "token": token, "done": done}
    return render(request, "journeys/handover/silence.html", context)
