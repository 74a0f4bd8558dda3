"""Go to the identity provider, and come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portrea.web.accounts import entering, oidc, selectors
from portrea.web.accounts.links import absolute
from portrea.web.accounts.sign_in_selectors import user_of
from portrea.web.accounts.throttling import throttle, visitor

if TYPE_CHECKING:
    from django.http import HttpRequest

AWAY = "at_the_provider"
RATE = "40/15min"


@never_cache
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Send the person to the provider; what is remembered of it dies with the return."""
    chosen = _chosen()
    allowed = throttle(f"fournisseur:visiteur:{visitor(request)}", RATE)
    if not allowed:
        raise oidc.too_often(allowed.wait)
    address, kept = oidc.leave(chosen, _callback())
    request.session[AWAY] = {**kept, "next": entering.following_of(request)}
    return HttpResponseRedirect(address)


@never_cache
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Connect the account whose address the provider verified."""
    chosen = _chosen()
    kept = request.session.pop(AWAY, {})
    email = oidc.come_back(chosen, _callback(), kept, request.GET.dict())
    found = selectors.find_user(email)
    user = user_of(found.pk) if found else None
    if user is None:
        context = {"email": email, "name": chosen.name}
        return render(request, "accounts/provider_unknown.html", context, status=403)
    return entering.enter(request, user, following=kept["next"])


def _chosen() -> oidc.Provider:
    chosen = oidc.provider()
    if chosen is None:
        raise Http404
    return chosen


def _callback() -> str:
    return absolute("/connexion/fournisseur/retour/")
