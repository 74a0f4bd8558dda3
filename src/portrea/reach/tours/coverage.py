"""Whom a round reaches: people near its stops, with a range, and presence commune by commune."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.base.tables import Column, Table
from portrea.reach.demand import bounds

if TYPE_CHECKING:
    from collections.abc import Collection

    from portrea.reach.demand import Demand
    from portrea.reach.times import Times
    from portrea.reach.tours.plan import Plan
    from portrea.reach.tours.stops import TourRequest

PRESENCE = Table(
    "tour_presence",
    (
        Column("commune", pl.String, "code de la commune, ou nom de l’arrêt sans commune"),
        Column("visits", pl.Int64, "passages", low=0),
        Column("minutes", pl.Int64, "présence", unit="minute", low=0),
        Column("persons", pl.Float64, "personnes concernées", nullable=True, low=0),
        Column(
            "minutes_per_100",
            pl.Float64,
            "présence pour 100 personnes concernées",
            unit="minute",
            nullable=True,
            low=0,
        ),
    ),
    key=("commune",),
)


@dataclass(frozen=True, slots=True)
class Covered:
    """People within ``minutes`` of a stop visited; bounds of the 95 % interval, when known."""

    minutes: float
    persons: float
    low: float | None
    high: float | None
    total: float

    @property
    def share(self) -> float | None:
        """Share of the people of the territory, ``None`` when there is nobody."""
        return self.persons / self.total if self.total > 0 else None


def people_covered(
    times: Times, demand: Demand, stops: Collection[str], *, minutes: float
) -> Covered:
    """Return the people within some minutes of one of the stops.

    Parameters
    ----------
    times
        From the zones of the demand to the stops.
    demand
        Zones in the order of the origins of ``times``.
    stops
        Identifiers of the stops visited.
    minutes
        At most that of ``times``.
    """
    columns = np.flatnonzero(np.isin(times.places, np.asarray(list(stops), dtype=np.str_)))
    near = times.minutes[:, columns].tocsr()
    near.data = near.data <= minutes + 1e-6
    reached = np.asarray(near.sum(axis=1)).ravel() > 0
    low = high = None
    if demand.draws is not None and reached.any():
        whole = demand.draws[reached].sum(axis=0, dtype=np.float64)[None, :]
        low, _, _, high = (float(value) for value in bounds(whole, demand.sides)[0])
    persons = float(demand.persons[reached].sum())
    return Covered(minutes, persons, low, high, float(demand.persons.sum()))


def presence(request: TourRequest, plan: Plan) -> pl.DataFrame:
    """Return the table ``tour_presence``: what each commune receives, least served first.

    The persons of a commune are those of its stops added.
    """
    stops = {stop.id: stop for stop in request.stops}
    told: dict[str, list[float | None]] = {}
    for stop in request.stops:
        row = told.setdefault(stop.commune or stop.name, [0, 0, 0.0])
        unknown = row[2] is None or stop.persons is None
        row[2] = None if unknown else (row[2] or 0.0) + (stop.persons or 0.0)
    for visit in plan.visits:
        row = told[stops[visit.stop].commune or stops[visit.stop].name]
        row[0] = (row[0] or 0) + 1
        row[1] = (row[1] or 0) + visit.end - visit.start
    frame = pl.DataFrame(
        [
            {"commune": name, "visits": int(v or 0), "minutes": int(m or 0), "persons": p}
            for name, (v, m, p) in told.items()
        ],
        schema={name: kind for name, kind in PRESENCE.schema.items() if name != "minutes_per_100"},
    )
    known = pl.col("persons") > 0
    ratio = pl.when(known).then(100 * pl.col("minutes") / pl.col("persons"))
    whole = frame.with_columns(minutes_per_100=ratio)
    return PRESENCE.conform(whole.sort("minutes_per_100", "commune", nulls_last=True))


def evenness(table: pl.DataFrame) -> float | None:
    """Return the least presence per person over the mean one, in [0, 1]; 1 when all are equal.

    ``None`` without any commune whose people are known and any presence.
    """
    known = table.filter(pl.col("minutes_per_100").is_not_null())
    persons = float(known["persons"].sum())
    mean = 100 * float(known["minutes"].sum()) / persons if persons else 0.0
    if not mean:
        return None
    least = known.select(pl.col("minutes_per_100").min()).item()
    return min(1.0, float(least) / mean)
