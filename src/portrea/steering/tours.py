"""Rounds for every door: stops of a list or communes of a territory, roads, closed days, people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.base.errors import ParameterError
from portrea.reach.engines import crow_fly_times
from portrea.reach.nearest import located_places
from portrea.reach.tours.coverage import Covered, people_covered, presence
from portrea.reach.tours.reading import Row, read_duration, read_opening
from portrea.reach.tours.rhythm import read_rhythm
from portrea.reach.tours.solving import plan_tour
from portrea.reach.tours.stops import Crew, Stop, TourRequest, default_tours
from portrea.steering.demand_kept import demand_in_force
from portrea.steering.helping import offer_of
from portrea.steering.times import near
from portrea.steering.tour_places import communes_of, depot_of, points_of, road_minutes, roads_of
from portrea.steering.what_if_ground import measure_known
from portrea.steering.zones import zones_of
from portrea.territory import Level, Selection
from portrea.territory.codes import departement_of
from portrea.vocab.days_off import public_holidays, school_holidays
from portrea.vocab.hours import describe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portrea.reach.tours.plan import Plan
    from portrea.steering.reading import Reader
    from portrea.territory import Territory
    from portrea.vocab.hours import Week

SITUATION = "aide"
"""Need of those a place of help is counted for."""
FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Years of a round: others are a slip of the finger, and a calendar that ends with year 9999."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of a round: weeks, crew, what is closed, whom a stop serves.

    ``school`` false closes the stops during school holidays; ``holidays`` true works on public
    holidays; ``closed`` are other days without round. ``roads`` is the engine of times, as
    :func:`portrea.steering.times.engine_named` reads it. ``near`` minutes by ``profile`` are those
    within which people count as reached.
    """

    start: date
    weeks: int
    hours: str = ""
    depot: str = ""
    crews: int = 1
    pause: int | None = None
    setup: int | None = None
    school: bool = True
    holidays: bool = False
    closed: frozenset[date] = frozenset()
    roads: str = ""
    near: float = 10.0
    profile: str = "car"


@dataclass(frozen=True, eq=False)
class Ground:
    """A question ready to be solved: request, communes of the stops, notes for the reader."""

    request: TourRequest
    measure: str
    communes: tuple[str, ...]
    depot: str
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Answer:
    """A plan, the people it reaches (``None`` when no need is known) and presence by commune.

    ``helped`` are those of ``covered`` who already have a place of help as near.
    """

    ground: Ground
    plan: Plan
    covered: Covered | None
    helped: Covered | None
    presence: pl.DataFrame


def rows_of_territory(
    reader: Reader, selection: Selection, *, rhythm: str, duration: str = ""
) -> tuple[Row, ...]:
    """Return one stop in each commune of a territory, all of same rhythm and duration."""
    often = read_rhythm(rhythm)
    length = read_duration(duration) if duration else int(default_tours()["stop_minutes"])
    communes = communes_inside(reader, selection)
    return tuple(
        Row(
            line=line, name=commune.name, commune=commune.code, address=None, position=None,
            duration=length, rhythm=often, hours=None, persons=None, last_visit=None,
            closed=frozenset(),
        )
        for line, commune in enumerate(communes, start=1)
    )  # fmt: skip


def communes_inside(reader: Reader, selection: Selection) -> tuple[Territory, ...]:
    """Return the communes of a territory, by code: its own when it is smaller than one."""
    found: dict[str, Territory] = {}
    for member in selection.territories:
        inside = reader.gazetteer.children(member, Level.COMMUNE)
        found |= {commune.code: commune for commune in inside or _own(reader, member)}
    return tuple(commune for _, commune in sorted(found.items()))


def _own(reader: Reader, member: Territory) -> tuple[Territory, ...]:
    code = member.parent_code(Level.COMMUNE)
    return (reader.gazetteer.get(Level.COMMUNE, code),) if code else ()


