"""Similar difficulties together: how many, where, which come more often."""

from __future__ import annotations

from datetime import timedelta
from math import isinf
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portrea.action.difficulties import words
from portrea.stats.disclosure import rule
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.holders import holder, holders_of
from portrea.web.accounts.permissions import act, may
from portrea.web.accounts.scope import name_of
from portrea.web.accounts.where import keys_of
from portrea.web.action.difficulties import counting, selectors

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from portrea.action.difficulties import Compared
    from portrea.web.accounts.scope import Key

WRITE = "plea.write"


@never_cache
@require_safe
@act("difficulty.read")
def clusters(request: HttpRequest) -> HttpResponse:
    """Show the similar difficulties of a territory, what may be published told apart."""
    holders = holders_of(request, selectors.READ)
    asked = selectors.Filter.of(request.GET.dict(), dict(holders))
    told = holder(asked.holder)
    last = asked.end or today_in(told.territory)
    first = asked.start or last - counting.YEAR
    rows = selectors.difficulties_held(request, asked)
    found = counting.table(rows, _keys(request, asked), first, last)
    groups = counting.clusters_of(found, last)
    bodies = counting.by_body(found, groups)
    shown = [one for one in groups if asked.body in ("", one.procedure.body)]
    context = {
        "asked": asked,
        "first": first,
        "last": last,
        "season": counting.SEASON.days + 1,
        "before": last - 2 * counting.SEASON - timedelta(days=1),
        "rows": [_line(request, one, told.territory, told.structure) for one in shown],
        "rising": [_line(request, one, told.territory, told.structure)
                   for one in shown if one.rising],
        "bodies": bodies,
        "holders": holders,
        "where": name_of(told.territory) if told.territory else "",
        "threshold": int(rule("threshold")),
        "places": int(words()["least_places"]["value"]),
    }  # fmt: skip
    return render(request, "action/difficulties/clusters.html", context)


def _keys(request: HttpRequest, asked: selectors.Filter) -> list[Key]:
    """Return the territories whose other sources are counted."""
    told = holder(asked.holder)
    if told.structure:
        return []
    mine = keys_of(request, selectors.READ)
    if not told.territory:
        return mine
    level, _colon, code = told.territory.partition(":")
    return [(level, code)] if may(request, selectors.READ, (level, code)) else []


def _line(
    request: HttpRequest, one: counting.Cluster, territory: str, structure: str
) -> dict[str, Any]:
    """Return a line as shown, with the way to a proposal where one may be written."""
    offered = one.counts["shown"] and territory and not structure
    query = urlencode({"territoire": territory, "demarche": one.procedure.key, "blocage": one.code})
    writes = offered and may(request, WRITE, territory)
    return {
        "cluster": one,
        "code": words()["codes"][one.code],
        "counts": one.counts,
        "compared": one.compared,
        "rise": _rise(one.compared),
        "propose": f"{reverse('plea-new')}?{query}" if writes else "",
    }


def _rise(compared: Compared) -> str:
    """Return how many times more often, with its interval; none before gives its least only."""
    if compared.ratio is None or compared.low is None or compared.high is None:
        return ""
    low = localize(round(compared.low, 1))
    if isinf(compared.high):
        return _("au moins %s fois plus") % low
    numbers = {"n": localize(round(compared.ratio, 1)), "low": low,
               "high": localize(round(compared.high, 1))}  # fmt: skip
    return _("%(n)s fois plus (de %(low)s à %(high)s)") % numbers
