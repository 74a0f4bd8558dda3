"""Help given, noted in a few taps; listed, read, corrected, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.action.activity import words
from portrea.base.errors import DataError
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.holders import choice_of, holder, holders_of
from portrea.web.accounts.permissions import act, may, may_somewhere
from portrea.web.action.difficulties.catalogue import procedure_sure, procedures
from portrea.web.action.log import forms, selectors, told
from portrea.web.action.records import activity_of
from portrea.web.action.services import log as services

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from portrea.action.activity import Activity
    from portrea.web.action.models import Procedure, Record

PAGE = 30
HOME = "/espace/comptes-rendus/"
opens = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@opens
@act("activity.log")
def log_new(request: HttpRequest) -> HttpResponse:
    """Note a help given; « another like this one » with ``?comme=`` its number."""
    holders = holders_of(request, selectors.ACT)
    first = _defaults(request, dict(holders))
    where = holder(first.get("holder") or (holders[0][0] if holders else "")).territory
    form = forms.LogForm(
        request.POST or None, holders=holders, today=today_in(where), initial=first
    )
    if request.method == "POST" and form.is_valid():
        kept = _kept(request, form)
        if kept is not None:
            return HttpResponseRedirect(f"{HOME}{kept.uuid}/?note=1")
    return _form(request, form, where)


@never_cache
@opens
@act("activity.log")
def log_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Correct a record; the journal keeps what it said before."""
    found = _found(request, uuid, selectors.ACT)
    base = activity_of(found)
    choice = choice_of(found.territory, found.structure)
    form = forms.LogForm(
        request.POST or None,
        holders=[(choice, told.where_of(found))],
        today=found.day,
        base=base,
        initial=forms.starting(base, like=False) | {"uuid": uuid, "holder": choice},
    )
    if request.method == "POST" and form.is_valid() and _corrected(request, form, uuid):
        messages.success(request, _("C’est corrigé."))
        return HttpResponseRedirect(f"{HOME}{uuid}/")
    return _form(request, form, found.territory, record=found)


@never_cache
@require_safe
@act("activity.read")
def log_list(request: HttpRequest) -> HttpResponse:
    """List the records within reach, filtered."""
    holders = holders_of(request, selectors.READ)
    asked = selectors.Filter.of(request.GET, holders)
    page = Paginator(selectors.records_listed(request, asked), PAGE).get_page(
        request.GET.get("page")
    )
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "asked": asked,
        "page": page,
        "query": query.urlencode(),
        "rows": [_row(one) for one in page],
        "holders": holders,
        "kinds": words()["kinds"].items(),
        "themes": (words()["themes"] | words()["procedure_themes"]).items(),
        "writes": may_somewhere(request, selectors.ACT),
    }
    return render(request, "action/log/list.html", context)


@never_cache
@require_safe
@act("activity.read")
def log_read(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one record; just written, what may come next."""
    found = _found(request, uuid, selectors.READ)
    writes = may(request, selectors.ACT, found.territory, structure=found.structure)
    context = {
        "record": found,
        "kind": words()["kinds"].get(found.kind, found.kind),
        "place": words()["places"].get(found.where, found.where),
        "lines": told.lines_of(found, profile=writes),
        "writes": writes,
        "new": "note" in request.GET and writes,
    }
    return render(request, "action/log/read.html", context)


@require_POST
@act("activity.log")
def log_remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Remove a record, with the reason that the journal keeps."""
    _found(request, uuid, selectors.ACT)
    try:
        services.record_remove(actor=request, uuid=uuid, reason=request.POST.get("raison", ""))
    except DataError as error:
        messages.warning(request, f"{error.message} {error.remedy}")
        return HttpResponseRedirect(f"{HOME}{uuid}/")
    messages.success(request, _("Ce compte rendu est retiré."))
    return HttpResponseRedirect(HOME)


def _defaults(request: HttpRequest, holders: dict[str, str]) -> dict[str, Any]:
    """Return what the form shows first: like a record, else where and how the last one was."""
    like = selectors.record_like(request, request.GET.get("comme", ""))
    found = like or selectors.last_of(request)
    if found is None:
        return {"kind": "individuel", "where": "lieu_activite"}
    first = forms.starting(activity_of(found), like=True)
    choice = choice_of(found.territory, found.structure)
    kept = {"holder": choice} if choice in holders else {}
    names = first if like else ("kind", "where")
    return kept | {name: first[name] for name in names}


def _kept(request: HttpRequest, form: forms.LogForm) -> Record | None:
    where = holder(form.cleaned_data["holder"])
    activity = form.activity()
    try:
        return services.record_log(
            actor=request,
            territory=where.territory,
            structure=where.structure,
            activity=activity,
            uuid=form.cleaned_data["uuid"],
            procedure=_procedure(activity, where.territory),
        )
    except DataError as error:
        _refuse(form, error)
        return None


def _corrected(request: HttpRequest, form: forms.LogForm, uuid: UUID) -> bool:
    activity = form.activity()
    where = holder(form.cleaned_data["holder"]).territory
    try:
        services.record_correct(
            actor=request, uuid=uuid, activity=activity, procedure=_procedure(activity, where)
        )
    except DataError as error:
        _refuse(form, error)
        return False
    return True


def _refuse(form: forms.LogForm, error: DataError) -> None:
    """Tell each fault at its field; those of one person’s fields at what was asked of her."""
    for fault in error.diagnostics:
        name = str(fault.field)
        form.add_error(name if name in form.fields else None, fault.message)
    if not error.diagnostics:
        form.add_error(None, f"{error.message} {error.remedy}")


def _procedure(activity: Activity, where: str) -> Procedure | None:
    if not activity.procedure:
        return None
    return procedure_sure(activity.procedure, list(procedures([where])))


def _found(request: HttpRequest, uuid: UUID, act_name: str) -> Record:
    found = selectors.record_found(request, uuid, act_name)
    if found is None:
        raise Http404(uuid)
    return found


def _row(record: Record) -> dict[str, Any]:
    activity = activity_of(record)
    return {
        "record": record,
        "kind": words()["kinds"].get(record.kind, record.kind),
        "themes": ", ".join(told.themes_of(activity)[:3]),
        "procedure": record.procedure.name if record.procedure else record.procedure_words,
        "result": words()["results"].get(record.result, ""),
        "where": told.where_of(record),
    }


def _form(
    request: HttpRequest, form: forms.LogForm, where: str, record: Record | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "record": record,
        "procedures": selectors.procedure_names(where),
        "back": reverse("log-list"),
    }
    status = 400 if form.errors else 200
    return render(request, "action/log/form.html", context, status=status)
