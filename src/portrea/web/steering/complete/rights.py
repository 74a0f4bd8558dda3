"""Rights and non-take-up as their own pages tell them, then the rights that teams follow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db.models import Q

from portrea.base.errors import TerritoryError
from portrea.rights.outcomes import STAGES, words
from portrea.steering.sections_outcomes import Followed, Stage, outcomes_section
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.scope import inside
from portrea.web.rights.outcomes.figures import figures_of
from portrea.web.rights.take_up.selectors import take_up_page, take_up_report
from portrea.web.steering.complete.difficulties import twelve_months

if TYPE_CHECKING:
    from datetime import date

    from portrea.steering.document import Section
    from portrea.steering.take_up import Report
    from portrea.territory import Selection
    from portrea.web.rights.outcomes.figures import Row


TITLE = "Ce que l’on sait du non-recours"


def sections(selection: Selection) -> tuple[Section, ...]:
    """Return both roads to non-take-up, then the rights followed; nothing that is not known."""
    if len(selection.territories) != 1:
        return ()
    territory = selection.territories[0]
    try:
        report = take_up_report(territory.level.value, territory.code)
    except TerritoryError:
        known = None
    else:
        page = take_up_page(report) if tells(report) else None
        known = replace(page, title=TITLE) if page else None
    followed = outcomes_section(followed_in(selection.key, today_in(selection.key)))
    return tuple(section for section in (known, followed) if section is not None)


def tells(report: Report) -> bool:
    """Whether a report tells a number of this territory: a count, an estimate, a simulation."""
    return bool(report.others) or any(
        row.figure is not None or row.simulated is not None for row in report.rows
    )


def followed_in(territory: str, today: date) -> Followed:
    """Count the rights detected over twelve whole months, small counts hidden."""
    first, last = twelve_months(today)
    where = inside(territory) & Q(detected__gte=first, detected__lte=last)
    found = figures_of(where, today, discreet=True)
    card = words()
    stages = tuple(Stage(card["stages"][name], card["definitions"][name]) for name in STAGES)
    median = found.times.median if found.told[1] and not found.few else None
    rights = tuple((row.label, _counts(row)) for row in found.rights)
    return Followed(first, last, stages, _counts(found.whole), rights, median)


def _counts(row: Row) -> tuple[int | None, ...]:
    return tuple(cell.reached for cell in row.cells)
