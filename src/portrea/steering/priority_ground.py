"""What priorities stand on: people, help and times of all those who share the places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.base.errors import ParameterError, TerritoryError
from portrea.reach.access import score_access
from portrea.reach.catchment import decay_named
from portrea.reach.engines import crow_fly_times
from portrea.reach.nearest import located_places, origins_table
from portrea.reach.priority import lacking
from portrea.reach.priority_areas import Areas, grouped
from portrea.reach.priority_rules import default_rule
from portrea.reach.supply import supply_of
from portrea.reach.times import times_around
from portrea.steering.demand import demand_of
from portrea.steering.display import parameters
from portrea.steering.subject import Subject
from portrea.steering.supply import services_of_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.reach.access import Scores
    from portrea.reach.supply import Supply
    from portrea.reach.times import Times
    from portrea.steering.reading import Reader
    from portrea.territory import Selection

    Strings = NDArray[np.str_]

FIRST_DAY = "2026-01-05"
"""Monday from which dated hours are averaged when a computation bears no date."""
USUAL_LEVEL = {"commune": "iris", "iris": "iris", "region": "epci"}
"""Level ranked inside a territory; the communes otherwise."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which help, for whom, how people travel, how time fades, which areas are ranked."""

    situation: str = "aide"
    measure: str = "c"
    profile: str = "car"
    decay: str = ""
    level: str = ""


@dataclass(frozen=True, eq=False)
class Ground:
    """A territory ready to be ranked: people, help and times of all those who share the places.

    ``inside`` says which zones of the scores are the territory's, ``owners`` the ranked area of
    each of them.
    """

    reader: Reader
    subject: Subject
    question: Question
    level: str
    zones: pl.DataFrame
    places: pl.DataFrame
    scores: Scores
    inside: NDArray[np.bool_]
    owners: Strings
    population: NDArray[np.float64]

    @cached_property
    def areas(self) -> Areas:
        """The zones of the territory."""
        return Areas.of_scores(self.scores, self.population, inside=self.inside)

    @cached_property
    def ranked(self) -> Areas:
        """The areas that are ranked."""
        return grouped(lacking(self.areas, default_rule()), self.owners).areas

    @cached_property
    def codes(self) -> list[str]:
        """Codes of the ranked areas, in the order of the tables."""
        return [str(code) for code in np.unique(self.owners)]

    @cached_property
    def hidden(self) -> frozenset[str]:
        """Ranked areas of which a count of some zones only would tell a number not shown."""
        gone = self.reader.snapshot.withheld
        if self.level == "iris":
            return frozenset(gone["code"].to_list())
        zones = set(gone["code"].to_list())
        mine = self.scores.demand.codes[self.inside].tolist()
        return frozenset(o for o, z in zip(self.owners.tolist(), mine, strict=True) if z in zones)


def prepare(reader: Reader, selection: Selection, question: Question) -> Ground:
    """Gather needs, help and times around a territory.

    Raises
    ------
    TerritoryError
        When no IRIS is known there, or too many.
    ParameterError
        When the areas asked for are not inside the territory.
    """
    subject = Subject.of(reader, selection)
    level = _level_of(subject, question)
    zones = zones_of(reader)
    mine = _inside(zones, subject)
    decay = decay_named(question.decay or None)
    places = _places(reader, question.situation)
    measure = partial(crow_fly_times, t_max=_longest(decay.t_max), profile=question.profile)
    times = times_around(measure, zones, places, inside=mine)
    supply = _supply(reader, times, question.situation)
    demand = demand_of(reader.store, times.origins.tolist(), question.measure)
    rows = pl.DataFrame({"code": times.origins.tolist()}).join(
        zones, on="code", how="left", maintain_order="left"
    )
    located = rows["longitude"].is_not_null().to_numpy()
    inside = rows["code"].is_in(mine).to_numpy()
    scores = score_access(times, demand, supply, decay=decay, located=located)
    owners = rows["code" if level == "iris" else level].fill_null("").to_numpy().astype(np.str_)
    return Ground(
        reader, subject, question, level, rows, places, scores, inside, owners[inside],
        population_of(reader, rows["code"], question.measure),
    )  # fmt: skip