def prepare(reader: Reader, rows: Sequence[Row], terms: Terms) -> Ground:
    """Place the stops, count their people, close the days off, measure the roads.

    Parameters
    ----------
    reader
        Computation in force.
    rows
        Stops as written.
    terms
        Weeks, crew, closed days and roads.

    Raises
    ------
    DataError
        A stop has neither position nor commune that is known.
    """
    engine, roads = roads_of(reader, terms.roads)
    communes = communes_of(reader, rows)
    depot, depot_point = depot_of(reader, terms.depot, communes)
    points = points_of(reader, rows, communes)
    measure, needs = _needs(reader, communes)
    name = reader.gazetteer.get(Level.COMMUNE, depot).name
    notes = [*_notes(terms, rows, measure, name, roads)]
    closed, school = _closed(terms, depot, communes, notes)
    usual = default_tours()
    shared = {code: list(communes).count(code) for code in set(communes)}
    stops = tuple(
        Stop(
            name, _told_name(reader, row.name, code), row.duration, row.rhythm, row.hours,
            row.persons if row.persons is not None else _share(needs, code, shared),
            code, *point, row.closed | school.get(code or "", frozenset()), row.last_visit,
            row.address,
        )
        for name, row, code, point in zip(_ids(rows), rows, communes, points, strict=True)
    )  # fmt: skip
    hours = read_opening(terms.hours or str(usual["crew_hours"]))
    crews = tuple(
        _crew(f"Équipe {rank + 1}", hours, closed, terms, depot_point)
        for rank in range(terms.crews)
    )
    at = [depot_point] * terms.crews + list(points)
    codes = [depot] * terms.crews + [code or depot for code in communes]
    minutes = road_minutes(reader, at, codes, engine)
    request = TourRequest(stops, crews, terms.start, terms.weeks, minutes, int(usual["rounding"]))
    known = tuple(dict.fromkeys(code for code in communes if code))
    return Ground(request, measure, known, depot, tuple(notes))


def solve(reader: Reader, ground: Ground, terms: Terms, *, tries: int | None = None) -> Answer:
    """Return the plan of a question, whom it reaches and what each commune receives."""
    return told(reader, ground, plan_tour(ground.request, tries=tries), terms)


def told(reader: Reader, ground: Ground, plan: Plan, terms: Terms) -> Answer:
    """Return the answer a plan makes."""
    people = presence(ground.request, plan)
    if not ground.measure or not ground.request.stops:
        return Answer(ground, plan, None, None, people)
    covered = _covered(reader, ground, plan, terms)
    helped = _covered(reader, ground, plan, terms, helped=True)
    return Answer(ground, plan, covered, helped, people)


def _told_name(reader: Reader, name: str, code: str | None) -> str:
    """Return the name of a stop with its commune: several town halls are called « Mairie »."""
    if code is None:
        return name
    commune = reader.gazetteer.get(Level.COMMUNE, code).name
    return name if commune.casefold() in name.casefold() else f"{name}, {commune}"


def _ids(rows: Sequence[Row]) -> list[str]:
    """Return the identifier of each stop: its name, and its commune when others bear it."""
    names = [row.name for row in rows]
    told = [
        row.name if names.count(row.name) == 1 else f"{row.name} ({row.commune or row.line})"
        for row in rows
    ]
    return [
        name if told.count(name) == 1 else f"{name} – ligne {row.line}"
        for name, row in zip(told, rows, strict=True)
    ]


def _crew(
    name: str, hours: Week, closed: frozenset[date], terms: Terms, at: tuple[float, float]
) -> Crew:
    usual = default_tours()
    return Crew(
        name, hours, closed,
        pause=int(usual["pause"]) if terms.pause is None else terms.pause,
        pause_from=_minute(usual["pause_from"]), pause_until=_minute(usual["pause_until"]),
        setup=int(usual["setup"]) if terms.setup is None else terms.setup,
        longitude=at[0], latitude=at[1],
    )  # fmt: skip


def _minute(text: str) -> int:
    hour, minute = text.split(":")
    return 60 * int(hour) + int(minute)


# -- when and who ---------------------------------------------------------------------------------


def _closed(
    terms: Terms, depot: str, communes: Sequence[str | None], notes: list[str]
) -> tuple[frozenset[date], dict[str, frozenset[date]]]:
    """Return public holidays of the crew, and school holidays by commune when they are closed."""
    end = date.fromordinal(terms.start.toordinal() + 7 * terms.weeks - 1)
    years = range(terms.start.year, end.year + 1)
    off = set(terms.closed)
    if not terms.holidays:
        off |= {day for year in years for day in public_holidays(departement_of(depot), year)}
    school: dict[str, frozenset[date]] = {}
    for code in {code for code in communes if code} if not terms.school else ():
        ranges = [school_holidays(departement_of(code), year) for year in years]
        if any(found is None for found in ranges):
            notes.append(
                f"Les vacances scolaires ne sont pas connues pour {code} : les arrêts y sont "
                "planifiés comme en temps scolaire."
            )
        school[code] = frozenset(
            date.fromordinal(day)
            for found in ranges
            for first, last in found or ()
            for day in range(first.toordinal(), last.toordinal() + 1)
        )
    return frozenset(day for day in off if terms.start <= day <= end), school


