"""The places that access is measured with, and where they come from.

Those of the computation in force, unless a door gives others: the living census of a site, with
what its records tell of capacities and of permanences held elsewhere than at their place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from portrea.offer.rows import frame_of, to_row
from portrea.steering.supply import points_of, services_of_records, services_of_table
from portrea.vocab.tables import PLACES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from portrea.offer.record import Place

COMPUTATION, CENSUS = "computation", "census"


@dataclass(frozen=True, eq=False)
class Offer:
    """Places that help.

    ``places`` is the table of that name; ``services`` that of the help they give (read off the
    places when ``None``); ``origin`` is :data:`COMPUTATION` or :data:`CENSUS`; ``told`` says in
    French where they come from; ``state`` differs whenever they do.
    """

    places: pl.DataFrame
    services: pl.DataFrame | None = None
    origin: str = COMPUTATION
    told: str = ""
    state: str = ""

    def services_of(self, ids: Sequence[str], *, day: date) -> pl.DataFrame:
        """Return the help of some places; dated hours are averaged from ``day`` when not yet."""
        if self.services is not None:
            return self.services.filter(pl.col("place").is_in(list(ids)))
        return services_of_table(self.places.filter(pl.col("id").is_in(list(ids))), day=day)


def offer_of_records(places: Iterable[Place], *, day: date) -> Offer:
    """Return the offer of records: each place, then each point where it helps elsewhere.

    A place answers the needs that somebody helps with there.

    Parameters
    ----------
    places
        Records that are open.
    day
        First day of the weeks over which dated hours are averaged.
    """
    records = list(places)
    services = services_of_records(records, day=day)
    elsewhere = [row for place in records for row in _points(place)]
    table = frame_of(records) if records else PLACES.empty()
    if elsewhere:
        table = pl.concat([table, PLACES.conform(pl.DataFrame(elsewhere, schema=PLACES.schema))])
    needs = services.group_by("place", maintain_order=True).agg(
        situations=pl.col("need").unique(maintain_order=True)
    )
    table = table.drop("situations").join(
        needs, left_on="id", right_on="place", how="left", maintain_order="left"
    )
    table = table.with_columns(pl.col("situations").fill_null(pl.lit([], dtype=pl.List(pl.String))))
    return Offer(table.select(list(PLACES.schema)), services)


def _points(place: Place) -> Iterable[dict[str, object]]:
    for (commune, longitude, latitude), key in points_of(place).items():
        yield to_row(place) | {
            "id": key,
            "name": f"{place.name} (permanence)",
            "commune": commune or (None if longitude is not None else place.commune),
            "longitude": longitude,
            "latitude": latitude,
            "hours": None,
            "hours_text": None,
        }
