"""Actions of a territory with their means, and the people that their records of activity count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum

from portrea.steering.means import year_of
from portrea.steering.means_sections import ActionYear, means_section
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.scope import inside, key_of
from portrea.web.action.models import Record, Series
from portrea.web.steering.models import FundedAction, MeansLine
from portrea.web.steering.models.means import CountedBy

if TYPE_CHECKING:
    from portrea.steering.document import Section
    from portrea.territory import Selection

SATISFIED = "oui"
YEARS = 6


def actions_of(territory: str) -> list[FundedAction]:
    """Return the actions described for a territory, with their lines."""
    level, code = key_of(territory)
    rows = FundedAction.objects.filter(level=level, code=code)
    return list(rows.select_related("series").prefetch_related("lines"))


def action_of(territory: str, key: int) -> FundedAction | None:
    """Return an action of a territory."""
    level, code = key_of(territory)
    return FundedAction.objects.filter(level=level, code=code, pk=key).first()


def series_of(territory: str) -> list[tuple[str, str]]:
    """Return the workshop series of a territory, as choices."""
    rows = Series.objects.filter(inside(territory))
    return [(str(one.pk), one.title) for one in rows]


def years_of(territory: str) -> list[int]:
    """Return the years that may be read: the last ones, and those that lines tell."""
    level, code = key_of(territory)
    told = MeansLine.objects.filter(action__level=level, action__code=code).order_by()
    this = today_in(territory).year
    return sorted({*told.values_list("year", flat=True), *range(this - YEARS + 1, this + 1)})[::-1]


def means_of(territory: str, year: int) -> list[ActionYear]:
    """Return every action of a territory in a year."""
    return [
        ActionYear(
            title=one.title,
            kind=one.kind_label,
            means=year_of([line.told for line in one.lines.all()], year),
            counted=_counted(one),
            **_helped(one, year),
        )
        for one in actions_of(territory)
    ]


def sections(selection: Selection, year: int) -> tuple[Section, ...]:
    """Return the means of one territory for a document, none when none is described."""
    if len(selection.territories) != 1:
        return ()
    found = means_of(selection.key, year)
    section = means_section(found, year)
    return (section,) if section.tables else ()


def _counted(one: FundedAction) -> str:
    label = str(CountedBy(one.counted).label)
    return f"Ateliers « {one.series.title} »" if one.series and one.counted == "serie" else label


def _helped(one: FundedAction, year: int) -> dict[str, int | None]:
    """Count the people and the demands satisfied by an action in a year."""
    kept = {
        CountedBy.SERIES: Q(workshop__series=one.series) & inside(one.territory),
        CountedBy.KIND: inside(one.territory) & Q(kind="collectif"),
        CountedBy.WHOLE: inside(one.territory),
    }.get(CountedBy(one.counted))
    if kept is None or (one.counted == CountedBy.SERIES and one.series is None):
        return {"people": None, "satisfied": None}
    rows = Record.objects.filter(kept, day__year=year).order_by()
    told = rows.aggregate(people=Sum("people"), satisfied=Count("pk", filter=Q(result=SATISFIED)))
    return {"people": told["people"] or 0, "satisfied": told["satisfied"]}
