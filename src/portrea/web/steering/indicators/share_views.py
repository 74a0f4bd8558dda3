"""Links to a view of the indicators: listed, made, closed; read without account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import ParameterError, PortreaError
from portrea.steering.indicator_words import DISCREET
from portrea.web.accounts.forms import StyledForm
from portrea.web.accounts.permissions import act
from portrea.web.accounts.scope import name_of
from portrea.web.steering.indicators import selectors
from portrea.web.steering.indicators.crossing import Choice, crossed_table
from portrea.web.steering.indicators.views import LEVELS, where
from portrea.web.steering.services import indicators as services

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.web.steering.models import SharedView


class ShareForm(StyledForm, forms.Form):
    """What a link is called, how long it lasts."""

    label = forms.CharField(
        label=lazy("Pour qui, ou pour quoi"), max_length=120,
        help_text=lazy("Pour vous y retrouver : « Comité de mai ». Pas de nom de personne."),
    )  # fmt: skip
    days = forms.TypedChoiceField(
        label=lazy("Le lien dure"), coerce=int, initial=30,
        choices=[(one, f"{one} jours") for one in services.LASTS],
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("indicator.share", where=where)
def shares(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """List the links of a territory; make one to the view that the address tells."""
    territory = f"{level}:{code}"
    if level not in LEVELS:
        raise Http404(territory)
    form = ShareForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _made(request, form, territory):
        return HttpResponseRedirect(request.get_full_path())
    rows = [(one, services.address_of(one) if one.open else "")
            for one in selectors.shared_of(territory)]  # fmt: skip
    context = {
        "form": form, "rows": rows, "where": name_of(territory), "level": level, "code": code,
        "view": _view_told(request, territory),
    }  # fmt: skip
    status = 400 if form.errors else 200
    return render(request, "steering/indicators/shares.html", context, status=status)


def _made(request: HttpRequest, form: ShareForm, territory: str) -> bool:
    told = form.cleaned_data
    try:
        asked = selectors.asked_of(territory, request.GET.dict())
        view = asked.told
        if "lignes" in request.GET:
            view |= Choice.of(request.GET).told
        services.view_share(
            actor=request, territory=territory, label=told["label"], asked=view, days=told["days"]
        )
    except PortreaError as error:
        form.add_error(None, " ".join(filter(None, (error.message, error.remedy))))
        return False
    messages.success(request, _("Le lien est fait : copiez-le ci-dessous."))
    return True


def _view_told(request: HttpRequest, territory: str) -> str:
    """Say which view a new link would show."""
    try:
        asked = selectors.asked_of(territory, request.GET.dict())
    except PortreaError as error:
        return error.message
    what = _("un tableau croisé") if "lignes" in request.GET else _("tous les indicateurs")
    return f"{what}, {asked.period}"


@require_POST
@act("indicator.share", where=where)
def revoke(request: HttpRequest, level: str, code: str, link: int) -> HttpResponse:
    """Close a link."""
    try:
        services.view_revoke(actor=request, territory=f"{level}:{code}", link=link)
    except PortreaError as error:
        messages.error(request, " ".join(filter(None, (error.message, error.remedy))))
    else:
        messages.success(request, _("Le lien est fermé : il ne montre plus rien."))
    return HttpResponseRedirect(reverse("indicators-shares", args=[level, code]))


@never_cache
@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """Show the view of a link, read only; say kindly when it has ended."""
    link = selectors.shared_view(token)
    try:
        told = _shown(link) if link is not None and link.open else None
    except ParameterError:  # a period of months, of a link made before quarters alone were told
        told = None
    if told is None:
        answer = render(request, "steering/indicators/ended.html", {}, status=404)
    else:
        answer = render(request, "steering/indicators/shared.html", told)
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _shown(link: SharedView) -> dict[str, Any]:
    asked = selectors.asked_of(link.territory, link.asked)
    crosses = "lignes" in link.asked
    return {
        "link": link, "asked": asked, "where": name_of(link.territory),
        "sections": () if crosses else selectors.sections_asked(asked),
        "table": crossed_table(asked, Choice.of(link.asked)) if crosses else None,
        "crosses": crosses, "about": DISCREET,
    }  # fmt: skip
