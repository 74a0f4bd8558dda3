"""What « Et si ? » stands on: who asks, from where, which places, how far; prepared once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from portrea.base.errors import ParameterError, TerritoryError
from portrea.needs.estimation import WITH_B
from portrea.reach.catchment import decay_named, score, score_draws, weigh
from portrea.reach.nearest import located_places
from portrea.reach.siting.problem import State, build_problem
from portrea.steering.access import help_of
from portrea.steering.demand_kept import demand_in_force
from portrea.steering.display import parameters
from portrea.steering.helping import offer_of
from portrea.steering.subject import Subject
from portrea.steering.times import engine_named, near
from portrea.steering.what_if_ranges import ranges
from portrea.steering.zones import zones_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csc_array

    from portrea.base.estimates import Quality
    from portrea.reach.demand import Demand
    from portrea.reach.siting.problem import Problem
    from portrea.steering.reading import Reader
    from portrea.steering.what_if_words import Range
    from portrea.steering.wording import Name
    from portrea.territory import Selection

T_MAX = 45.0
"""Minutes beyond which no time is kept: the longest threshold offered is 30."""
MEASURES = ("c", "a2", "a1", "a3")
"""Who may be counted, in the order of preference."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which help, for whom, how they travel.

    ``told``: of the places that tell their hours only. ``engine``: what measures times
    (:func:`portrea.steering.times.engine_named`), the default model without.
    """

    situation: str = "aide"
    measure: str = "c"
    profile: str = "car"
    told: bool = False
    engine: str = ""


@dataclass(frozen=True, eq=False)
class Shared:
    """Everyone who shares the places of a ground, and the help these give.

    ``weights`` are people × places (columns of the ground); ``hours`` of help a week today, of
    which ``declared`` have their opening or capacity told by the place.
    """

    demand: Demand
    weights: csr_array
    hours: NDArray[np.float64]
    declared: NDArray[np.float64]
    decay: str

    @cached_property
    def by_place(self) -> csc_array:
        """The weights by columns."""
        return self.weights.tocsc()

    def catchment(self, row: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return who reaches a place, and with which weight."""
        part = slice(*self.by_place.indptr[row : row + 2])
        return self.by_place.indices[part], self.by_place.data[part]


