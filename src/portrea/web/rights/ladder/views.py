"""« À la source »: what it means, the settings of territories, the file for a partner."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import PortreaError
from portrea.rights.ladder import DEFAULT, Level
from portrea.web.accounts.permissions import act, require
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.where import choices_of
from portrea.web.rights.ladder import selectors
from portrea.web.rights.ladder.forms import LevelForm, PartnerForm, SummaryForm
from portrea.web.rights.services import ladder as services

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portrea.web.rights.models import Partner

SETTLE, GIVE = selectors.SETTLE, selectors.GIVE


@require_safe
def at_the_source(request: HttpRequest) -> HttpResponse:
    """Say in plain words what the three levels are, and what is never done."""
    return render(request, "rights/ladder/explained.html", {"default": DEFAULT})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act(SETTLE)
def settings(request: HttpRequest) -> HttpResponse:
    """Choose the level of a territory; list its partners."""
    form = LevelForm(request.POST or None, territories=choices_of(request, SETTLE))
    if form.is_bound and form.is_valid():
        told = form.cleaned_data["territory"]
        services.level_choose(actor=request, territory=told, level=form.chosen)
        messages.success(request, _("Le niveau est changé. Le journal le note."))
        return HttpResponseRedirect(reverse("rights-ladder-settings"))
    chosen = [(name_of(one.territory), Level(one.rung)) for one in selectors.choices_made(request)]
    partners = [(one, name_of(one.territory)) for one in selectors.partners_held(request)]
    context = {"form": form, "chosen": chosen, "partners": partners, "levels": list(Level)}
    status = 400 if form.errors else 200
    return render(request, "rights/ladder/settings.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act(SETTLE)
def partner(request: HttpRequest, key: str = "") -> HttpResponse:
    """Write a partner, or change one."""
    row = selectors.partner_of(key)
    if key and row is None:
        raise Http404(key)
    if row is not None:
        require(request, SETTLE, row.territory)
    first = {name: getattr(row, name) for name in services.FIELDS} if row else {}
    territories = [] if row else choices_of(request, SETTLE)
    form = PartnerForm(request.POST or None, initial=first, territories=territories)
    if form.is_bound and form.is_valid() and _saved(request, form, row):
        messages.success(request, _("Le partenaire est enregistré."))
        return HttpResponseRedirect(reverse("rights-ladder-settings"))
    context = {"form": form, "row": row}
    status = 400 if form.errors else 200
    return render(request, "rights/ladder/partner.html", context, status=status)


@require_POST
@act(SETTLE)
def partner_retire(request: HttpRequest, key: str) -> HttpResponse:
    """Stop every file for a partner, or allow them again."""
    retired = request.POST.get("retirer") != "non"
    try:
        services.partner_retire(actor=request, key=key, retired=retired)
    except PortreaError as error:
        messages.warning(request, error.message)
    return HttpResponseRedirect(reverse("rights-ladder-settings"))


@never_cache
@require_safe
@act(GIVE)
def partners(request: HttpRequest) -> HttpResponse:
    """List the partners for whom a file may be asked."""
    found = [(one, name_of(one.territory)) for one in selectors.partners_given(request)]
    return render(request, "rights/ladder/partners.html", {"partners": found})


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act(GIVE)
def give(request: HttpRequest, key: str) -> HttpResponse:
    """Make the file of a partner from the summary that a person shows; keep nothing of it."""
    row = next((one for one in selectors.partners_given(request) if one.key == key), None)
    if row is None:
        raise Http404(key)
    form = SummaryForm(request.POST, request.FILES) if request.method == "POST" else SummaryForm()
    if form.is_bound and form.is_valid():
        try:
            return _file(_made(request, form, row))
        except PortreaError as error:
            form.add_error(None, f"{error.message} {error.remedy or ''}".strip())
    level, _where = selectors.level_at((row.level, row.code))
    context = {"form": form, "row": row, "where": name_of(row.territory), "level": level}
    status = 400 if form.errors else 200
    return render(request, "rights/ladder/give.html", context, status=status)


def _made(request: HttpRequest, form: SummaryForm, row: Partner) -> dict[str, Any]:
    return services.file_make(
        actor=request, partner=row.key, content=form.cleaned_data["summary"].read(),
        consent=form.cleaned_data["consent"],
    )  # fmt: skip


def _file(made: dict[str, Any]) -> HttpResponse:
    text = json.dumps(made, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="droits-{made["made"]}.json"'
    response["Cache-Control"] = "no-store"
    return response


def _saved(request: HttpRequest, form: PartnerForm, row: Partner | None) -> bool:
    told = form.cleaned_data
    try:
        services.partner_save(
            actor=request, territory=row.territory if row else told["territory"], told=told,
            key=row.key if row else "",
        )  # fmt: skip
    except PortreaError as error:
        form.add_error(None, f"{error.message} {error.remedy or ''}".strip())
        return False
    return True
