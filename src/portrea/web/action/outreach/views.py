"""What the team keeps to go to people: computers, home help, maraudes, equipment and its loans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import DataError
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.holders import holder, holders_of
from portrea.web.accounts.links import absolute
from portrea.web.accounts.permissions import act, may_somewhere, require
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.structures import name_of_structure
from portrea.web.action.codes import is_local, qr_of
from portrea.web.action.outreach import forms, selectors
from portrea.web.action.outreach.kinds import KINDS
from portrea.web.action.services import outreach as services

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from portrea.web.action.models import Loan, SelfService
    from portrea.web.action.outreach.kinds import Kind

RUN = "outreach.run"
opens = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@require_safe
@act(RUN)
def outreach(request: HttpRequest) -> HttpResponse:
    """Show everything that the team keeps."""
    context = {
        "lent": selectors.lent_of(request),
        "presences": selectors.presences_of(request),
        "homes": selectors.homes_of(request),
        "stations": selectors.stations_of(request),
        "mandates": may_somewhere(request, "mandate.run"),
    }
    return render(request, "action/outreach/list.html", context)


@never_cache
@opens
@act(RUN)
def thing_new(request: HttpRequest, kind: str) -> HttpResponse:
    """Write a new thing of a kind."""
    known = _kind(kind)
    form = known.form(request.POST or None, holders=holders_of(request, RUN))
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        where = holder(told.pop("holder"))
        saved = _tried(form, lambda: services.thing_save(
            actor=request, model=known.model, told=told,
            territory=where.territory, structure=where.structure,
        ))  # fmt: skip
        if saved is not None:
            return _home(request, _("C’est enregistré."))
    context = {"form": form, "kind": known, "title": known.new}
    return render(request, "action/outreach/thing.html", context)


@never_cache
@opens
@act(RUN)
def thing(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Change a thing; a computer also shows what it served for."""
    known = _kind(kind)
    found = _thing(request, known, number)
    form = known.form(request.POST or None, holders=None, initial=known.starting(found))
    if request.method == "POST" and form.is_valid():
        saved = _tried(form, lambda: services.thing_save(
            actor=request, model=known.model, number=number, told=form.cleaned_data
        ))  # fmt: skip
        if saved is not None:
            return _home(request, _("C’est enregistré."))
    context = {"form": form, "kind": known, "title": known.edit, "thing": found, "name": kind}
    if known.is_station:
        context |= _station(found)
    return render(request, "action/outreach/thing.html", context)


@require_POST
@act(RUN)
def thing_end(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Take a thing away, or bring it back."""
    known, ended = _kind(kind), request.POST.get("fini") != "non"
    _thing(request, known, number)
    try:
        services.thing_end(actor=request, model=known.model, number=number, ended=ended)
    except DataError as error:
        return _home(request, error.message)
    return _home(request, _("C’est noté."))


@never_cache
@opens
@act(RUN)
def loan_new(request: HttpRequest, number: int) -> HttpResponse:
    """Lend an equipment: until when; then its slip is printed."""
    found = _thing(request, KINDS["materiel"], number)
    first = {"due": today_in(found.territory) + forms.LENT}
    form = forms.LoanForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        loan = _tried(form, lambda: services.loan_out(
            actor=request, number=number, due=form.cleaned_data["due"]
        ))  # fmt: skip
        if loan is not None:
            return HttpResponseRedirect(reverse("outreach-loan", kwargs={"code": loan.code}))
    return render(request, "action/outreach/loan_new.html", {"form": form, "thing": found})


@never_cache
@opens
@act(RUN)
def loan(request: HttpRequest, code: str) -> HttpResponse:
    """Show the slip of a loan, to print; note that the thing came back."""
    found = _loan(request, code)
    form = forms.BackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        condition = form.cleaned_data["condition"]
        back = _tried(form, lambda: services.loan_back(
            actor=request, code=code, condition=condition
        ))  # fmt: skip
        if back is not None:
            return _home(request, _("Le retour est noté."))
    context = {"loan": found, "form": form, "holder": _holder(found.equipment)}
    return render(request, "action/outreach/loan.html", context)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404(name)
    return KINDS[name]


def _thing(request: HttpRequest, kind: Kind, number: int) -> Any:
    found = selectors.thing_of(kind.model, number)
    if found is None:
        raise Http404(number)
    require(request, RUN, found.territory, structure=found.structure)
    return found


def _loan(request: HttpRequest, code: str) -> Loan:
    found = selectors.loan_of(code)
    if found is None:
        raise Http404(code)
    where = found.equipment
    require(request, RUN, where.territory, structure=where.structure)
    return found


def _station(found: SelfService) -> dict[str, Any]:
    address = absolute(f"/poste/{found.key}/")
    return {
        "uses": selectors.uses_of(found),
        "address": address,
        "local": is_local(address),
        "qr": qr_of(address, _("Code de l’adresse du poste")),
    }


def _holder(found: Any) -> str:
    return name_of_structure(found.structure) or name_of(found.territory)


def _tried(form: Any, do: Callable[[], Any]) -> Any:
    """Return what was done, ``None`` when it was refused: the form says why."""
    try:
        return do()
    except DataError as error:
        form.add_error(None, f"{error.message} {error.remedy or ''}".strip())
        return None


def _home(request: HttpRequest, said: str) -> HttpResponseRedirect:
    messages.success(request, said)
    return HttpResponseRedirect(reverse("outreach"))
