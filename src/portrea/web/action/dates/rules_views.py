"""The rules of dates that a territory writes, reads again, takes away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portrea.base.errors import PortreaError
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import act, require
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.where import choices_of
from portrea.web.action.dates import selectors
from portrea.web.action.dates.rules_forms import RuleForm, starting
from portrea.web.action.models import DateRule
from portrea.web.action.services import dates as services

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@require_safe
@act("dates.rule")
def rules(request: HttpRequest) -> HttpResponse:
    """List the rules of one's territories; those to read again are said."""
    today = today_in(None)
    rows = [
        (row, name_of(row.territory), selectors.rule_of(row).is_stale(today))
        for row in selectors.rules_to_hold(request)
    ]
    return render(request, "action/dates/rule_list.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("dates.rule")
def rule(request: HttpRequest, number: int = 0) -> HttpResponse:
    """Write a rule, or read one again."""
    row = DateRule.objects.filter(pk=number).first() if number else None
    if number and row is None:
        raise Http404(number)
    if row is not None:
        require(request, "dates.rule", row.territory)
    first = starting(row) if row else {"checked": today_in(None)}
    territories = choices_of(request, "dates.rule")
    form = RuleForm(request.POST or None, initial=first, territories=territories)
    if request.method == "POST" and form.is_valid() and _saved(request, form, row):
        messages.success(request, _("La règle est enregistrée. Elle compte dès maintenant."))
        return HttpResponseRedirect(reverse("dates-rule-list"))
    return render(request, "action/dates/rule.html", {"form": form, "row": row})


def _saved(request: HttpRequest, form: RuleForm, row: DateRule | None) -> bool:
    told = form.cleaned_data
    try:
        services.rule_save(
            actor=request, territory=told["territory"], name=form.name, card=told["card"],
            checked=told["checked"], rule=row.pk if row else None,
        )  # fmt: skip
    except PortreaError as error:
        form.add_error(None, f"{error.message} {error.remedy or ''}".strip())
        return False
    return True


@require_POST
@act("dates.rule")
def retire(request: HttpRequest, number: int) -> HttpResponse:
    """Take a rule away, or put it back."""
    try:
        retired = request.POST.get("retirer") != "non"
        services.rule_retire(actor=request, rule=number, retired=retired)
    except PortreaError as error:
        messages.warning(request, error.message)
    return HttpResponseRedirect(reverse("dates-rule-list"))
