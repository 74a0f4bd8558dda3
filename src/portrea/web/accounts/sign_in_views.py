"""Beside the password: a link by e-mail, the code of the telephone, recovery codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portrea.web.accounts import entering, selectors, sign_in
from portrea.web.accounts.forms import AddressForm
from portrea.web.accounts.permissions import act
from portrea.web.accounts.sessions import never_ends_early
from portrea.web.accounts.sign_in_forms import CodeForm, SharedForm
from portrea.web.accounts.sign_in_selectors import factor_state, shown_to_telephone
from portrea.web.accounts.tasks import send_login_link
from portrea.web.accounts.throttling import forgive

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.web.accounts.models import User

LINK_RATE = "5/h"
CODE_RATE = "6/15min"
"""Tries of one person, at the door as in her account: a million codes, three of them good."""
VISITOR_RATE = "40/15min"
OWN = "/compte/second-facteur/"

reads_and_writes = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@reads_and_writes
def link_ask(request: HttpRequest) -> HttpResponse:
    """Send a link that connects; the answer never tells whether the address is known."""
    form = AddressForm(request.POST or None)
    template, following = "accounts/link_ask.html", entering.following_of(request)
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"].casefold()
        allowed = entering.allowed(request, "lien", address, (LINK_RATE, VISITOR_RATE))
        if not allowed:
            return entering.too_many(request, template, allowed, form=form)
        user = selectors.find_user(address)
        send_login_link.enqueue(user.pk if user else 0, following)
        return render(request, "accounts/link_sent.html", {"email": address})
    return render(request, template, {"form": form, "next": following, "wait": 0})


@never_cache
@reads_and_writes
def link_use(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button, then connect: programs that read e-mails visit links and press nothing."""
    following = entering.following_of(request)
    if request.method == "POST":
        user = sign_in.login_link_use(token=token)
        shared = bool(request.POST.get("shared"))
        return entering.enter(request, user, following=following, shared=shared)
    email = sign_in.login_link_read(token).user.email
    context = {"form": SharedForm(), "email": email, "next": following}
    return render(request, "accounts/link_use.html", context)


@sensitive_post_parameters("code")
@never_cache
@reads_and_writes
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the telephone, then connect."""
    held = entering.at_the_door(request)
    if held is None:
        return _too_late(request)
    user, following, shared = held
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        allowed = _allowed(request, user)
        if not allowed:
            return entering.too_many(request, "accounts/code.html", allowed, form=form)
        if sign_in.factor_check(user=user, code=form.cleaned_data["code"]):
            forgive(f"code:{user.pk}", CODE_RATE)
            entering.connect(request, user, shared=shared)
            return HttpResponseRedirect(following)
        form.refuse()
    return render(request, "accounts/code.html", {"form": form, "wait": 0})


@sensitive_post_parameters("code")
@never_cache
@reads_and_writes
def factor_at_the_door(request: HttpRequest) -> HttpResponse:
    """Make who must have a second factor prepare it, then connect her."""
    held = entering.at_the_door(request)
    if held is None:
        return _too_late(request)
    user, following, shared = held
    form = CodeForm(request.POST or None, recovery=False)
    if request.method == "POST" and form.is_valid():
        allowed = _allowed(request, user)
        if not allowed:
            return entering.too_many(request, "accounts/code.html", allowed, form=form)
        codes = sign_in.factor_confirm(actor=user, code=form.cleaned_data["code"])
        if codes:
            entering.connect(request, user, shared=shared)
            context = {"codes": codes, "following": following}
            return render(request, "accounts/recovery.html", context)
        form.refuse()
    context = {"form": form, **shown_to_telephone(user)}
    return render(request, "accounts/factor_at_the_door.html", context)


@sensitive_post_parameters("code")
@never_cache
@reads_and_writes
@act("account.own")
def own_factor(request: HttpRequest) -> HttpResponse:
    """Show one's second factor; prepare it, change it, take it away."""
    state = factor_state(request.user)
    form = CodeForm(request.POST or None, recovery=state.in_place, choices=state.choices)
    if request.method == "POST" and not state.begun:
        sign_in.factor_begin(actor=request)
        return HttpResponseRedirect(OWN)
    if request.method != "POST" or not form.is_valid():
        return _own_page(request, form)
    allowed = _allowed(request, request.user)
    if not allowed:
        return entering.too_many(request, "accounts/code.html", allowed, form=form)
    return (_change if state.in_place else _confirm)(request, form)


def _confirm(request: HttpRequest, form: CodeForm) -> HttpResponse:
    """Put the second factor in place, by its first code."""
    codes = sign_in.factor_confirm(actor=request, code=form.cleaned_data["code"])
    if not codes:
        form.refuse()
        return _own_page(request, form)
    never_ends_early(request)
    return render(request, "accounts/recovery.html", {"codes": codes, "following": OWN})


def _change(request: HttpRequest, form: CodeForm) -> HttpResponse:
    """Do what a person asks of the second factor in place, once she gave a code of it."""
    if not sign_in.factor_check(user=request.user, code=form.cleaned_data["code"]):
        form.refuse()
        return _own_page(request, form)
    wanted = form.cleaned_data["what"]
    if wanted == "codes":
        codes = sign_in.recovery_renew(actor=request)
        return render(request, "accounts/recovery.html", {"codes": codes, "following": OWN})
    sign_in.factor_remove(actor=request)
    if wanted == "replace":
        sign_in.factor_begin(actor=request)
    else:
        messages.success(request, _("Le second facteur est retiré."))
    return HttpResponseRedirect(OWN)


def _own_page(request: HttpRequest, form: CodeForm) -> HttpResponse:
    state = factor_state(request.user)
    shown = shown_to_telephone(request.user) if state.begun else {}
    context = {"form": form, "state": state, "picture": "", "secret": "", **shown}
    return render(request, "accounts/own_factor.html", context)


def _allowed(request: HttpRequest, user: User) -> entering.Allowance:
    return entering.allowed(request, "code", str(user.pk), (CODE_RATE, VISITOR_RATE))


def _too_late(request: HttpRequest) -> HttpResponseRedirect:
    messages.info(request, _("Le temps est passé : recommencez la connexion."))
    return HttpResponseRedirect("/connexion/")
