"""Notebooks for phones without a network: listed, opened, shown with their code, closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import DataError
from portrea.web.accounts import links
from portrea.web.accounts.holders import holder, holders_of, within
from portrea.web.accounts.permissions import act, require
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.structures import name_of_structure
from portrea.web.action.codes import is_local, qr_of
from portrea.web.action.log.notebook_forms import NotebookForm
from portrea.web.action.models import Notebook
from portrea.web.action.services import notebooks as services

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

ACT = "activity.log"
PAGE = "surveys-collect"
"""The page of phones, which holds what is written until a network comes back."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("activity.log")
def notebooks(request: HttpRequest) -> HttpResponse:
    """List the notebooks within reach; open one."""
    form = NotebookForm(request.POST or None, holders=holders_of(request, ACT))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        where = holder(told["holder"])
        made = services.notebook_open(
            actor=request, territory=where.territory, structure=where.structure,
            label=told["label"], days=told["days"],
        )  # fmt: skip
        return HttpResponseRedirect(reverse("log-notebook", args=[made.key]))
    rows = [(one, _where(one)) for one in Notebook.objects.filter(within(request, ACT))[:100]]
    return render(request, "action/log/notebooks.html", {"rows": rows, "form": form})


@never_cache
@require_safe
@act("activity.log")
def notebook(request: HttpRequest, key: str) -> HttpResponse:
    """Show the address of a notebook and its code to scan."""
    found = Notebook.objects.filter(key=key).first()
    if found is None:
        raise Http404(key)
    require(request, ACT, found.territory, structure=found.structure)
    address = links.absolute(reverse(PAGE, args=[key]))
    qr = qr_of(address, _("Code à scanner : le carnet de terrain"))
    context = {"notebook": found, "where": _where(found), "address": address, "qr": qr}
    return render(request, "action/log/notebook.html", context | {"local": is_local(address)})


@require_POST
@act("activity.log")
def close(request: HttpRequest, key: str) -> HttpResponse:
    """Close a notebook."""
    try:
        services.notebook_close(actor=request, key=key)
        messages.success(request, _("Le carnet est fermé : il ne reçoit plus rien."))
    except DataError as error:
        messages.warning(request, error.message)
    return HttpResponseRedirect(reverse("log-notebooks"))


def _where(found: Notebook) -> str:
    held = found.structure
    return name_of_structure(held) if held else name_of(found.territory)
