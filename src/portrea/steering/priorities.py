"""Priority areas of a territory: need, help and times put together, then what may be told of each.

The access is measured with everyone who shares the places, beyond the border included; only the
areas of the territory are ranked. What would tell of an IRIS whose numbers are not shown never
leaves this module.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.base.errors import ParameterError, TerritoryError
from portrea.reach.access import score_access
from portrea.reach.catchment import decay_named
from portrea.reach.causes import CAUSES, causes_of, no_help, references, variables
from portrea.reach.engines import crow_fly_times
from portrea.reach.nearest import located_places, origins_table
from portrea.reach.priority import lacking, prioritise
from portrea.reach.priority_areas import Areas, grouped
from portrea.reach.priority_readings import quadrants, sensitivity
from portrea.reach.priority_rules import default_rule
from portrea.reach.supply import supply_of
from portrea.reach.times import times_around
from portrea.reach.travel import default_travel
from portrea.steering.demand import demand_of
from portrea.steering.display import parameters
from portrea.steering.subject import Subject
from portrea.steering.supply import services_of_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from portrea.reach.access import Scores
    from portrea.reach.demand import Demand
    from portrea.reach.priority_rules import Rule
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
        _population(reader, rows["code"], question.measure),
    )  # fmt: skip


def table_of(ground: Ground, rule: Rule) -> pl.DataFrame:
    """Return the table ``priorities``, without what must not be shown (status ``unknown``)."""
    found = prioritise(ground.areas, rule, owners=ground.owners)
    return _published(found, ground)


def quadrants_of(ground: Ground) -> pl.DataFrame:
    """Return the table ``access_quadrants`` of the ranked areas, against the whole territory."""
    return quadrants(ground.ranked)


def causes_beside(ground: Ground) -> pl.DataFrame:
    """Return the layers of causes of the ranked areas."""
    territories = ground.reader.snapshot.territories
    areas = territories.filter(
        (pl.col("level") == ground.level) & pl.col("code").is_in(ground.codes)
    ).select("level", "code", commune=pl.coalesce("commune", "code"))
    figures = ground.reader.store.observations(variables=variables())
    help_table = _far(ground)
    parts = [causes_of(areas, figures), no_help(help_table, vintage=ground.reader.computed_on[:4])]
    return CAUSES.conform(pl.concat(parts))


def references_of(ground: Ground, causes: pl.DataFrame) -> dict[str, float]:
    """Return the mean of each layer over the ranked areas, weighted by the persons concerned."""
    found = ground.ranked
    weights = pl.DataFrame({"code": found.codes.tolist(), "persons": found.persons})
    return references(causes, weights.with_columns(pl.col("persons").fill_nan(None)))


def sensitivity_of(ground: Ground, rule: Rule, measures: Sequence[str] = ()) -> pl.DataFrame:
    """Rank the areas under other decays, bars and definitions of need, on central values.

    Parameters
    ----------
    measures
        Other definitions of need known on this territory.

    Notes
    -----
    Times are kept as far as the longest decay tried.
    """
    base = replace(ground.areas, draws=None, access_draws=None)
    variants = {"base": (base, rule)}
    for name in parameters("priorities")["decays"]["value"]:
        if name != ground.scores.decay.name:
            variants[f"decay:{name}"] = (_again(ground, decay=name), rule)
    for share in parameters("priorities")["shares"]["value"]:
        if share != rule.share_of_mean:
            variants[f"share:{share:g}"] = (base, replace(rule, share_of_mean=share))
    for measure in measures:
        if measure != ground.question.measure:
            variants[f"measure:{measure}"] = (_again(ground, measure=measure), rule)
    return sensitivity(variants, owners=ground.owners)


def _again(ground: Ground, *, decay: str = "", measure: str = "") -> Areas:
    """Return the areas scored again with another decay or another need, without draws."""
    scores = ground.scores
    demand = replace(scores.demand, draws=None)
    population = ground.population
    if measure:
        codes = pl.Series(scores.times.origins.tolist())
        demand = _central(ground.reader, demand, codes, measure)
        population = _population(ground.reader, codes, measure)
    again = score_access(
        scores.times,
        demand,
        scores.supply,
        decay=decay_named(decay) if decay else scores.decay,
        located=scores.located,
    )
    return Areas.of_scores(again, population, inside=ground.inside)


def _central(reader: Reader, demand: Demand, codes: pl.Series, measure: str) -> Demand:
    """Return the central counts of another measure, as computed."""
    counts = _column(reader, codes, measure, "n")
    unknown = ~np.isfinite(counts)
    persons = np.where(unknown, 0.0, counts)
    return replace(demand, persons=persons, measure=measure, unknown=unknown)


def _population(reader: Reader, codes: pl.Series, measure: str) -> NDArray[np.float64]:
    return _column(reader, codes, measure, "population")


def _column(reader: Reader, codes: pl.Series, measure: str, name: str) -> NDArray[np.float64]:
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


def _far(ground: Ground) -> pl.DataFrame:
    """Share of the persons of each ranked area who are beyond the usual time of any help."""
    limit = default_travel().thresholds[1]
    areas = ground.areas
    minutes = np.full(len(areas.codes), np.nan) if areas.minutes is None else areas.minutes
    far = ~(minutes <= limit) & np.isfinite(areas.access)
    frame = pl.DataFrame(
        {
            "code": ground.owners.tolist(),
            "persons": areas.persons,
            "far": far,
            "known": np.isfinite(areas.access) & np.isfinite(areas.persons),
        }
    ).filter("known")
    total = pl.col("persons").sum()
    return (
        frame.group_by("code", maintain_order=True)
        .agg(
            share_beyond=pl.when(total > 0).then((pl.col("persons") * pl.col("far")).sum() / total)
        )
        .with_columns(level=pl.lit(ground.level))
    )


COUNTS = ("uncovered", "uncovered_low", "uncovered_high")


def _published(table: pl.DataFrame, ground: Ground) -> pl.DataFrame:
    """Remove what would tell of a hidden IRIS: the part of an area that only some zones make."""
    gone = pl.col("code").is_in(list(ground.hidden))
    if ground.level == "iris":
        numbers = [c for c, t in table.schema.items() if t == pl.Float64 and c != "threshold"]
        return table.with_columns(
            *(pl.when(gone).then(None).otherwise(pl.col(c)).alias(c) for c in numbers),
            first=pl.col("first") & ~gone,
            first_known=pl.col("first_known") & ~gone,
            status=pl.when(gone).then(pl.lit("unknown")).otherwise("status"),
        )
    part = gone & (pl.col("uncovered") > 0) & (pl.col("uncovered") < pl.col("persons") * (1 - 1e-9))
    return table.with_columns(
        pl.when(part).then(None).otherwise(pl.col(c)).alias(c) for c in COUNTS
    )


def times_of(ground: Ground) -> Times:
    """Return the times used, to be told under the table."""
    return ground.scores.times
