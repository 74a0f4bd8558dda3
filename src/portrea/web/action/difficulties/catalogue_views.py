"""The catalogue of procedures: read by the team, kept by those of each territory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.action.catalogue import themes
from portrea.base.errors import PortreaError
from portrea.base.unseen import without_unseen
from portrea.web.accounts.holders import holder, holders_of
from portrea.web.accounts.permissions import act, may, may_somewhere, require
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.where import choices_of, keys_of
from portrea.web.action.difficulties import forms
from portrea.web.action.difficulties.catalogue import (
    procedure_at,
    procedure_named,
    procedures,
    retired_of,
)
from portrea.web.action.services import procedures as services

if TYPE_CHECKING:
    from django.http import HttpRequest

EDIT, READ = "procedure.edit", "difficulty.read"
MOST = 200


@never_cache
@require_safe
@act("difficulty.read")
def catalogue(request: HttpRequest) -> HttpResponse:
    """List the procedures, those that some words mean first; the retired ones apart."""
    held = [holder(choice).territory for choice, _name in holders_of(request, READ)]
    among = list(procedures(keys_of(request, READ) or held))
    typed = without_unseen(request.GET.get("q", "")).strip()[:160]
    found = [one.procedure for one in procedure_named(typed, among, most=MOST)] if typed else among
    names = themes()
    context = {
        "rows": [
            (
                one,
                names.get(one.theme, ""),
                name_of(one.territory),
                may(request, EDIT, one.territory),
            )
            for one in found
        ],
        "retired": retired_of(request),
        "typed": typed,
        "edits": may_somewhere(request, EDIT),
    }
    return render(request, "action/difficulties/catalogue.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("procedure.edit")
def procedure(request: HttpRequest, key: str = "") -> HttpResponse:
    """Write a procedure: a new one, or the one of a key."""
    row = procedure_at(key) if key else None
    if key and row is None:
        raise Http404(key)
    if row is not None:
        require(request, EDIT, row.territory)
    form = forms.ProcedureForm(
        request.POST or None,
        territories=choices_of(request, EDIT),
        today=timezone.localdate(),
        row=row,
    )
    if request.method == "POST" and form.is_valid() and _saved(request, form, key):
        messages.success(request, _("La démarche est au catalogue."))
        return HttpResponseRedirect(reverse("difficulty-catalogue"))
    return render(request, "action/difficulties/procedure.html", {"form": form, "row": row})


@require_POST
@act("procedure.edit")
def procedure_end(request: HttpRequest, key: str) -> HttpResponse:
    """Take a procedure out of the lists, or bring it back."""
    retired = request.POST.get("retirer") != "non"
    services.procedure_retire(actor=request, key=key, retired=retired)
    return HttpResponseRedirect(reverse("difficulty-catalogue"))


def _saved(request: HttpRequest, form: forms.ProcedureForm, key: str) -> bool:
    told = dict(form.cleaned_data)
    try:
        services.procedure_save(
            actor=request, key=key, territory=told.pop("territory", None), told=told
        )
    except PortreaError as error:
        form.add_error(None, forms.said(error))
        return False
    return True
