"""« Rien ne convient ? Dites-le » by anyone, and what it adds up to, read by territory."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portrea.base.errors import ParameterError
from portrea.base.spreadsheets import inert
from portrea.offer.orientation.asked import NONE, Asked
from portrea.offer.orientation.unmet import reasons
from portrea.offer.record import Block
from portrea.sources.lists.writing import csv_text
from portrea.web.accounts.permissions import act, may_somewhere, require
from portrea.web.accounts.throttling import TRAP, throttle, visitor
from portrea.web.journeys import demands as shown
from portrea.web.journeys.handover_page import commune_of, unmet_reason
from portrea.web.journeys.services.demands import demand_count
from portrea.web.offer import queue

if TYPE_CHECKING:
    from django.http import HttpRequest

SALT = "portrea.sans-reponse"
LASTS = 7_200
"""Seconds that a page left open stays good."""
ONCE = "1/j"
SAME_RATE, DAY_RATE, AGENT_RATE = "3/j", "20/j", "60/h"
"""By address: the same situation, then all of them; an agent sees many people a day."""
HIDDEN = "masqué"


# -- telling --------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@act("demand.tell")
def demand_tell(request: HttpRequest) -> HttpResponse:
    """Say that nothing suits: one more in a count, and nothing else is kept."""
    asked = Asked.of({name: request.GET.getlist(name) for name in request.GET})
    back = f"{reverse('orientation')}?{asked.query()}"
    if asked.need is None or (asked.commune is None and asked.point is None):
        return HttpResponseRedirect(back)
    commune = commune_of(asked)
    if request.method != "POST":
        return _question(request, asked, back)
    reason = request.POST.get("raison", "")
    if reason not in _offered():
        return _question(request, asked, back, error=_("Choisissez une raison."))
    if _counts(request, asked, commune):
        demand_count(
            commune=commune,
            need=asked.need,
            procedure="" if asked.procedure in (None, NONE) else str(asked.procedure),
            reason=reason,
            origin="agent" if may_somewhere(request, "orientation.send") else "visitor",
        )
    return render(request, "journeys/unmet/told.html", {"back": back})


def _offered() -> dict[str, str]:
    return {code: _(one.said) for code, one in reasons().items() if one.said}


def _question(request: HttpRequest, asked: Asked, back: str, *, error: str = "") -> HttpResponse:
    context = {
        "back": back,
        "error": error,
        "reasons": list(_offered().items()),
        "likely": unmet_reason(asked),
        "once": signing.dumps(secrets.token_hex(8), salt=SALT),
        "trap": TRAP,
    }
    return render(request, "journeys/unmet/tell.html", context, status=400 if error else 200)


def _counts(request: HttpRequest, asked: Asked, commune: str) -> bool:
    """Tell whether to count: a page once, an address a few times; the answer never says it."""
    try:
        once = signing.loads(request.POST.get("une-fois", ""), salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return False
    if request.POST.get(TRAP) or not throttle(f"sans-reponse-page:{once}", ONCE):
        return False
    if may_somewhere(request, "orientation.send"):
        return bool(throttle(f"sans-reponse-agent:{request.user.pk}", AGENT_RATE))
    who = visitor(request)
    same = f"sans-reponse:{who}:{commune}:{asked.need}:{asked.procedure}"
    return bool(throttle(same, SAME_RATE)) and bool(throttle(f"sans-reponse:{who}", DAY_RATE))


# -- reading --------------------------------------------------------------------------------------


@never_cache
@require_safe
@act("demand.read")
def demands(request: HttpRequest) -> HttpResponse:
    """Show what is missing, by need and area, in a year."""
    found = _found(request)
    context = {
        "shown": found,
        "needs": [need.label for need in Block],
        "years": shown.years(),
        "territories": queue.choices_within(request, "demand.read"),
        "portrait": f"/territoires/{found.territory.replace(':', '/')}/",
        "tables": _tables(found),
    }
    return render(request, "journeys/unmet/demands.html", context)


@never_cache
@require_safe
@act("demand.read")
def demands_csv(request: HttpRequest) -> HttpResponse:
    """Send the same tables, the same counts hidden."""
    found = _found(request)
    rows = []
    for _id, title, lines in _tables(found):
        for line in lines:
            for need, count in zip(Block, line.counts, strict=True):
                told = HIDDEN if count is None else str(count)
                least = "oui" if line.least else "non"
                rows.append((found.territory, str(found.year), title, inert(line.label), line.key,
                             need.label, told, least))  # fmt: skip
    header = ("territoire", "annee", "tableau", "ligne", "code", "besoin", "demandes", "au_moins")
    name = f"demandes-{found.territory.replace(':', '-')}-{found.year}.csv"
    return HttpResponse(
        csv_text(header, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _found(request: HttpRequest) -> shown.Demands:
    keys = queue.keys_of(request, "demand.read")
    territory = request.GET.get("territoire", "") or ":".join(keys[0])
    year = request.GET.get("annee", "") or str(shown.years()[0])
    if not (year.isascii() and year.isdecimal() and len(year) == 4):
        raise ParameterError("L’année s’écrit en quatre chiffres.", remedy="Exemple : 2026.")
    level, _, code = territory.partition(":")
    if level not in {*map(str, shown.BELOW), "commune"} or not code:
        raise ParameterError(
            "Les demandes sans réponse ne sont pas comptées pour ce territoire.",
            remedy="Choisissez une commune, un EPCI, un département ou une région de la liste.",
        )
    require(request, "demand.read", territory)
    return shown.unmet_demands(territory, int(year))


def _tables(found: shown.Demands) -> list[tuple[str, str, Any]]:
    below = _("Par zone")
    told = [
        ("total", _("Total"), (found.total,)),
        ("zones", below, found.areas),
        ("raisons", _("Pourquoi"), found.reasons),
        ("demarches", _("Par démarche"), found.procedures),
        ("mois", _("Mois par mois"), found.months),
    ]
    return [table for table in told if table[2]]
