"""Orientations handed over: the agent sends and follows, the partner answers by her link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import PortreaError
from portrea.offer.orientation.asked import Asked
from portrea.web.accounts.permissions import act
from portrea.web.accounts.throttling import throttle
from portrea.web.journeys import handover_page as page
from portrea.web.journeys.handover_forms import HandoverForm, first_values, taken_told
from portrea.web.journeys.models import Handover
from portrea.web.journeys.services.handovers import (
    handover_cancel,
    handover_forget,
    handover_reply,
    handover_send,
)
from portrea.web.journeys.services.senders import handovers_of, may_follow, senders_of
from portrea.web.offer.census import census_place
from portrea.web.offer.contribution_views import too_many
from portrea.web.offer.services.campaigns import contact_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portrea.web.offer.models import Place

PAGE = 30
RATE = "60/h"
"""Orientations that one account sends: each may write an e-mail."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("orientation.send")
def handover_new(request: HttpRequest, place_id: str) -> HttpResponse:
    """Write an orientation to a place; the situation asked, if any, is in the address."""
    place = census_place(place_id)
    if place is None:
        raise Http404(place_id)
    asked = Asked.of({name: request.GET.getlist(name) for name in request.GET})
    if place.pk != place_id:
        query = request.GET.urlencode()
        path = reverse("handover-new", kwargs={"place_id": place.pk})
        return redirect(f"{path}?{query}" if query else path)
    if place.status != place.Status.OPEN:
        return render(request, "journeys/handover/closed.html", {"place": place}, status=410)
    senders = senders_of(request)
    if not senders:
        raise PermissionDenied(
            _("Votre structure n’est plus dans le recensement : prévenez le référent.")
        )
    if request.method != "POST":
        first = first_values(asked, page.commune_told(asked), senders)
        return _form(request, place, HandoverForm(initial=first, senders=senders))
    count = throttle(f"orienter:{request.user.pk}", RATE)
    if not count:
        return too_many(request, count.wait)
    form = HandoverForm(request.POST, senders=senders)
    return _sent(request, place, form, asked) if form.is_valid() else _form(request, place, form)


def _form(request: HttpRequest, place: Place, form: HandoverForm) -> HttpResponse:
    context = {
        "place": place,
        "form": form,
        "writes": bool(contact_of(place)),
        "one_sender": len(form.senders) == 1,
        "open_person": any(
            form[name].errors or form[name].value() for name in ("agreed", "first_name", "contact")
        ),
    }
    return render(request, "journeys/handover/new.html", context)


def _sent(request: HttpRequest, place: Place, form: HandoverForm, asked: Asked) -> HttpResponse:
    sender = form.senders[form.cleaned_data["sender"]]
    told = form.told(page.unmet_reason(asked))
    try:
        row = handover_send(actor=request, place_id=place.pk, sender=sender, told=told)
    except PortreaError as error:
        form.add_error(None, " ".join(filter(None, (error.message, error.remedy))))
        return _form(request, place, form)
    if contact_of(place):
        messages.success(request, _("C’est envoyé. Le lieu répondra par un lien."))
    else:
        messages.warning(request, _("Ce lieu n’a pas de courriel : donnez-lui le lien ci-dessous."))
    if form.taken:
        said = _("Retiré de votre texte avant l’envoi : %s.") % taken_told(form.taken)
        messages.warning(request, said)
    return _to(row)


@never_cache
@require_safe
@act("orientation.send")
def handovers(request: HttpRequest) -> HttpResponse:
    """List what one sent, newest first."""
    state = request.GET.get("etat", "")
    rows = handovers_of(request).order_by("-pk")
    rows = rows.filter(state=state) if state in Handover.State.values else rows
    shown = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "cards": [page.card_of(row) for row in shown],
        "page": shown,
        "state": state,
        "tabs": page.tabs(request, state),
    }
    return render(request, "journeys/handover/list.html", context)


@never_cache
@require_safe
@act("orientation.send")
def handover(request: HttpRequest, key: int) -> HttpResponse:
    """Show where an orientation is, what the place said, its link."""
    return _shown(request, _found(request, key))


@never_cache
@require_safe
@act("orientation.send")
def handover_card(request: HttpRequest, key: int) -> HttpResponse:
    """Show the link alone on a card, to be printed for the place."""
    row = _found(request, key)
    if not row.status.open:
        return _to(row)
    context = {"card": page.card_of(row), "link": page.link_of(row)}
    return render(request, "journeys/handover/card.html", context)


@require_POST
@act("orientation.send")
def handover_answer_question(request: HttpRequest, key: int) -> HttpResponse:
    """Answer what the place asked."""
    row = _found(request, key)
    words = request.POST.get("words", "")
    try:
        handover_reply(actor=request, key=key, version=_version(request), words=words)
    except PortreaError as error:
        return _shown(request, _found(request, row.pk), error, words)
    messages.success(request, _("Votre réponse est envoyée au lieu."))
    return _to(row)


@require_POST
@act("orientation.send")
def handover_stop(request: HttpRequest, key: int) -> HttpResponse:
    """End an orientation without follow-up."""
    row = _found(request, key)
    try:
        handover_cancel(actor=request, key=key, version=_version(request))
    except PortreaError as error:
        return _shown(request, _found(request, row.pk), error)
    messages.success(
        request,
        _("Cette orientation est sans suite ; ce qu’elle disait de la personne est effacé."),
    )
    return _to(row)


@require_POST
@act("orientation.send")
def handover_erase(request: HttpRequest, key: int) -> HttpResponse:
    """Erase what is told of the person, who changed her mind."""
    row = _found(request, key)
    handover_forget(actor=request, key=key)
    messages.success(request, _("Ce qui était dit de la personne est effacé."))
    return _to(row)


def _found(request: HttpRequest, key: int) -> Handover:
    row = Handover.objects.select_related("place").filter(pk=key).first()
    if row is None:
        raise Http404(key)
    if not may_follow(request, row):
        raise PermissionDenied(_("Cette orientation n’a pas été envoyée par vous."))
    return row


def _shown(
    request: HttpRequest, row: Handover, error: PortreaError | None = None, words: str = ""
) -> HttpResponse:
    card = page.card_of(row)
    context: dict[str, Any] = {
        "card": card,
        "link": page.link_of(row) if card.state.open else None,
        "elsewhere": page.elsewhere(row) if card.state.ended else "",
        "error": error,
        "words": words,
        "cancels": card.state.open or card.state == Handover.State.ACCEPTED,
    }
    return render(request, "journeys/handover/show.html", context, status=409 if error else 200)


def _version(request: HttpRequest) -> int:
    told = request.POST.get("version", "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 9 else 0


def _to(row: Handover) -> HttpResponse:
    return HttpResponseRedirect(reverse("handover", kwargs={"key": row.pk}))
