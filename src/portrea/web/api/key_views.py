"""The keys of a territory: issued, shown once, closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portrea.web.accounts.permissions import act
from portrea.web.accounts.scope import name_of
from portrea.web.api.key_lists import keys_within, territories_of
from portrea.web.api.keys import LASTS, key_issue, key_revoke

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse

WORDS = {
    30: gettext_lazy("30 jours"),
    90: gettext_lazy("3 mois"),
    365: gettext_lazy("1 an"),
    730: gettext_lazy("2 ans"),
}

ALLOWED = (
    ("place.propose", gettext_lazy("Proposer des lieux et des corrections")),
    ("activity.exchange", gettext_lazy("Lire les comptes rendus d’activité, comme dans la Coop")),
)


class KeyForm(forms.Form):
    """A key to be issued."""

    label = forms.CharField(
        label=gettext_lazy("Nom de la clé"),
        max_length=120,
        help_text=gettext_lazy("Le logiciel qui l’emploiera. Jamais une personne."),
    )
    territory = forms.ChoiceField(label=gettext_lazy("Territoire"))
    allows = forms.ChoiceField(
        label=gettext_lazy("Ce qu’elle permet"), choices=ALLOWED, required=False
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Valable"),
        coerce=int,
        choices=tuple((days, WORDS[days]) for days in LASTS),
        initial=365,
    )

    def __init__(self, *arguments: Any, territories: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["territory"].choices = territories


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("key.issue")
def keys(request: HttpRequest) -> HttpResponse:
    """List the keys within reach; issue one, whose secret is shown this once."""
    form = KeyForm(request.POST or None, territories=territories_of(request))
    issued, secret = None, ""
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        issued, secret = key_issue(
            actor=request,
            label=told["label"],
            territory=told["territory"],
            days=told["days"],
            acts=[told["allows"] or ALLOWED[0][0]],
        )
    context = {
        "form": form,
        "issued": issued,
        "secret": secret,
        "rows": [(key, name_of(key.territory)) for key in keys_within(request)],
    }
    return render(request, "api/keys.html", context)


@require_POST
@act("key.issue")
def key_close(request: HttpRequest, key: int) -> HttpResponse:
    """Close a key."""
    found = key_revoke(actor=request, key=key)
    messages.success(request, _("La clé « %s » est fermée.") % found.label)
    return HttpResponseRedirect(reverse("api-keys"))
