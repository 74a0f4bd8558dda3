"""What the indicators read beside monthly counts: places, proposals, rights followed."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

import polars as pl
from django.db.models import Q

from portrea.offer.freshness import Tier, tiers
from portrea.rights.outcomes import words
from portrea.steering.indicators import Delays, Step
from portrea.steering.periods import YEAR
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.scope import inside
from portrea.web.action.models import Exchange, Proposal
from portrea.web.offer.census import places_in
from portrea.web.offer.models import Place
from portrea.web.rights.outcomes.figures import figures_of
from portrea.web.steering.indicators.counting import day_range

if TYPE_CHECKING:
    from portrea.steering.periods import Period

ANSWERS = ("accuser", "changer", "refuser")
"""Events that are an answer of an administration."""
STAGES = ("detected", "informed", "accompanied", "applied", "opened")


def fresh_of(territory: str) -> tuple[tuple[str, int], ...]:
    """Return how many open places are in each tier of freshness today, the freshest first."""
    rows = places_in(territory).filter(status=Place.Status.OPEN)
    told = [
        max(filter(None, pair), default=None) for pair in rows.values_list("updated", "confirmed")
    ]
    if not told:
        return ()
    dates = pl.DataFrame({"updated": told}, schema={"updated": pl.Date})
    found = tiers(dates, on=today_in(territory)).to_list()
    return tuple((tier.label.capitalize(), found.count(str(tier))) for tier in Tier)


def delays_of(territory: str, period: Period) -> Delays:
    """Return what became of the proposals sent in a period, their answers as they are today."""
    first, until = day_range((period.first, period.last))
    rows = Proposal.objects.filter(inside(territory), sent__gte=first, sent__lt=until)
    sent = dict(rows.values_list("pk", "sent"))
    told = Exchange.objects.filter(proposal__in=sent, event__in=ANSWERS)
    days: dict[int, int] = {}
    changed: set[int] = set()
    for proposal, event, at in told.order_by("at").values_list("proposal_id", "event", "at__date"):
        days.setdefault(proposal, (at - sent[proposal]).days)
        if event == "changer":
            changed.add(proposal)
    return Delays(len(sent), len(days), len(changed), median(days.values()) if days else None)


def steps_of(territory: str, period: Period) -> tuple[Step, ...] | None:
    """Return the stages reached by the rights detected in a period; ``None`` for part of a year.

    Small counts are hidden, as the page of rights followed hides them outside the team.
    """
    if period.first % YEAR or period.length % YEAR:
        return None
    first, until = day_range((period.first, period.last))
    where = inside(territory)
    kept = where & Q(detected__gte=first, detected__lt=until)
    found = figures_of(kept, today_in(territory), discreet=True)
    if found.empty:
        return ()
    reached = {cell.stage: cell.reached for cell in found.whole.cells}
    names = words()["stages"]
    return tuple(Step(names[stage], reached.get(stage)) for stage in STAGES)
