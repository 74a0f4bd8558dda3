"""Proposals as the team writes and follows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.action.proposals import State
from portrea.base.errors import PortreaError
from portrea.base.unseen import without_unseen
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import act, may, may_somewhere, require
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.where import choices_of
from portrea.web.action.difficulties.catalogue import procedure_at
from portrea.web.action.pleas import forms, selectors
from portrea.web.action.pleas.counting import quotable
from portrea.web.action.services import pleas as services
from portrea.web.action.services.plea_mail import letter

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

opens = require_http_methods(["GET", "HEAD", "POST"])
MOST = 200


@never_cache
@require_safe
@act("difficulty.read")
def pleas(request: HttpRequest) -> HttpResponse:
    """List the proposals of the person's territories, what waits for something first."""
    lines = [selectors.line(one) for one in selectors.pleas_of(request)[:MOST]]
    context = {
        "rows": [(one, name_of(one.plea.territory)) for one in lines],
        "waiting": [one for one in lines if one.due],
        "writes": may_somewhere(request, selectors.WRITE),
    }
    return render(request, "action/pleas/list.html", context)


@never_cache
@opens
@act("plea.write")
def plea_new(request: HttpRequest) -> HttpResponse:
    """Show what a proposal would say, then begin it."""
    told = request.POST if request.method == "POST" else request.GET
    procedure = procedure_at(without_unseen(told.get("demarche", "")))
    territory = told.get("territoire", "")
    if procedure is None or territory not in dict(choices_of(request, selectors.WRITE)):
        raise Http404
    fault = ""
    if request.method == "POST":
        try:
            made = services.plea_draft(
                actor=request, territory=territory, procedure=procedure,
                code=told.get("blocage", ""),
            )  # fmt: skip
        except PortreaError as error:
            fault = " ".join(filter(None, (error.message, error.remedy)))
        else:
            return HttpResponseRedirect(reverse("plea", args=[made.key]))
    context = {
        "procedure": procedure,
        "territory": territory,
        "where": name_of(territory),
        "code": told.get("blocage", ""),
        "fault": fault,
    }
    return render(request, "action/pleas/new.html", context)


@never_cache
@opens
@act("difficulty.read")
def plea(request: HttpRequest, key: str) -> HttpResponse:
    """Read a proposal; write its draft; note what happens to it."""
    found = selectors.plea_to_show(request, key)
    writes = may(request, selectors.WRITE, found.territory)
    if request.method == "POST":
        require(request, selectors.WRITE, found.territory)
    if writes and found.state == State.DRAFT:
        return _draft(request, found)
    events = selectors.possible(found)
    today = today_in(found.territory)
    form = forms.AnswerForm(request.POST or None, events=events, today=today) if writes else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            services.plea_note(actor=request, key=key, **form.cleaned_data)
        except PortreaError as error:
            form.add_error(None, forms.said(error))
        else:
            messages.success(request, _("C’est noté."))
            return HttpResponseRedirect(reverse("plea", args=[key]))
    context = _about(found) | {"events": events, "writes": writes, "form": form}
    return render(request, "action/pleas/plea.html", context)


def _draft(request: HttpRequest, found: Any) -> HttpResponse:
    quotes = quotable(found)
    form = forms.DraftForm(request.POST or None, plea=found, quotable=quotes)
    if request.method == "POST" and form.is_valid():
        try:
            services.plea_edit(
                actor=request, key=found.key, told=form.cleaned_data, quotes=form.quoted()
            )
        except PortreaError as error:
            form.add_error(None, forms.said(error))
        else:
            messages.success(request, _("Le brouillon est enregistré."))
            return HttpResponseRedirect(reverse("plea", args=[found.key]))
    context = _about(found) | {"form": form, "send": forms.SendForm(), "quotes": quotes}
    return render(request, "action/pleas/draft.html", context)


@require_POST
@act("plea.write")
def plea_step(request: HttpRequest, key: str) -> HttpResponse:
    """Do one of the steps that is a button: send, write again, show, measure, drop."""
    steps: dict[str, Callable[[], object]] = {
        "envoyer": lambda: services.plea_send(
            actor=request, key=key, public=request.POST.get("public") == "on"
        ),
        "relancer": lambda: services.plea_note(actor=request, key=key, event="relancer"),
        "abandonner": lambda: services.plea_note(actor=request, key=key, event="abandonner"),
        "recompter": lambda: services.plea_recount(actor=request, key=key),
        "mesurer": lambda: services.plea_measure(actor=request, key=key),
        "montrer": lambda: services.plea_publish(actor=request, key=key, public=True),
        "cacher": lambda: services.plea_publish(actor=request, key=key, public=False),
        "effacer": lambda: services.plea_drop(actor=request, key=key),
    }
    asked = request.POST.get("faire", "")
    if asked not in steps:
        raise Http404(asked)
    try:
        steps[asked]()
    except PortreaError as error:
        messages.error(request, " ".join(filter(None, (error.message, error.remedy))))
    else:
        messages.success(request, _("C’est fait."))
        if asked == "effacer":
            return HttpResponseRedirect(reverse("pleas"))
    return HttpResponseRedirect(reverse("plea", args=[key]))


@never_cache
@require_safe
@act("difficulty.read")
def plea_letter(request: HttpRequest, key: str) -> HttpResponse:
    """Show the letter, to be printed or kept as PDF by the browser."""
    found = selectors.plea_to_show(request, key)
    return render(request, "action/pleas/letter.html", letter(found))


def _about(found: Any) -> dict[str, Any]:
    """Return what every page of a proposal shows."""
    return {
        "plea": found,
        "line": selectors.line(found),
        "where": name_of(found.territory),
        "story": selectors.story(found),
        "compared": selectors.dated(found.compared),
    }
