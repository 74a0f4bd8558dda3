"""What priorities stand on: people, help and times of all those who share the places."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.base.errors import ParameterError
from portrea.reach.catchment import decay_named
from portrea.reach.engines import crow_fly_times
from portrea.reach.priority import lacking
from portrea.reach.priority_areas import Areas, grouped
from portrea.reach.priority_rules import default_rule
from portrea.steering import access
from portrea.steering.demand import DRAWS
from portrea.steering.display import parameters
from portrea.steering.subject import Subject
from portrea.steering.what_if_ground import checked_measure
from portrea.steering.zones import counts_of, zones_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.reach.access import Scores
    from portrea.steering.access import Engine
    from portrea.steering.reading import Reader
    from portrea.territory import Selection

    Strings = NDArray[np.str_]

USUAL_LEVEL = {"commune": "iris", "iris": "iris", "region": "epci"}
"""Level ranked inside a territory; the communes otherwise."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which help, for whom, how people travel, how time fades, which areas are ranked."""

    situation: str = "aide"
    measure: str = ""
    profile: str = "car"
    decay: str = ""
    level: str = ""
    draws: int = DRAWS


@dataclass(frozen=True, eq=False)
class Ground:
    """A territory ready to be ranked: people, help and times of all those who share the places.

    ``inside`` says which zones of the scores are the territory's, ``owners`` the ranked area of
    each of them, ``notes`` what must be said of who is counted.
    """

    reader: Reader
    subject: Subject
    question: Question
    level: str
    scores: Scores
    inside: NDArray[np.bool_]
    owners: Strings
    population: NDArray[np.float64]
    notes: tuple[str, ...] = ()

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


def prepare(
    reader: Reader, selection: Selection, question: Question, *, engine: Engine | None = None
) -> Ground:
    """Gather needs, help and times around a territory.

    Parameters
    ----------
    reader, selection, question
        The computation in force, the territory, what is asked.
    engine
        Zones, places → times (:mod:`portrea.steering.times`); the default model without.

    Raises
    ------
    TerritoryError
        When no IRIS is known there.
    ParameterError
        When the areas asked for are not inside the territory, or when it is too wide.
    """
    subject = Subject.of(reader, selection)
    level = _level_of(subject, question)
    _refuse_wide(reader, subject)
    decay = decay_named(question.decay or None)
    far = longest(decay.t_max)
    found = access.prepare(
        reader,
        selection,
        access.Question(
            need=question.situation,
            measure=question.measure,
            profile=question.profile,
            decay=decay.name,
            draws=question.draws,
        ),
        level=level,
        engine=engine or partial(crow_fly_times, t_max=far, profile=question.profile),
    )
    codes = pl.DataFrame({"code": found.scores.times.origins.tolist()})
    inside = codes["code"].is_in(list(found.inside)).to_numpy()
    rows = codes.filter(pl.Series(inside)).join(
        zones_of(reader), on="code", how="left", maintain_order="left"
    )
    owners = rows["code" if level == "iris" else level].fill_null("").to_numpy().astype(np.str_)
    measure = found.scores.demand.measure
    population = population_of(reader, codes["code"], measure)
    return Ground(
        reader, subject, replace(question, measure=measure), level,
        found.scores, inside, owners, population, found.notes,
    )  # fmt: skip


def measure_asked(reader: Reader, selection: Selection, asked: str) -> str:
    """Return the measure asked, nothing for the usual choice where C may be told.

    Raises
    ------
    ParameterError
        When it is not known on this territory.
    """
    preferred = checked_measure(reader, selection, asked)
    return asked if asked or preferred == access.CROSSED else preferred


def population_of(reader: Reader, codes: pl.Series, measure: str) -> NDArray[np.float64]:
    """Return the persons among whom a measure counts, in some IRIS (NaN: unknown)."""
    return column_of(reader, codes, measure, "population")


def column_of(reader: Reader, codes: pl.Series, measure: str, name: str) -> NDArray[np.float64]:
    """Return one column of the computed estimates of some IRIS, in their order (NaN: unknown)."""
    rows = counts_of(reader).filter(pl.col("measure") == measure).select("code", name)
    found = pl.DataFrame({"code": codes}).join(rows, on="code", how="left", maintain_order="left")
    return found[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def longest(t_max: float) -> float:
    """Return the minutes to keep: the longest decay that sensitivity tries, or the one asked."""
    tried = [decay_named(name).t_max for name in parameters("priorities")["decays"]["value"]]
    return max(t_max, *tried)


def _level_of(subject: Subject, question: Question) -> str:
    level = question.level or USUAL_LEVEL.get(subject.level, "commune")
    allowed = levels_inside(subject)
    if level not in allowed:
        raise ParameterError(
            f"Le niveau « {level[:20]} » ne convient pas à {subject.name.plain}.",
            remedy=f"Niveaux possibles\u00a0: {', '.join(allowed)}.",
        )
    return level


def levels_inside(subject: Subject) -> tuple[str, ...]:
    """Return the levels whose areas may be ranked inside a territory."""
    inside = {"commune": ("iris",), "iris": ("iris",), "epci": ("commune", "iris")}
    return inside.get(subject.level, ("epci", "commune"))


def _refuse_wide(reader: Reader, subject: Subject) -> None:
    communes = list(subject.commune_codes)
    inside = reader.snapshot.territories.filter(
        (pl.col("level") == "iris") & pl.col("commune").is_in(communes)
    )
    if inside.height > int(parameters("priorities")["most_zones"]["value"]):
        raise ParameterError(
            f"Les priorités ne sont pas calculées pour {subject.name.plain}\u00a0: c’est plus grand"
            " qu’une région.",
            remedy="Choisissez une région, un département, une intercommunalité ou une commune.",
        )
