"""Lend one's role, take it back; note that a person leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portrea.base.errors import PortreaError
from portrea.web.accounts import departures
from portrea.web.accounts.departure_forms import DepartureForm, LendForm
from portrea.web.accounts.departure_selectors import departure, lendable, loans_of
from portrea.web.accounts.models import Membership
from portrea.web.accounts.permissions import act
from portrea.web.accounts.selectors import after_invitation

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import Form
    from django.http import HttpRequest

reads_and_writes = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@reads_and_writes
@act("account.lend")
def role_lend(request: HttpRequest) -> HttpResponse:
    """Lend one of one's roles to a person, until a day."""
    form = LendForm(request.POST or None, roles=lendable(request.user))
    if request.method == "POST" and form.is_valid() and _tried(form, lambda: _lend(request, form)):
        messages.success(
            request, _("L’invitation part par courriel. Le prêt commence à sa réponse.")
        )
        return HttpResponseRedirect(request.path)
    context = {"form": form, "loans": loans_of(request.user), "longest": departures.LONGEST}
    return render(request, "accounts/lend.html", context)


@require_POST
@act("account.lend")
def loan_end(request: HttpRequest, key: int) -> HttpResponse:
    """Take a role back before its day."""
    get_object_or_404(Membership, pk=key)
    departures.loan_end(actor=request, membership=key)
    messages.success(request, _("Le prêt est terminé."))
    return HttpResponseRedirect("/compte/preter/")


@never_cache
@reads_and_writes
@act("account.revoke")
def person_leaves(request: HttpRequest, key: int) -> HttpResponse:
    """Show what a person who leaves kept; take it back and hand it over."""
    get_object_or_404(Membership, pk=key)
    user = departures.leaver(request, key)
    form = DepartureForm(request.POST or None, initial={"doors": True})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        if _tried(form, lambda: _leave(request, user, told)):
            return HttpResponseRedirect(after_invitation(request))
    context = {"form": form, "leaving": departure(request, user)}
    return render(request, "accounts/departure.html", context)


def _lend(request: HttpRequest, form: LendForm) -> None:
    told = form.cleaned_data
    departures.role_lend(
        actor=request, membership=int(told["role"]), email=told["email"], until=told["until"]
    )


def _leave(request: HttpRequest, user: object, told: dict[str, object]) -> None:
    closed = departures.person_leaves(actor=request, user=user, **told)
    message = ngettext(
        "Départ noté : %(n)s rôle retiré, %(doors)s lien ou clé fermés.",
        "Départ noté : %(n)s rôles retirés, %(doors)s liens ou clés fermés.",
        closed.roles,
    )
    messages.success(request, message % {"n": closed.roles, "doors": closed.doors})


def _tried(form: Form, step: Callable[[], None]) -> bool:
    """Do a step; write on the form why it is refused."""
    try:
        step()
    except PortreaError as error:
        form.add_error(None, " ".join(filter(None, (error.message, error.remedy))))
    except PermissionDenied as error:
        form.add_error(None, str(error))
    return form.is_valid()
