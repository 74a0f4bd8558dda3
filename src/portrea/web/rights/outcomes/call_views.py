"""Calls asked by people: noted with their consent, made, erased; withdrawn without account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import DataError
from portrea.web.accounts import links
from portrea.web.accounts.permissions import act
from portrea.web.accounts.throttling import throttle, visitor
from portrea.web.rights.outcomes import selectors
from portrea.web.rights.outcomes.cases import CALL, right_of
from portrea.web.rights.outcomes.forms import MOMENTS, CallForm, CodeForm
from portrea.web.rights.outcomes.views import HOME, found_or_404, opens, refuse
from portrea.web.rights.services import outcome_calls as services

if TYPE_CHECKING:
    from django.http import HttpRequest

RATE = "20/h"
"""Codes that one visitor may try."""


@never_cache
@require_safe
@act("outcome.call")
def call_list(request: HttpRequest) -> HttpResponse:
    """List the calls to make, who waits longest first."""
    named = dict(MOMENTS)
    rows = [(one, right_of(one.outcome), named.get(one.moment, "")) for one in
            selectors.calls_of(request)]  # fmt: skip
    context = {"rows": rows, "days": services.days_kept()}
    return render(request, "rights/outcomes/calls.html", context)


@never_cache
@opens
@act("outcome.call")
def call_new(request: HttpRequest, key: str) -> HttpResponse:
    """Note how to call somebody, with the text that she accepts."""
    found = found_or_404(request, key, CALL)
    consent = services.consent_text(selectors.name_of(found))
    form = CallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.call_ask(actor=request, key=key, consent=consent, **form.cleaned_data)
        except DataError as error:
            refuse(form, error)
        else:
            return HttpResponseRedirect(reverse("outcome-call-slip", args=[key]))
    context = {"found": found, "name": right_of(found), "form": form, "consent": consent}
    status = 400 if form.errors else 200
    return render(request, "rights/outcomes/call.html", context, status=status)


@never_cache
@require_safe
@act("outcome.call")
def call_slip(request: HttpRequest, key: str) -> HttpResponse:
    """Show the code to give to the person: by it she has everything erased."""
    found = found_or_404(request, key, CALL)
    call = selectors.call_of(found)
    if call is None:
        raise Http404(key)
    context = {
        "found": found,
        "call": call,
        "address": links.absolute(reverse("call-withdraw")),
        "days": services.days_kept(),
    }
    return render(request, "rights/outcomes/slip.html", context)


@require_POST
@act("outcome.call")
def call_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Erase a call that was made."""
    try:
        found = services.call_done(actor=request, pk=pk)
    except DataError as error:
        messages.warning(request, f"{error.message} {error.remedy}")
        return HttpResponseRedirect(reverse("outcome-calls"))
    messages.success(request, _("Le nom et le téléphone sont effacés."))
    return HttpResponseRedirect(f"{HOME}{found.key}/")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("outcome.withdraw")
def call_withdraw(request: HttpRequest) -> HttpResponse:
    """Erase one’s telephone by its code; whether a code is known is never said."""
    form = CodeForm(request.POST or None)
    done = False
    if request.method == "POST" and form.is_valid():
        if throttle(f"droits-rappel:{visitor(request)}", RATE):
            services.call_withdraw(actor=request, code=form.cleaned_data["code"])
            done = True
        else:
            form.add_error(None, _("Trop d’essais. Attendez une heure, ou demandez à l’équipe."))
    status = 400 if form.errors else 200
    context = {"form": form, "done": done}
    return render(request, "rights/outcomes/withdraw.html", context, status=status)
