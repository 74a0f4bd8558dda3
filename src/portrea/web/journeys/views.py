"""The flow of orientation: one address, one question a page, everything in the address."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portrea.base.errors import PortreaError, TerritoryError
from portrea.offer.orientation.asked import NONE, Step
from portrea.offer.orientation.typed import asks_which
from portrea.offer.record import Block
from portrea.vocab.languages import without_marks
from portrea.web.accounts.permissions import may_somewhere
from portrea.web.journeys import addresses, fields, forms, selectors, wording
from portrea.web.journeys.same_minute import for_the_minute

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portrea.web.journeys.forms import Read

PAGE = 10
"""Places a page, after the three best."""


@require_safe
def orientation(request: HttpRequest) -> HttpResponse:
    """Ask the next question, or answer."""
    try:
        read = forms.read(request.GET)
    except PortreaError as error:
        return _refused(request, error)
    doubt: dict[str, Any] = {}
    if read.place:
        read, doubt = _placed(request, read)
    if read.words and not doubt:
        read, doubt = _worded(read)
    if doubt:
        return _page(request, read, doubt)
    if read.whole:
        return _go(read, forms.completed(read.asked))
    if forms.PLACE in request.GET or forms.WORDS in request.GET:
        return _go(read, read.asked)
    if read.asked.step is Step.ANSWER:
        return for_the_minute(request, read.asked, lambda: _page(request, read, {}))
    return _page(request, read, {})


@require_safe
def communes(request: HttpRequest) -> JsonResponse:
    """Send the communes whose name begins like what is typed."""
    try:
        found = selectors.communes_for(request.GET.get(forms.PLACE, ""))
    except TerritoryError:
        found = ()
    return _suggested(
        [{"set": {"commune": one.code}, "label": one.name, "detail": one.detail} for one in found]
    )


@require_safe
def demarches(request: HttpRequest) -> JsonResponse:
    """Send the procedures perhaps meant by what is typed."""
    found = selectors.suggest_procedures(request.GET.get(forms.WORDS, ""))
    return _suggested(
        [
            {
                "set": {"demarche": one.procedure.code},
                "need": str(one.procedure.need),
                "label": without_marks(_(one.procedure.label)),
            }
            for one in found
        ]
    )


# -- what was typed -------------------------------------------------------------------------------


def _placed(request: HttpRequest, read: Read) -> tuple[Read, dict[str, Any]]:
    """Turn the name of a commune or an address into a code or a point, or into a choice."""
    if read.whole and read.asked.step is not Step.WHERE and read.place == _label(read):
        return replace(read, place=""), {}
    bare = replace(read, asked=replace(read.asked, commune=None, point=None))
    try:
        found = addresses.Located(selectors.communes_for(read.place))
    except TerritoryError as error:
        found = addresses.located(request, read.place)
        if found is None:
            return bare, {"step": Step.WHERE, "error": error}
    if len(found.communes) > 1:
        return bare, {"step": Step.WHERE, "communes": wording.communes(bare, found.communes)}
    commune = None if found.point else found.communes[0].code
    asked = replace(read.asked, commune=commune, point=found.point)
    return replace(read, asked=asked, place=""), {}


def _worded(read: Read) -> tuple[Read, dict[str, Any]]:
    """Turn words into a procedure, or into a choice."""
    if read.whole and read.words == wording.procedure_said(read.asked):
        return replace(read, words=""), {}
    found = selectors.suggest_procedures(read.words)
    bare = replace(read, asked=replace(read.asked, procedure=None))
    if found and not asks_which(found):
        asked = forms.with_procedure(bare.asked, found[0].procedure.code)
        return replace(read, asked=asked, words=""), {}
    links = wording.chosen(bare, (one.procedure for one in found))
    return bare, {"step": Step.PROCEDURE, "meant": links, "unknown": not found}


def _label(read: Read) -> str:
    try:
        return selectors.departure_label(read.asked)
    except TerritoryError:
        return ""


# -- pages ----------------------------------------------------------------------------------------


def _page(request: HttpRequest, read: Read, doubt: dict[str, Any]) -> HttpResponse:
    """Render the question to ask, or the answer; an unknown place is asked again."""
    step, status = doubt.get("step", read.asked.step), 200
    place = ""
    try:
        told = _answer(read) if step is Step.ANSWER else _NO_ANSWER
        if "answer" in told:
            place = told["answer"].departure.label
        elif read.asked.commune or read.asked.point:
            place = selectors.departure_label(read.asked)
    except TerritoryError as error:
        read = replace(read, asked=replace(read.asked, commune=None, point=None))
        step, status, told = Step.WHERE, 404, _NO_ANSWER
        doubt = doubt | {"error": error}
    context = _NO_DOUBT | told | _questions(read, step, place) | doubt
    rank, ranks = wording.rank(read.asked, step)
    agent = step is Step.ANSWER and may_somewhere(request, "orientation.send")
    context |= {"rank": rank, "ranks": ranks, "agent": agent}
    context |= {"read": read, "step": str(step), "title": wording.TITLES[step], "place": place}
    return fresh(render(request, "journeys/orientation.html", context, status=status))


_NO_DOUBT = {"error": None, "communes": (), "meant": (), "unknown": False}
_NO_ANSWER: dict[str, Any] = {"first": 1}


def _questions(read: Read, step: Step, place: str) -> dict[str, Any]:
    """Return what the questions show: those of the step, and those of the whole form."""
    asked = read.asked
    return {
        "told": wording.told(read, place),
        "previous": wording.previous(read),
        "needs": wording.needs(read) if step is Step.NEED else (),
        "radios": fields.radios(asked),
        "whole_ticks": fields.ticks("t", asked),
        "ticks": fields.ticks("c", asked) if step is Step.CONSTRAINTS else "",
        "options": fields.options(asked),
        "procedure": wording.procedure_said(asked),
        "frequent": wording.frequent(read) if step is Step.PROCEDURE else (),
        "every": wording.every(read) if read.listed else (),
        "listed": read.link(asked, **wording.LISTED),
        "nothing": read.link(replace(asked, procedure=NONE)),
        "all": read.link(replace(asked, seen=True)),
        "hidden": wording.hidden(read, step),
        "kept": wording.hidden(read, Step.ANSWER),
    }


def _answer(read: Read) -> dict[str, Any]:
    """Return what the answer shows; when nothing answers, whom to telephone all the same."""
    asked, start = read.asked, read.rank
    found = selectors.orient(asked, start=start, stop=start + PAGE if start else None)
    last = start + len(found.choices)
    more = found.choices and last < found.total
    calls = found.calls
    if not found.total:
        nearby = selectors.orient(replace(asked.back_to(Step.NEED), need=Block.INFORMATION))
        calls = tuple((one.place.name, one.phone) for one in nearby.choices if one.phone)
    return {
        "answer": found,
        "places": wording.shown(found.choices, read),
        "first": start + 1,
        "following": read.link(asked, rang=str(last)) if more else "",
        "best": read.link(asked),
        "closed_today": not any(wording.opens_today(one) for one in found.choices),
        "relaxed": wording.relaxed(read) if not (found.total and found.near) else (),
        "calls": [(name, *told) for name, phone in calls for told in wording.phones(phone)],
        "national": wording.national(found.phones),
        "left_out": wording.left_out(found),
        "brief": wording.brief(asked, found.departure.label),
        "tell": f"{reverse('demand-tell')}?{read.query(asked)}",
        "map": f"/lieux/?territoire={found.departure.commune}",
    }


def _refused(request: HttpRequest, error: PortreaError) -> HttpResponse:
    manner = forms.manner_of(request.GET)
    restart = reverse("orientation") + (f"?{manner}" if manner else "")
    context = {"error": error, "restart": restart}
    return fresh(render(request, "journeys/refused.html", context, status=400))


def _go(read: Read, asked: Any) -> HttpResponse:
    return fresh(HttpResponseRedirect(f"{read.base}?{read.query(asked)}"))


def _suggested(told: list[dict[str, Any]]) -> JsonResponse:
    answer = JsonResponse({"found": told}, json_dumps_params={"ensure_ascii": False})
    return fresh(answer)  # type: ignore[return-value]


def fresh(response: HttpResponse) -> HttpResponse:
    """Forbid keeping the page: « open now » is true for a minute, and nothing is kept."""
    response["Cache-Control"] = "no-store"
    return response