def _needs(reader: Reader, communes: Sequence[str | None]) -> tuple[str, dict[str, float | None]]:
    codes = sorted({code for code in communes if code})
    selection = reader.gazetteer.resolve(",".join(f"commune:{code}" for code in codes))
    known = measure_known(reader, selection)
    if not known:
        return "", {}
    found = reader.estimates_of([("commune", code) for code in codes])
    return known[0], {
        code: estimate.count.value
        for (_, code, name), estimate in found.items()
        if name == known[0]
    }


def _share(
    needs: dict[str, float | None], code: str | None, shared: dict[str | None, int]
) -> float | None:
    """Return the people of a commune shared equally between its stops."""
    value = needs.get(code or "")
    return None if value is None else value / shared[code]


def _notes(
    terms: Terms, rows: Sequence[Row], measure: str, depot: str, roads: str
) -> Iterator[str]:
    yield f"Temps de route : {roads}."
    if terms.holidays:
        yield "Les jours fériés sont travaillés."
    else:
        yield "Les jours fériés ne sont pas travaillés."
    if not terms.depot:
        yield f"Dépôt supposé à la mairie de la commune la plus peuplée : {depot}."
    if any(row.position is None for row in rows):
        yield "Les arrêts sans position sont placés à la mairie de leur commune."
    if not measure:
        yield "Aucun besoin n’est estimé ici : les personnes ne sont pas comptées."
    if not terms.hours:
        usual = str(default_tours()["crew_hours"])
        yield f"Horaires de l’équipe supposés : {' ; '.join(describe(usual))}."


def _covered(
    reader: Reader, ground: Ground, plan: Plan, terms: Terms, *, helped: bool = False
) -> Covered:
    """Return the people near a stop; ``helped``: those who have a place of help as near already."""
    zones = zones_of(reader).filter(pl.col("commune").is_in(list(ground.communes)))
    if helped:
        places = _helping(reader, zones)
        there = crow_fly_times(zones, places, t_max=terms.near, profile=terms.profile)
        zones = zones.filter(pl.Series(np.diff(there.minutes.indptr) > 0))
    if zones.is_empty():
        return Covered(terms.near, 0.0, 0.0, 0.0, 0.0)
    stops = pl.DataFrame(
        [
            {"id": stop.id, "longitude": stop.longitude, "latitude": stop.latitude}
            for stop in ground.request.stops
        ]
    )
    times = crow_fly_times(zones, stops, t_max=terms.near, profile=terms.profile)
    demand = demand_in_force(reader, times.origins.tolist(), ground.measure)
    return people_covered(times, demand, {v.stop for v in plan.visits}, minutes=terms.near)


def _helping(reader: Reader, zones: pl.DataFrame) -> pl.DataFrame:
    """Return the places of help that may be near some zones, by their id and position."""
    places = located_places(reader.snapshot.territories, offer_of(reader).places)
    serves = pl.col("situations").list.contains(SITUATION).fill_null(value=False)
    helping = places.filter(serves & (pl.col("located") != "none"))
    return helping.filter(near(helping, zones)).select("id", "longitude", "latitude")


def checked_terms(terms: Terms) -> Terms:
    """Return terms that can be held.

    Raises
    ------
    ParameterError
        A number is out of its domain.
    """
    if not FIRST_YEAR <= terms.start.year <= LAST_YEAR:
        raise ParameterError(
            f"Premier jour en {terms.start.year:04} : cette année n’est pas possible.",
            remedy=f"Donnez un jour de {FIRST_YEAR} à {LAST_YEAR}.",
        )
    bounds = (("semaines", terms.weeks, 1, 26), ("équipes", terms.crews, 1, 4),
              ("minutes de pause", terms.pause or 0, 0, 120),
              ("minutes d’installation", terms.setup or 0, 0, 120))  # fmt: skip
    for name, value, low, high in bounds:
        if not low <= value <= high:
            raise ParameterError(
                f"{value} {name} : ce nombre n’est pas possible.",
                remedy=f"Donnez de {low} à {high} {name}.",
            )
    return terms
