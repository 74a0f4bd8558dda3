"""The answer of a round: days, visits, what is missed and why, as objects and as tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError
from portrea.base.tables import Column, Table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

VISITS = Table(
    "tour_visits",
    (
        Column("date", pl.Date, "jour du passage"),
        Column("crew", pl.String, "équipe ou véhicule"),
        Column("rank", pl.Int64, "rang dans la journée", low=1),
        Column("stop", pl.String, "identifiant de l’arrêt"),
        Column("name", pl.String, "nom de l’arrêt"),
        Column("arrival", pl.String, "heure à laquelle l’équipe est installée, HH:MM"),
        Column("start", pl.String, "début de la présence, HH:MM"),
        Column("end", pl.String, "fin de la présence, HH:MM"),
        Column("road", pl.Float64, "route depuis l’étape précédente", unit="minute", low=0),
        Column("instead_of", pl.Date, "date perdue que ce passage rattrape", nullable=True),
    ),
    key=("date", "crew", "rank"),
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One presence, in minutes from midnight; ``instead_of`` is the lost date it makes up for."""

    stop: str
    day: date
    arrival: int
    start: int
    end: int
    road: float
    instead_of: date | None = None


@dataclass(frozen=True, slots=True)
class DayRoute:
    """One day of a crew; ``road`` is its whole way in minutes, ``last_road`` the way back."""

    crew: str
    day: date
    departure: int
    visits: tuple[Visit, ...]
    back: int
    road: float
    last_road: float
    pause: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """A visit the rhythm wanted, lost: no other day takes it, or none was ``sought``."""

    stop: str
    day: date
    reason: str
    sought: bool = True


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One change that is enough by itself: ``kind``, its ``value`` and the French sentence."""

    kind: str
    value: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Unserved:
    """A stop left out: the cause, its French sentence, the least changes, smallest first."""

    stop: str
    cause: str
    sentence: str
    relaxations: tuple[Relaxation, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole answer. ``idle`` are the stops whose rhythm wants no visit in these weeks."""

    routes: tuple[DayRoute, ...]
    missed: tuple[Missed, ...] = ()
    unserved: tuple[Unserved, ...] = ()
    idle: tuple[tuple[str, tuple[date, date] | None], ...] = ()

    @property
    def road(self) -> float:
        """Minutes of road of the whole plan."""
        return sum(route.road for route in self.routes)

    @property
    def visits(self) -> Iterator[Visit]:
        """Every visit, day after day."""
        return (visit for route in self.routes for visit in route.visits)

    def of(self, stop: str) -> tuple[Visit, ...]:
        """Return the visits of a stop."""
        return tuple(visit for visit in self.visits if visit.stop == stop)

    def table(self, names: dict[str, str] | None = None) -> pl.DataFrame:
        """Return the table ``tour_visits``."""
        rows = [
            {
                "date": route.day,
                "crew": route.crew,
                "rank": rank,
                "stop": visit.stop,
                "name": (names or {}).get(visit.stop, visit.stop),
                "arrival": clock(visit.arrival),
                "start": clock(visit.start),
                "end": clock(visit.end),
                "road": visit.road,
                "instead_of": visit.instead_of,
            }
            for route in self.routes
            for rank, visit in enumerate(route.visits, start=1)
        ]
        return VISITS.conform(pl.DataFrame(rows, schema=VISITS.schema))


def plan_of_table(frame: pl.DataFrame) -> Plan:
    """Return the plan a table ``tour_visits`` tells, roads home and pauses left aside."""
    table = VISITS.conform(frame)
    routes = []
    for (_, crew), rows in table.sort("date", "crew", "rank").group_by(
        "date", "crew", maintain_order=True
    ):
        visits = tuple(
            Visit(
                row["stop"], row["date"], _minutes(row["arrival"]), _minutes(row["start"]),
                _minutes(row["end"]), row["road"], row["instead_of"],
            )
            for row in rows.iter_rows(named=True)
        )  # fmt: skip
        road = sum(visit.road for visit in visits)
        routes.append(
            DayRoute(str(crew), visits[0].day, visits[0].arrival, visits, visits[-1].end, road, 0.0)
        )
    return Plan(tuple(routes))


def _minutes(text: str) -> int:
    hour, _, minute = text.partition(":")
    if not (hour.isdigit() and minute.isdigit()):
        raise DataError(
            f"Heure « {text} » non comprise dans le calendrier.",
            remedy="Donnez le calendrier tel que « --format csv » l’écrit.",
        )
    return 60 * int(hour) + int(minute)


def clock(minutes: float) -> str:
    """Write minutes from midnight as ``HH:MM``."""
    whole = round(minutes)
    return f"{whole // 60:02d}:{whole % 60:02d}"