def population_of(reader: Reader, codes: pl.Series, measure: str) -> NDArray[np.float64]:
    """Return the persons among whom a measure counts, in some IRIS (NaN: unknown)."""
    return column_of(reader, codes, measure, "population")


def column_of(reader: Reader, codes: pl.Series, measure: str, name: str) -> NDArray[np.float64]:
    """Return one column of the computed estimates of some IRIS, in their order (NaN: unknown)."""
    table = reader.computation.table("estimates")
    rows = table.filter((pl.col("level") == "iris") & (pl.col("measure") == measure)).select(
        "code", name
    )
    found = pl.DataFrame({"code": codes}).join(rows, on="code", how="left", maintain_order="left")
    return found[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _longest(t_max: float) -> float:
    """Minutes to keep: the longest decay that sensitivity tries, or the one asked."""
    tried = [decay_named(name).t_max for name in parameters("priorities")["decays"]["value"]]
    return max(t_max, *tried)


def _level_of(subject: Subject, question: Question) -> str:
    level = question.level or USUAL_LEVEL.get(subject.level, "commune")
    allowed = levels_inside(subject)
    if level not in allowed:
        raise ParameterError(
            f"Le niveau « {level[:20]} » ne convient pas à {subject.name.plain}.",
            remedy=f"Niveaux possibles : {', '.join(allowed)}.",
        )
    return level


def levels_inside(subject: Subject) -> tuple[str, ...]:
    """Return the levels whose areas may be ranked inside a territory."""
    inside = {"commune": ("iris",), "iris": ("iris",), "epci": ("commune", "iris")}
    return inside.get(subject.level, ("epci", "commune"))


def zones_of(reader: Reader) -> pl.DataFrame:
    """Return every IRIS as the engines of times want it, with the areas it belongs to."""
    territories = reader.snapshot.territories
    persons = reader.store.observations(variables=["persons"], levels=["iris"])
    population = (
        persons.sort("vintage")
        .unique("code", keep="last", maintain_order=True)
        .select("code", population="value")
    )
    origins = origins_table(territories, population)
    above = territories.filter(pl.col("level") == "iris").select(
        "code", "epci", "departement", "region"
    )
    return (
        origins.join(population, on="code", how="left", maintain_order="left")
        .join(above, on="code", how="left", maintain_order="left")
        .select(
            "code", "commune", "epci", "departement", "region", "longitude", "latitude",
            "area_km2", persons="population", class_persons="commune_population",
            class_area_km2="commune_area_km2",
        )
    )  # fmt: skip


def _inside(zones: pl.DataFrame, subject: Subject) -> list[str]:
    communes = list(subject.commune_codes)
    found = zones.filter(pl.col("commune").is_in(communes))
    own = [area.code for area in subject.areas if area.level == "iris"]
    if own:
        found = found.filter(pl.col("code").is_in(own))
    most = int(parameters("priorities")["most_zones"]["value"])
    if not found.height:
        raise TerritoryError(
            f"Aucun quartier n’est connu pour {subject.name.plain}.",
            remedy="Choisissez une commune, une intercommunalité, un département ou une région.",
        )
    if found.height > most:
        raise TerritoryError(
            f"Les priorités ne sont pas calculées pour {subject.name.plain} : c’est plus grand"
            " qu’une région.",
            remedy="Choisissez une région, un département, une intercommunalité ou une commune.",
        )
    return found["code"].to_list()


def _places(reader: Reader, need: str) -> pl.DataFrame:
    """Return the places that give some of this help, with a position."""
    snapshot = reader.snapshot
    located = located_places(snapshot.territories, snapshot.places.frame.drop("level", "code"))
    helps = pl.col("situations").list.contains(need).fill_null(value=False)
    return located.filter((pl.col("located") != "none") & helps).select(
        "id", "name", "commune", "longitude", "latitude"
    )


def _supply(reader: Reader, times: Times, need: str) -> Supply:
    """Return the help of the places reached, on the day of the computation."""
    frame = reader.snapshot.places.frame.filter(pl.col("id").is_in(times.places.tolist()))
    day = date.fromisoformat(reader.computed_on or FIRST_DAY)
    return supply_of(services_of_table(frame, day=day), need=need)
