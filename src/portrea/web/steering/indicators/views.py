"""The indicators of a territory: the page, the crossed table, the files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portrea.base.errors import ParameterError
from portrea.steering.indicator_files import TYPES, Sheet
from portrea.steering.indicator_files import indicators_file as write_file
from portrea.steering.indicator_words import DISCREET
from portrea.steering.periods import USUAL, last_whole, offered, quarters, usual
from portrea.steering.pivot import MEASURES
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import act, may
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.where import BELOW, choices_of
from portrea.web.steering.indicators import selectors
from portrea.web.steering.indicators.crossing import (
    Choice,
    columns_offered,
    crossed_table,
    rows_offered,
)
from portrea.web.steering.views import download
from portrea.web.territories.selectors import territory_find

if TYPE_CHECKING:
    from django.http import HttpRequest

LEVELS = {*BELOW, "commune"}
CHOSEN = 20
"""Quarters among which a first and a last one are chosen."""


def where(_request: HttpRequest, level: str, code: str, **_named: Any) -> str:
    """Return the territory of an address, as permissions ask."""
    return f"{level}:{code}"


@never_cache
@require_safe
@act("indicator.read")
def territories(request: HttpRequest) -> HttpResponse:
    """Choose a territory; go to it when there is only one."""
    choices = choices_of(request, selectors.READ)
    asked = request.GET.get("territoire", "")
    if asked in dict(choices) or len(choices) == 1:
        level, _sep, code = (asked or choices[0][0]).partition(":")
        return HttpResponseRedirect(reverse("indicators", args=[level, code]))
    return render(request, "steering/indicators/territories.html", {"choices": choices})


@never_cache
@require_safe
@act("indicator.read", where=where)
def indicators(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Show every indicator of a period, beside another period or territory."""
    page = _page(request, level, code)
    context = page.context | {"sections": selectors.sections_asked(page.asked)}
    return render(request, "steering/indicators/indicators.html", context, status=page.status)


@never_cache
@require_safe
@act("indicator.read", where=where)
def crossed(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """Show a table that crosses two things."""
    page = _page(request, level, code)
    choice = Choice.of(request.GET)
    context = page.context | {
        "choice": choice,
        "table": crossed_table(page.asked, choice),
        "rows": rows_offered().items(),
        "columns": columns_offered(page.asked.territory).items(),
        "measures": MEASURES.items(),
        "query": urlencode(page.asked.told | choice.told, safe=":"),
    }
    return render(request, "steering/indicators/crossed.html", context, status=page.status)


@never_cache
@require_safe
@act("indicator.read", where=where)
def indicators_file(request: HttpRequest, level: str, code: str, form: str) -> HttpResponse:
    """Send the indicators as a file, with the crossed table when one is asked."""
    if form not in TYPES:
        raise Http404(form)
    asked = _page(request, level, code).asked
    table = crossed_table(asked, Choice.of(request.GET)) if "lignes" in request.GET else None
    title = _("Indicateurs d’activité · {} · {}").format(name_of(asked.territory), asked.period)
    sheet = Sheet(title, about(asked), selectors.sections_asked(asked), table)
    name = f"indicateurs-{level}-{code}-{asked.period.code}.{form}"
    return download(write_file(sheet, form), TYPES[form], name)


def about(asked: selectors.Asked) -> tuple[tuple[str, str], ...]:
    """Return what is said first in a file: the period, the comparison, what is hidden."""
    read = today_in(asked.territory)
    return (
        (_("Territoire"), name_of(asked.territory)),
        (_("Période"), str(asked.period)),
        (_("Comparée à"), selectors.besides()[asked.beside]),
        (_("Lu le"), f"{read:%d/%m/%Y}"),
        (_("Petits nombres"), DISCREET),
        (_("Intervalles"), _("À 95 %, sur les parts ; les décomptes sont entiers.")),
    )


@dataclass(frozen=True, slots=True)
class Page:
    """What every page of indicators needs: what is asked, what may be, the status."""

    asked: selectors.Asked
    context: dict[str, Any]
    status: int


def _page(request: HttpRequest, level: str, code: str) -> Page:
    territory = f"{level}:{code}"
    if level not in LEVELS:
        raise Http404(territory)
    territory_find(territory)
    fault = ""
    try:
        asked = selectors.asked_of(territory, request.GET)
        selectors.check_other(request, asked)
    except ParameterError as error:
        fault, asked = _said(error), selectors.asked_of(territory, {})
    return Page(asked, _context(request, asked, fault), 400 if fault else 200)


def _context(request: HttpRequest, asked: selectors.Asked, fault: str) -> dict[str, Any]:
    level, _sep, code = asked.territory.partition(":")
    whole = last_whole(today_in(asked.territory))
    chosen = USUAL if asked.period == usual(whole) else asked.period.code
    periods = offered(whole)
    if chosen not in periods:
        periods[chosen] = str(asked.period)
    return {
        "asked": asked,
        "chosen": chosen,
        "fault": fault,
        "where": name_of(asked.territory),
        "level": level,
        "code": code,
        "periods": periods.items(),
        "quarters": [(one.code, str(one)) for one in quarters(whole, CHOSEN)],
        "typed": {name: request.GET.get(name, "") for name in ("du", "au")},
        "besides": selectors.besides().items(),
        "others": selectors.others_of(request, asked.territory),
        "query": urlencode(asked.told, safe=":"),
        "shares": may(request, "indicator.share", asked.territory),
        "costs": may(request, "means.read", asked.territory),
        "drafts": may(request, "portrait.draft", asked.territory),
    }


def _said(error: ParameterError) -> str:
    return " ".join(filter(None, (error.message, error.remedy)))
