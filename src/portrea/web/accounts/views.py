"""Connection, forgotten password, invitation, own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.web.accounts import entering, forms, oidc, selectors, services
from portrea.web.accounts.departure_selectors import lendable
from portrea.web.accounts.permissions import act
from portrea.web.accounts.sign_in_selectors import factor_state
from portrea.web.accounts.tasks import send_reset
from portrea.web.accounts.throttling import forgive

if TYPE_CHECKING:
    from django.http import HttpRequest

ADDRESS_RATE = "10/15min"
"""Tries of one address, wherever they come from."""
VISITOR_RATE = "40/15min"
"""Tries from one network address: a France services is many people behind one."""
RESET_RATE = "5/h"

reads_and_writes = require_http_methods(["GET", "HEAD", "POST"])


@sensitive_post_parameters("password")
@never_cache
@reads_and_writes
def log_in(request: HttpRequest) -> HttpResponse:
    """Connect by address and password."""
    following, template = entering.following_of(request), "accounts/login.html"
    context = {"provider": oidc.name_of_provider()}
    if request.method == "POST":
        address = request.POST.get("username", "").strip().casefold()
        allowed = entering.allowed(request, "connexion", address, (ADDRESS_RATE, VISITOR_RATE))
        if not allowed:
            return entering.too_many(request, template, allowed, form=forms.LoginForm(), **context)
        form = forms.LoginForm(request, data=request.POST)
        if form.is_valid():
            forgive(f"connexion:{address}", ADDRESS_RATE)
            shared = form.cleaned_data["shared"]
            return entering.enter(request, form.get_user(), following=following, shared=shared)
    else:
        form = forms.LoginForm(request)
    return render(request, template, {**context, "form": form, "next": following, "wait": 0})


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Disconnect."""
    logout(request)
    return HttpResponseRedirect(settings.LOGOUT_REDIRECT_URL)


@never_cache
@reads_and_writes
def forgotten(request: HttpRequest) -> HttpResponse:
    """Send a link to choose a new password; the answer never tells whether the address is known."""
    form = forms.AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"].casefold()
        allowed = entering.allowed(request, "oubli", address, (RESET_RATE, VISITOR_RATE))
        if not allowed:
            return entering.too_many(request, "accounts/forgotten.html", allowed, form=form)
        user = selectors.find_user(address)
        send_reset.enqueue(user.pk if user else 0)
        return render(request, "accounts/forgotten_sent.html", {"email": address})
    return render(request, "accounts/forgotten.html", {"form": form, "wait": 0})


@method_decorator(sensitive_post_parameters(), name="dispatch")
class ChoosePassword(PasswordResetConfirmView):
    """Choose a new password from the link of an e-mail; Django signs it and uses it once."""

    form_class = forms.NewPasswordForm
    template_name = "accounts/password_new.html"
    success_url = "/connexion/"

    def form_valid(self, form: forms.NewPasswordForm) -> HttpResponse:
        """Say that it is done."""
        messages.success(self.request, _("Votre mot de passe est changé. Connectez-vous."))
        return super().form_valid(form)


@sensitive_post_parameters()
@never_cache
@reads_and_writes
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation, then accept it: nothing happens before the button is pressed."""
    offered = services.invitation_read(token)
    known = selectors.find_user(offered.email)
    if known is not None and request.user != known:
        logout(request)
        messages.info(request, _("Connectez-vous avec l’adresse invitée pour accepter."))
        return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={request.path}")
    person = known or selectors.newcomer(offered)
    form = None if known else forms.NewPasswordForm(person, request.POST or None)
    if request.method == "POST" and (form is None or form.is_valid()):
        password = form.cleaned_data["new_password1"] if form else ""
        user = services.invitation_accept(token=token, user=known, password=password)
        if form:
            entering.connect(request, user, shared=False)
        messages.success(request, _("Bienvenue. Votre rôle est en place."))
        return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL)
    context = {"form": form, "offered": selectors.described(offered)}
    return render(request, "accounts/invitation.html", context)


@never_cache
@reads_and_writes
@act("account.own")
def own(request: HttpRequest) -> HttpResponse:
    """Show what is known of the person connected; change the name shown."""
    form = forms.NameForm(request.POST or None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        services.account_rename(actor=request, name=form.cleaned_data["name"])
        messages.success(request, _("C’est enregistré."))
        return HttpResponseRedirect(request.path)
    context = {
        "form": form,
        "roles": selectors.own_roles(request.user),
        "lines": selectors.own_line_count(request.user),
        "factor": factor_state(request.user),
        "lends": bool(lendable(request.user)),
    }
    return render(request, "accounts/own.html", context)


@sensitive_post_parameters()
@never_cache
@reads_and_writes
@act("account.own")
def own_password(request: HttpRequest) -> HttpResponse:
    """Change one's password; the other connections of the account end."""
    form = forms.OwnPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        update_session_auth_hash(request, form.save())
        messages.success(request, _("Votre mot de passe est changé."))
        return HttpResponseRedirect("/compte/")
    return render(request, "accounts/own_password.html", {"form": form})


@never_cache
@require_safe
@act("account.own")
def own_data(request: HttpRequest) -> JsonResponse:
    """Send all that is known of the person connected."""
    headers = {"Content-Disposition": 'attachment; filename="mes-donnees.json"'}
    options = {"ensure_ascii": False, "indent": 1}
    return JsonResponse(
        selectors.own_data(request.user), json_dumps_params=options, headers=headers
    )


@sensitive_post_parameters()
@never_cache
@reads_and_writes
@act("account.own")
def own_close(request: HttpRequest) -> HttpResponse:
    """Close one's account, by password."""
    form = forms.CloseForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        services.account_close(user=selectors.find_user(request.user.email))
        logout(request)
        return render(request, "accounts/closed.html")
    return render(request, "accounts/own_close.html", {"form": form})
