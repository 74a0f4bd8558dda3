"""Rights followed: listed, noted, moved to the next stage in one tap, corrected, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import DataError
from portrea.rights.outcomes import ENDS, STAGES, next_stages, right_names, words
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.holders import holder, holders_of
from portrea.web.accounts.permissions import act, may, may_somewhere
from portrea.web.rights.outcomes import forms, selectors
from portrea.web.rights.outcomes.cases import CALL, LOG, case_of, columns_of, right_of
from portrea.web.rights.services import outcomes as services

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpRequest

    from portrea.rights.outcomes import Case
    from portrea.web.rights.models import Outcome

PAGE = 30
HOME = "/espace/zero-non-recours/"
opens = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@require_safe
@act("outcome.read")
def outcome_list(request: HttpRequest) -> HttpResponse:
    """List the rights that somebody follows, filtered; who only reads is led to the figures."""
    holders = holders_of(request, LOG)
    if not holders:
        return redirect("outcome-figures")
    asked = selectors.Filter.of(request.GET, holders)
    rows = selectors.outcomes_listed(request, asked)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "asked": asked,
        "page": page,
        "query": query.urlencode(),
        "rows": [(one, right_of(one), *_stands(case_of(one))) for one in page],
        "holders": holders,
        "rights": right_names().items(),
        "states": selectors.states().items(),
        "origins": words()["origins"].items(),
        "calls": may_somewhere(request, CALL),
    }
    return render(request, "rights/outcomes/list.html", context)


@never_cache
@opens
@act("outcome.log")
def outcome_new(request: HttpRequest) -> HttpResponse:
    """Note a right that was detected."""
    holders = holders_of(request, LOG)
    asked = request.POST.get("holder") or (holders[0][0] if holders else "")
    form = forms.NewForm(
        request.POST or None, holders=holders, today=today_in(holder(asked).territory),
        actions=selectors.actions_of(request)[: selectors.RECENT_ACTIONS],
        initial={"holder": asked},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        where = holder(form.cleaned_data["holder"])
        try:
            made = services.outcome_log(
                actor=request, territory=where.territory, structure=where.structure,
                case=form.case(), outreach=form.action, sent=form.cleaned_data["sent"],
            )  # fmt: skip
        except DataError as error:
            refuse(form, error)
        else:
            return HttpResponseRedirect(f"{HOME}{made.key}/?note=1")
    context = {"form": form, "alone": len(holders) == 1}
    return render(request, "rights/outcomes/new.html", context, status=_status(form))


@never_cache
@require_safe
@act("outcome.log")
def outcome_read(request: HttpRequest, key: str) -> HttpResponse:
    """Show a right followed, and what may come next."""
    return _shown(request, found_or_404(request, key, LOG))


@never_cache
@require_POST
@act("outcome.log")
def outcome_step(request: HttpRequest, key: str, stage: str) -> HttpResponse:
    """Note the next stage: today in one tap, or with what its form says."""
    found = found_or_404(request, key, LOG)
    if stage not in STAGES[1:]:
        raise Http404(stage)
    told: dict[str, Any] = {}
    if stage in ENDS:
        form = forms.END_FORMS[stage](request.POST, prefix=stage)
        if not form.is_valid():
            return _shown(request, found, form=form, stage=stage)
        told = form.cleaned_data
    try:
        services.outcome_move(actor=request, key=key, stage=stage, **told)
    except DataError as error:
        if stage not in ENDS:
            messages.warning(request, f"{error.message} {error.remedy}")
            return HttpResponseRedirect(f"{HOME}{key}/")
        refuse(form, error, day=stage)
        return _shown(request, found, form=form, stage=stage)
    messages.success(request, _("« %s » est noté.") % words()["stages"][stage])
    return HttpResponseRedirect(f"{HOME}{key}/")


@never_cache
@opens
@act("outcome.log")
def outcome_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Correct a right followed; the journal keeps what it said before."""
    found = found_or_404(request, key, LOG)
    form = forms.CorrectForm(
        request.POST or None,
        actions=selectors.actions_of(request)[: selectors.RECENT_ACTIONS],
        initial=columns_of(case_of(found)) | {"outreach": found.outreach_id or ""},
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.outcome_correct(actor=request, key=key, case=form.case(), outreach=form.action)
        except DataError as error:
            refuse(form, error)
        else:
            messages.success(request, _("C’est corrigé."))
            return HttpResponseRedirect(f"{HOME}{key}/")
    context = {"form": form, "found": found, "name": right_of(found)}
    return render(request, "rights/outcomes/edit.html", context, status=_status(form))


@require_POST
@act("outcome.log")
def outcome_remove(request: HttpRequest, key: str) -> HttpResponse:
    """Stop following a right, with the reason that the journal keeps."""
    found_or_404(request, key, LOG)
    try:
        services.outcome_remove(actor=request, key=key, reason=request.POST.get("raison", ""))
    except DataError as error:
        messages.warning(request, f"{error.message} {error.remedy}")
        return HttpResponseRedirect(f"{HOME}{key}/")
    messages.success(request, _("Ce droit n’est plus suivi."))
    return HttpResponseRedirect(HOME)


def found_or_404(request: HttpRequest, key: str, act_name: str) -> Outcome:
    """Return a right that somebody may do this act on."""
    found = selectors.outcome_found(request, key, act_name)
    if found is None:
        raise Http404(key)
    return found


def refuse(form: Form, error: DataError, **renamed: str) -> None:
    """Tell each fault at its field; ``renamed`` is the field of a form → that of the fault."""
    fields = {fault: field for field, fault in renamed.items()}
    for fault in error.diagnostics:
        name = fields.get(str(fault.field), str(fault.field))
        form.add_error(name if name in form.fields else None, fault.message)
    if not error.diagnostics:
        form.add_error(None, f"{error.message} {error.remedy}")


def _shown(
    request: HttpRequest, found: Outcome, form: Form | None = None, stage: str = ""
) -> HttpResponse:
    """Show a right followed; with the form of a stage that is to be mended, when there is one."""
    case = case_of(found)
    coming = next_stages(case)
    names = words()["stages"]
    context = {
        "found": found,
        "name": right_of(found),
        "holder": selectors.name_of(found),
        "stands": _stands(case)[0],
        "stages": [(names[one], getattr(case, one), _since(case, one)) for one in STAGES
                   if getattr(case, one)],
        "lines": _lines(case, found),
        "taps": [(one, names[one]) for one in coming if one not in ENDS],
        "ends": [(one, names[one], form if one == stage else _blank(one, found)) for one in coming
                 if one in ENDS],
        "calls": may(request, CALL, found.territory, structure=found.structure),
        "new": "note" in request.GET,
        "mend": form,
    }  # fmt: skip
    context["call"] = call = selectors.call_of(found) if context["calls"] else None
    context["moment"] = dict(forms.MOMENTS).get(call.moment, "") if call and call.moment else ""
    return render(request, "rights/outcomes/read.html", context, status=400 if form else 200)


def _blank(stage: str, found: Outcome) -> Form:
    """Return the form of an end, of today."""
    return forms.END_FORMS[stage](prefix=stage, initial={"day": today_in(found.territory)})


def _stands(case: Case) -> tuple[str, Any]:
    """Return the last stage of a case, in French, and its day."""
    return words()["stages"][case.last], getattr(case, case.last)


def _since(case: Case, stage: str) -> int:
    return int((getattr(case, stage) - case.detected).days)


def _lines(case: Case, found: Outcome) -> list[tuple[str, str]]:
    """Return what is told of a case besides its stages."""
    known = words()
    coded = (
        (_("Motif du refus"), "refusals", case.refusal),
        (_("Motif de l’abandon"), "abandons", case.abandon),
        (_("Repéré par"), "origins", case.origin),
        (_("Âge"), "ages", case.age),
        (_("Situation"), "statuses", case.status),
        (_("Genre"), "genders", case.gender),
    )
    lines = [(label, known[listed].get(code, code)) for label, listed, code in coded if code]
    if found.outreach:
        lines.append((_("Action"), f"{found.outreach.title} ({found.outreach.day:%d/%m/%Y})"))
    for label, value in ((_("Montant par mois"), case.monthly), (_("Rappel versé"), case.back_pay)):
        if value is not None:
            lines.append((label, f"{value:.2f}\u00a0€".replace(".", ",")))
    return lines


def _status(form: Form) -> int:
    return 400 if form.errors else 200
