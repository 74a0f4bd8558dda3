"""The offer of a territory in figures: statistics, and when places are open."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portrea.vocab.hours import NAMES
from portrea.web.offer import filters, selectors, statistics
from portrea.web.offer.views import EVERYWHERE, fresh
from portrea.web.territories.selectors import territory_find, territory_named

if TYPE_CHECKING:
    from django.http import HttpRequest
    from numpy.typing import NDArray

    from portrea.web.offer.selectors import Search

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so would be run by a spreadsheet."""
CLASSES = 5
LAST_HOUR, EVENING, SATURDAY = 23, 18, 5


@dataclass(frozen=True, slots=True)
class Cell:
    """Places open at an hour, and the class of its colour (0: none)."""

    count: int
    rank: int


@dataclass(frozen=True, slots=True)
class Day:
    """One line of the heat table."""

    name: str
    cells: tuple[Cell, ...]


@require_safe
def place_hours(request: HttpRequest) -> HttpResponse:
    """Show how many places are open at each hour of the ordinary week."""
    search, context = _found(request)
    if search is None:
        return fresh(render(request, "offer/place_search.html", context))
    scope = np.zeros(search.index.size, dtype=bool)
    scope[search.found.rows] = True
    hours, known = search.index.heat(scope)
    shown = [h for h in range(24) if hours[:, h].any()] or list(range(8, 19))
    span = range(min(shown), max(shown) + 1)
    most = max(int(hours.max()), 1)
    days = [
        Day(
            name.capitalize(),
            tuple(Cell(int(n), -(-int(n) * CLASSES // most)) for n in hours[day, list(span)]),
        )
        for day, name in enumerate(NAMES)
    ]
    context |= {"days": days, "hours": span, "known": known, "lines": _in_words(hours)}
    return fresh(render(request, "offer/place_hours.html", context))


def _in_words(hours: NDArray[np.int64]) -> list[str]:
    """Say what the table shows: when most places are open, in the evening, on Saturday, never."""
    most = int(hours.max())
    if not most:
        return []
    day, first = (int(rank[0]) for rank in np.nonzero(hours == most))
    last = first
    while last < LAST_HOUR and hours[day, last + 1] == most:
        last += 1
    lines = [
        _(
            "Le plus de lieux ouverts en même temps : %(count)s, "
            "le %(day)s de %(first)s h à %(last)s h."
        )
        % {"count": most, "day": NAMES[day], "first": first, "last": last + 1}
    ]
    late, saturday = int(hours[:, EVENING:].max()), int(hours[SATURDAY].max())
    lines.append(_("Après 18 h : %(count)s au plus.") % {"count": late or _("aucun")})
    lines.append(_("Le samedi : %(count)s au plus.") % {"count": saturday or _("aucun")})
    never = [name for name, told in zip(NAMES, hours, strict=True) if not told.any()]
    if never:
        lines.append(_("Aucun lieu ouvert : %(days)s.") % {"days": ", ".join(never)})
    return lines


@require_safe
def place_statistics(request: HttpRequest) -> HttpResponse:
    """Show the figures of the offer."""
    search, context = _found(request)
    if search is None:
        return fresh(render(request, "offer/place_search.html", context))
    context |= {"portrait": statistics.portrait(search), "today": timezone.localdate()}
    return fresh(render(request, "offer/place_statistics.html", context))


@require_safe
def place_statistics_csv(request: HttpRequest) -> HttpResponse:
    """Send the figures of the offer as CSV."""
    asked = filters.asked_of(request.GET)
    selection = territory_find(asked.reference or EVERYWHERE)
    search = selectors.place_inside(selection, asked, timezone.now())
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("tableau", "ligne", "lieux", "part_pour_cent", "territoire", "date"))
    shared = (search.label, timezone.localdate().isoformat())
    for row in statistics.rows_of(statistics.portrait(search)):
        writer.writerow([_plain(str(cell)) for cell in (*row, *shared)])
    name = f"offre-{search.reference.replace(':', '-').replace(',', '-')[:60]}.csv"
    return HttpResponse(
        "\ufeff" + text.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _found(request: HttpRequest) -> tuple[Search | None, dict[str, object]]:
    asked = filters.asked_of(request.GET)
    selection, proposals = territory_named(asked.reference or EVERYWHERE)
    if selection is None:
        facets = filters.facets_of(asked, {})
        return None, {"asked": asked, "facets": facets, "proposals": proposals}
    search = selectors.place_inside(selection, asked, timezone.now())
    asked = filters.Asked(search.reference, asked.words, asked.chosen)
    facets = filters.facets_of(asked, search.found.counts)
    return search, {
        "asked": asked,
        "search": search,
        "query": asked.address(),
        "needs": next(facet for facet in facets if facet.name == "situation"),
    }
