"""The indicators of a territoire zéro non-recours: on a page, to share, as files; the actions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portrea.base.errors import DataError
from portrea.rights.outcomes import words
from portrea.sources.lists.writing import csv_text
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.holders import Holder, holder, holders_of
from portrea.web.accounts.permissions import act, may
from portrea.web.rights.outcomes import figures, selectors, telling
from portrea.web.rights.outcomes.cases import LOG, READ
from portrea.web.rights.outcomes.file_views import attached
from portrea.web.rights.outcomes.files import XLSX, sheets
from portrea.web.rights.outcomes.forms import OutreachForm
from portrea.web.rights.outcomes.views import refuse
from portrea.web.rights.services.outreach import outreach_add

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest

YEARS = 6
ALL = "tout"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page of indicators is about; ``discreet``: small counts are hidden."""

    choices: list[tuple[str, str]]
    choice: str
    held: Holder
    period: str
    periods: list[tuple[str, str]]
    today: date
    discreet: bool

    @property
    def where(self) -> Q:
        """The rights followed that it counts, on the columns of the table."""
        return self.held.condition & (
            Q() if self.period == ALL else Q(detected__year=int(self.period))
        )


@never_cache
@require_safe
@act("outcome.read")
def indicators(request: HttpRequest) -> HttpResponse:
    """Show stages, time, amounts and what came of each outreach."""
    asked = _asked(request)
    if asked is None:
        raise Http404
    found = figures.figures_of(asked.where, asked.today, discreet=asked.discreet)
    context: dict[str, Any] = {
        "asked": asked,
        "figures": found,
        "writes": may(request, LOG, asked.held.territory, structure=asked.held.structure),
        "stages": words()["stages"],
        "team": not asked.discreet,
        "shared": "partage" in request.GET,
        "delays": telling.delays_of(found),
        "steps": telling.steps_of(found),
        "indicators": telling.indicators_of(found),
        "least": words()["compare"]["least"],
        "ripe": words()["compare"]["ripe_days"],
    }
    if not asked.discreet:
        context["origins"] = figures.compared_origins(asked.where, asked.today)
        context["actions"] = figures.compared_actions(asked.where, asked.today)
    return render(request, "rights/outcomes/figures.html", context)


@never_cache
@require_safe
@act("outcome.read")
def indicators_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Give the indicators as a file to be shared: small counts are always hidden in it."""
    asked = _asked(request, shared=True)
    if asked is None or kind not in ("xlsx", "csv"):
        raise Http404(kind)
    found = figures.figures_of(asked.where, asked.today, discreet=True)
    pages = telling.tables_of(
        found, asked.held.name, dict(asked.periods)[asked.period], asked.today
    )
    name = f"zero-non-recours-{asked.today:%Y%m%d}.{kind}"
    if kind == "xlsx":
        return attached(sheets(pages), XLSX, name)
    rows = [[title, *map(str, row)] for title, table in pages for row in table]
    text = csv_text([_("tableau"), _("valeur")], rows)
    return attached(text.encode("utf-8-sig"), "text/csv; charset=utf-8", name)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("outcome.log")
def outreach(request: HttpRequest) -> HttpResponse:
    """List the actions that look for people; add one."""
    holders = holders_of(request, LOG)
    first = {"day": today_in(holder(holders[0][0]).territory) if holders else None}
    form = OutreachForm(request.POST or None, holders=holders, initial=first)
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        where = holder(told.pop("holder"))
        try:
            outreach_add(
                actor=request, territory=where.territory, structure=where.structure, **told
            )
        except DataError as error:
            refuse(form, error)
        else:
            messages.success(request, _("L’action est dans la liste."))
            return HttpResponseRedirect(reverse("outcome-actions"))
    names = words()["origins"]
    listed = selectors.actions_of(request)[: selectors.RECENT_ACTIONS]
    rows = [(one, names.get(one.kind, one.kind)) for one in listed]
    context = {"form": form, "rows": rows}
    status = 400 if form.errors else 200
    return render(request, "rights/outcomes/actions.html", context, status=status)


def _asked(request: HttpRequest, *, shared: bool = False) -> Asked | None:
    """Return what is asked, among what somebody may read; to be shared with ``?partage=1``.

    What leaves the team is told year by year, never for all of them: what one year hides would be
    the difference.
    """
    choices = holders_of(request, READ)
    if not choices:
        return None
    told = request.GET.get("pour", "")
    choice = told if told in dict(choices) else choices[0][0]
    held = holder(choice)
    today = today_in(held.territory)
    team = may(request, LOG, held.territory, structure=held.structure)
    discreet = shared or "partage" in request.GET or not team
    years = [(str(year), str(year)) for year in range(today.year, today.year - YEARS, -1)]
    periods = years if discreet else [(ALL, _("Depuis le début")), *years]
    period = request.GET.get("periode", "")
    return Asked(
        choices, choice, held, period if period in dict(periods) else periods[0][0], periods,
        today, discreet,
    )  # fmt: skip
