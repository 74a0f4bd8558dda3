"""Written mandates: listed, written, printed, used, revoked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.action.mandates import words
from portrea.base.errors import DataError, PortreaError
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.holders import holder, holders_of
from portrea.web.accounts.permissions import act, require
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.structures import name_of_structure
from portrea.web.action.models import Mandate
from portrea.web.action.outreach import forms, selectors
from portrea.web.action.services import mandates as services

if TYPE_CHECKING:
    from django.http import HttpRequest

RUN = "mandate.run"
opens = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@require_safe
@act(RUN)
def mandates(request: HttpRequest) -> HttpResponse:
    """List the mandates, those that end first."""
    rows = selectors.mandates_of(request)
    return render(request, "action/outreach/mandates.html", {"rows": rows})


@never_cache
@opens
@act(RUN)
def mandate_new(request: HttpRequest) -> HttpResponse:
    """Write a mandate, then print it."""
    first = {"starts": today_in(None)}
    form = forms.MandateForm(request.POST or None, holders=holders_of(request, RUN), initial=first)
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        where = holder(told.pop("holder"))
        try:
            made = services.mandate_write(
                actor=request, territory=where.territory, structure=where.structure, **told
            )
        except PortreaError as error:
            form.add_error(None, f"{error.message} {error.remedy or ''}".strip())
        else:
            return _to("outreach-mandate-paper", made.number)
    return render(request, "action/outreach/mandate_new.html", {"form": form})


@never_cache
@require_safe
@act(RUN)
def mandate(request: HttpRequest, number: str) -> HttpResponse:
    """Show a mandate, what was done under it; note something else."""
    found = _mandate(request, number)
    form = forms.ActForm(perimeter=found.perimeter)
    return render(request, "action/outreach/mandate.html", _about(found) | {"form": form})


@never_cache
@require_safe
@act(RUN)
def mandate_paper(request: HttpRequest, number: str) -> HttpResponse:
    """Show the form to print, where names are written by hand."""
    found = _mandate(request, number)
    return render(request, "action/outreach/mandate_paper.html", _about(found))


@require_POST
@act(RUN)
def mandate_do(request: HttpRequest, number: str) -> HttpResponse:
    """Note what was done under a mandate."""
    found = _mandate(request, number)
    form = forms.ActForm(request.POST, perimeter=found.perimeter)
    if not form.is_valid():
        messages.warning(request, _("Choisissez le domaine et ce qui a été fait."))
        return _to("outreach-mandate", number)
    try:
        services.mandate_act(actor=request, number=number, **form.cleaned_data)
    except DataError as error:
        messages.warning(request, f"{error.message} {error.remedy or ''}")
    else:
        messages.success(request, _("C’est noté."))
    return _to("outreach-mandate", number)


@require_POST
@act(RUN)
def mandate_revoke(request: HttpRequest, number: str) -> HttpResponse:
    """End a mandate today."""
    _mandate(request, number)
    services.mandate_revoke(actor=request, number=number)
    messages.success(request, _("Le mandat est révoqué. Notez-le aussi sur le papier."))
    return _to("outreach-mandate", number)


def _mandate(request: HttpRequest, number: str) -> Mandate:
    found = Mandate.objects.filter(number=number).first()
    if found is None:
        raise Http404(number)
    require(request, RUN, found.territory, structure=found.structure)
    return found


def _about(found: Mandate) -> dict[str, Any]:
    known = words()
    return {
        "mandate": found,
        "state": services.state_now(found),
        "duration": known["durations"].get(found.days, ""),
        "perimeter": [known["perimeters"][one] for one in found.perimeter],
        "holder": name_of_structure(found.structure) or name_of(found.territory),
        "acts": [
            (one, known["perimeters"][one.theme]["label"], known["acts"].get(one.what, one.what))
            for one in found.acts.all()
        ],
    }


def _to(name: str, number: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name, kwargs={"number": number}))
