"""Places of a territory counted by what a decision needs: needs without place, hours, room left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from portrea.offer.record import Saturation
from portrea.vocab.hours import week_of
from portrea.vocab.situations import Situation

if TYPE_CHECKING:
    from portrea.vocab.hours import Week

EVENING = 18 * 60
"""Minutes of the day after which a place is open in the evening."""
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class OfferCounts:
    """Counts of places.

    ``hours`` are those whose plain week is known, ``unknown`` the others; ``lacking`` the needs
    that no place answers; ``training`` those where one learns; ``full`` those that say that they
    are saturated, among ``told``, which say whether they are.
    """

    places: int
    hours: int
    unknown: int
    evenings: int
    saturdays: int
    lacking: tuple[str, ...]
    training: int
    told: int = 0
    full: int = 0


def offer_counts(places: pl.DataFrame, services: pl.DataFrame) -> OfferCounts:
    """Count places.

    Parameters
    ----------
    places
        A table ``places``.
    services
        The help that they give: ``place`` and ``saturation``.
    """
    weeks = [week for told in places["hours"].to_list() if (week := week_of(told)) is not None]
    answered = places["situations"].explode().drop_nulls()
    counts = dict(answered.value_counts().iter_rows())
    told = services.filter(pl.col("saturation").is_not_null())
    full = told.filter(pl.col("saturation") == str(Saturation.FORTE))
    return OfferCounts(
        places=places.height,
        hours=len(weeks),
        unknown=places.height - len(weeks),
        evenings=sum(_late(week) for week in weeks),
        saturdays=sum(bool(week[SATURDAY]) for week in weeks),
        lacking=tuple(one.label for one in Situation if not counts.get(one.value)),
        training=int(counts.get(Situation.FORMATION.value, 0)),
        told=told["place"].n_unique(),
        full=full["place"].n_unique(),
    )


def _late(week: Week) -> bool:
    return any(end > EVENING for spans in week for _start, end in spans)
