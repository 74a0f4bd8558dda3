"""A parole given by the link of a comité, without account, and taken away with its code."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portrea.web.accounts.permissions import act
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.throttling import throttle, visitor
from portrea.web.steering.committee import forms, selectors
from portrea.web.steering.committee.pages import back_to, done, opens
from portrea.web.steering.services import committees as services

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpRequest, HttpResponse

RATE = "20/h"
TRAP = "site_perso"
"""A field that people do not see and that robots fill."""


@never_cache
@opens
@act("committee.voice")
def voice(request: HttpRequest, key: str) -> HttpResponse:
    """Take a parole by consent, and give the code that takes it away."""
    found = selectors.public_committee(key)
    form = forms.VoiceForm(request.POST or None)
    give = partial(services.voice_give, actor=request, committee=found)
    made = None
    if request.method == "POST" and _allowed(request, form):
        made = done(
            request, form, lambda told: give(words=told["words"], pseudonym=told["pseudonym"])
        )
    context = {"where": name_of(found.territory), "form": form, "made": made, "trap": TRAP}
    return render(request, "steering/committee/voice.html", context)


@never_cache
@opens
@act("committee.voice")
def voice_withdraw(request: HttpRequest) -> HttpResponse:
    """Erase a parole by its code."""
    form = forms.CodeForm(request.POST or None)

    def erase(told: dict[str, str]) -> None:
        services.voice_withdraw(actor=request, code=told["code"])

    if request.method == "POST" and _allowed(request, form) and done(request, form, erase):
        gone = _("Votre parole est effacée. Le comité ne la lira plus.")
        return back_to(request, reverse("voice-withdraw"), gone)
    return render(request, "steering/committee/withdraw.html", {"form": form, "trap": TRAP})


def _allowed(request: HttpRequest, form: Form) -> bool:
    """Whether this may be taken now: not a robot, not too often; what is typed stays."""
    if request.POST.get(TRAP):
        form.add_error(None, _("Laissez vide le champ caché, puis envoyez de nouveau."))
        return False
    if not throttle(f"parole:{visitor(request)}", RATE):
        form.add_error(None, _("Trop d’essais en une heure : réessayez plus tard."))
        return False
    return True