@dataclass(frozen=True, eq=False)
class Ground:
    """A territory ready for any change of places.

    ``problem`` has one row per IRIS of the territory and one column per place or commune within
    :data:`T_MAX`; ``places`` has one row per column: ``id``, ``name``, ``kind``, ``commune``,
    position, ``serves`` (whether it gives the help asked today), ``inside``, ``untold`` (it is
    listed as giving it, and tells neither hours nor capacity).
    """

    subject: Subject
    question: Question
    demand: Demand
    problem: Problem
    places: pl.DataFrame
    owner: NDArray[np.intp]
    quality: Quality
    shared: Shared

    @cached_property
    def own(self) -> NDArray[np.intp]:
        """Row of each IRIS of the territory among those who share its places."""
        known = {code: row for row, code in enumerate(self.shared.demand.codes.tolist())}
        return np.array([known[code] for code in self.demand.codes.tolist()], np.intp)

    @cached_property
    def help_today(self) -> tuple[NDArray[np.float64], NDArray[np.float32] | None]:
        """Hours of help a week each person of each IRIS can count on today, and its draws."""
        shared = self.shared
        found = score(shared.weights, shared.hours, shared.demand.persons).access
        drawn = shared.demand.draws
        draws = None if drawn is None else score_draws(shared.weights, shared.hours, drawn)
        return self.of_mine(found), None if draws is None else self.of_mine(draws)

    def of_mine(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the rows of the territory's IRIS among those of everyone."""
        return values[self.own]

    @cached_property
    def communes(self) -> tuple[tuple[str, Name], ...]:
        """Code and name of the communes, in the order of ``owner``."""
        return tuple((area.code, area.name) for area in self.subject.communes)

    @cached_property
    def today(self) -> NDArray[np.float32]:
        """Minutes from each IRIS to the nearest place that helps today."""
        return self.problem.nearest(self.problem.existing)

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """Row of each place or commune."""
        return {key: row for row, key in enumerate(self.places["id"].to_list())}

    @cached_property
    def persons(self) -> list[Range]:
        """Persons counted in each commune, with their ranges."""
        people, drawn = self.demand, self.demand.draws
        rows = np.arange(len(self.owner))
        ones = csr_array(
            (np.ones(len(rows), dtype=np.float32), (self.owner, rows)),
            shape=(len(self.communes), len(rows)),
        )
        values = np.bincount(self.owner, people.persons, minlength=len(self.communes))
        draws = None if drawn is None else ones @ drawn
        return ranges(values, draws, sides=people.sides, quality=self.quality)

    def place(self, key: str) -> dict[str, Any]:
        """Return the row of a place or commune of ``places``."""
        return self.places.row(self.row_of[key], named=True)

    def only_told(self) -> Ground:
        """Return the same ground where a place that does not tell its hours gives nothing."""
        serves = (self.places["serves"] & ~self.places["untold"]).to_numpy()
        states = np.where(serves, State.REMOVABLE, State.CANDIDATE).astype(np.int8)
        shared = self.shared
        return replace(
            self,
            places=self.places.with_columns(serves=pl.Series(serves)),
            problem=replace(self.problem, states=states),
            shared=replace(shared, hours=np.where(serves, shared.hours, 0.0)),
        )

    @cached_property
    def hidden(self) -> frozenset[int]:
        """Rows of the communes that hold an IRIS whose numbers are not shown."""
        codes = set(self.subject.reader.snapshot.withheld["commune"].drop_nulls().to_list())
        return frozenset(row for row, (code, _) in enumerate(self.communes) if code in codes)


def prepare(
    reader: Reader,
    selection: Selection,
    question: Question,
    *,
    people: Callable[[Reader, Sequence[str], str], Demand] = demand_in_force,
) -> Ground:
    """Gather the needs, the places and the times of a territory.

    Parameters
    ----------
    people
        Gives the demand of IRIS for a measure; a door may keep what it gave before.

    Raises
    ------
    TerritoryError
        When the territory is larger than a département, or has no IRIS.
    ParameterError
        When the measure is not known there.
    """
    subject = Subject.of(reader, selection)
    zones = zones_of(reader)
    inside = _inside(subject, zones)
    places = _places(reader, subject, question.situation)
    engine = engine_named(reader.store, question.engine, t_max=T_MAX, profile=question.profile)
    places = places.filter(near(places, inside) | places["inside"])
    times = engine(inside, places)
    reached = np.zeros(places.height, dtype=bool)
    reached[times.minutes.indices] = True
    reached |= places["inside"].to_numpy()
    times = times.part(np.arange(times.origins.size), np.flatnonzero(reached))
    places = places.filter(pl.Series(reached))
    shared = _shared(reader, question, (zones, inside), places, people)
    demand = shared.demand.at(times.origins)
    states = dict.fromkeys(places.filter("serves")["id"].to_list(), State.REMOVABLE)
    rows = {area.code: row for row, area in enumerate(subject.communes)}
    ground = Ground(
        subject=subject,
        question=question,
        demand=demand,
        problem=build_problem(times, demand, states=states),
        places=places.with_columns(untold=pl.col("serves") & pl.Series(shared.declared <= 0)),
        owner=np.array([rows[code] for code in inside["commune"]], dtype=np.intp),
        quality=subject.quality(question.measure),
        shared=shared,
    )
    return ground.only_told() if question.told else ground


def _inside(subject: Subject, zones: pl.DataFrame) -> pl.DataFrame:
    """Return the IRIS of the territory."""
    own = [area.code for area in subject.areas if area.level == "iris"]
    mine = (
        pl.col("code").is_in(own) if own else pl.col("commune").is_in(list(subject.commune_codes))
    )
    found = zones.filter(mine)
    _refuse_wide(subject, found)
    return found


def _shared(
    reader: Reader,
    question: Question,
    zones: tuple[pl.DataFrame, pl.DataFrame],
    places: pl.DataFrame,
    people: Callable[[Reader, Sequence[str], str], Demand],
) -> Shared:
    """Return the catchments of the places: everyone who shares them, beyond the border too."""
    decay = decay_named("portrea_pied" if question.profile == "walk" else None)
    every, inside = zones
    engine = engine_named(
        reader.store, question.engine, t_max=decay.t_max, profile=question.profile
    )
    every = every.filter(near(every, places) | every["code"].is_in(inside["code"].to_list()))
    times = engine(every, places)
    mine = every["code"].is_in(inside["code"].to_list()).to_numpy()
    sharing = np.flatnonzero((np.diff(times.minutes.indptr) > 0) | mine)
    times = times.part(sharing, np.arange(places.height))
    demand = people(reader, times.origins.tolist(), question.measure)
    helping = places["serves"].to_numpy()
    hours = help_of(reader, times, question.situation).at(times.places) if helping.any() else None
    given = np.zeros(places.height) if hours is None else np.where(helping, hours.hours, 0.0)
    firm = np.zeros(places.height) if hours is None else np.where(helping, hours.declared, 0.0)
    return Shared(demand, weigh(times.minutes, decay), given, firm, decay.label)


def _refuse_wide(subject: Subject, origins: pl.DataFrame) -> None:
    if not origins.height:
        raise TerritoryError(
            f"Aucun quartier n’est connu pour {subject.name.plain}.",
            remedy="Choisissez une commune, une intercommunalité ou un département.",
        )
    wide = any(area.level in ("region", "france") for area in subject.areas)
    if wide or origins.height > int(parameters("what_if")["most_origins"]["value"]):
        raise TerritoryError(
            f"« Et si ? » ne porte pas sur {subject.name.plain} : c’est plus grand qu’un"
            " département.",
            remedy="Choisissez un département, une intercommunalité ou une commune.",
        )


def _places(reader: Reader, subject: Subject, situation: str) -> pl.DataFrame:
    """Return the places that help and those that could, then the communes themselves."""
    snapshot = reader.snapshot
    located = located_places(snapshot.territories, offer_of(reader).places)
    serves = pl.col("situations").list.contains(situation)
    inside = pl.col("commune").is_in(list(subject.commune_codes)).fill_null(value=False)
    kinds = list(parameters("what_if")["building_kinds"]["value"])
    columns = ["id", "name", "kind", "commune", "longitude", "latitude", "serves", "inside"]
    known = located.with_columns(serves=serves.fill_null(value=False), inside=inside)
    useful = known.filter(
        (pl.col("located") != "none")
        & (pl.col("serves") | (pl.col("inside") & pl.col("kind").is_in(kinds)))
    )
    towns = snapshot.territories.filter(
        (pl.col("level") == "commune") & pl.col("code").is_in(list(subject.commune_codes))
    ).select(
        id="commune:" + pl.col("code"),
        name="name",
        kind=pl.lit(None, dtype=pl.String),
        commune="code",
        longitude="longitude",
        latitude="latitude",
        serves=pl.lit(False),
        inside=pl.lit(True),
    )
    return pl.concat([useful.select(columns), towns.select(columns)]).sort("id")


def measure_known(reader: Reader, selection: Selection) -> tuple[str, ...]:
    """Return the measures that may be counted on a territory, the preferred one first.

    One of which an area inside must not be shown is left out: its total would tell it.
    """
    subject = Subject.of(reader, selection)
    keys = set(subject.keys(subject.areas)) | {("commune", code) for code in subject.commune_codes}
    secret = any(key in keys for key in reader.snapshot.confidential.iter_rows())
    found = []
    for measure in MEASURES:
        estimates = [reader.estimate(a.level, a.code, measure) for a in subject.areas]
        known = all(e is not None and e.available and e.count.value is not None for e in estimates)
        if known and not (secret and measure in WITH_B):
            found.append(measure)
    return tuple(found)


def checked_measure(reader: Reader, selection: Selection, asked: str) -> str:
    """Return the measure asked, or the preferred one when none is.

    Raises
    ------
    ParameterError
        When it is not known on this territory.
    """
    known = measure_known(reader, selection)
    if not known:
        raise ParameterError(
            f"Aucun besoin n’est estimé pour {selection.label}.",
            remedy="Chargez les données de ce territoire puis relancez « portrea compute ».",
        )
    if not asked:
        return known[0]
    if asked not in known:
        raise ParameterError(
            f"La mesure « {asked[:20]} » n’est pas connue pour {selection.label}.",
            remedy=f"Mesures connues ici : {', '.join(known)}.",
        )
    return asked
