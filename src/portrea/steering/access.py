"""Access of a territory: who needs help, who gives it, how far, put together from the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import ParameterError, TerritoryError
from portrea.needs.estimation import WITH_B
from portrea.reach.access import ACCESS, access_table, score_access
from portrea.reach.catchment import Method, cards, decay_named
from portrea.reach.engines import CROW_FLY, crow_fly_times
from portrea.reach.islands import sea_between
from portrea.reach.measure import membership_of
from portrea.reach.nearest import located_places
from portrea.reach.supply import When, supply_of
from portrea.reach.times import rings_around
from portrea.steering.computation import atoms_of
from portrea.steering.demand import DRAWS
from portrea.steering.demand_kept import demand_in_force
from portrea.steering.helping import offer_of
from portrea.steering.rational import FIRST_DAY, rings, score_around
from portrea.steering.zones import counts_of, zones_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from portrea.reach.access import Scores
    from portrea.reach.supply import Supply
    from portrea.reach.times import Times
    from portrea.steering.reading import Reader
    from portrea.territory import Selection

    Engine = Callable[[pl.DataFrame, pl.DataFrame], Times]

CROSSED, USUAL = "c", "a1"
NOT_CROSSED = (
    "Les personnes en difficulté qui ont des démarches à faire (C) ne sont pas estimées dans tous"
    " les quartiers qui se partagent les lieux\u202f: l’accès compte toutes les personnes en"
    " difficulté (A1)."
)
NO_HELP = (
    "Aucun lieu connu à portée ne donne cette aide à ce moment\u202f: l’accès vaut 0 partout. S’il"
    " en existe, chargez leur liste\u202f: la réponse changera."
)
PERSONS = ("persons", "share_beyond", "persons_beyond")
FARTHEST = 45.0
"""Minutes kept beyond the decay, so that a nearest place just out of reach is told."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which help, when, for whom, how people travel and share the places.

    Empty texts stand for the usual choice. ``limit`` is the time beyond which people are far.
    """

    need: str = "aide"
    when: str = When.WEEK
    measure: str = ""
    profile: str = "car"
    decay: str = ""
    method: str = Method.TWO_STAGE
    limit: float = 0.0
    draws: int = DRAWS


@dataclass(frozen=True, eq=False)
class Ground:
    """Scores of a territory and of all those who share its places, and what they rest on.

    ``narrower`` are those of rational agents on a map one ring narrower.
    """

    question: Question
    territories: pl.DataFrame
    inside: tuple[str, ...]
    scores: Scores
    notes: tuple[str, ...] = ()
    narrower: Scores | None = None

    @property
    def said(self) -> tuple[str, ...]:
        """Notes, with what is said when nobody helps there, or when the sea is in between."""
        none = "" if self.scores.supply.hours.any() else NO_HELP
        sea = sea_of(self.territories, self.inside, self.scores.times)
        return (*self.notes, *(note for note in (none, sea) if note))

    def table(self, levels: Sequence[str]) -> pl.DataFrame:
        """Return the table ``access`` of the areas of some levels; nothing hidden is removed."""
        member = membership_of(self.territories, [x for x in levels if x != "selection"])
        member = member.filter(pl.col("iris").is_in(list(self.inside)))
        if "selection" in levels:
            whole = pl.DataFrame({"iris": self.inside}).with_columns(
                level=pl.lit("selection"), code=pl.lit("selection")
            )
            member = pl.concat([member, whole])
        limit = self.question.limit or None
        found = access_table(self.scores, member, limit=limit)
        if self.narrower is None:
            return found
        before = access_table(self.narrower, member, limit=limit).select(
            "level", "code", before="access"
        )
        edge = (pl.col("before") / pl.col("access") - 1).abs().fill_nan(None)
        joined = found.join(before, on=["level", "code"], how="left", maintain_order="left")
        return ACCESS.conform(joined.with_columns(edge=edge).drop("before"))


def prepare(
    reader: Reader,
    selection: Selection,
    question: Question,
    *,
    level: str = "commune",
    engine: Engine | None = None,
) -> Ground:
    """Measure the access of the zones of every area of a level that a territory touches.

    Parameters
    ----------
    reader
        The computation in force.
    selection
        Territory; an area that straddles its border is taken whole.
    question
        Need, moment, measure, profile, decay and method.
    engine
        Zones, places → times; the default model without.

    Raises
    ------
    TerritoryError
        When no IRIS is known there.
    ParameterError
        When a choice is unknown, or the measure not estimated there.
    """
    territories = reader.snapshot.territories
    inside = tuple(atoms_of(territories, selection, level))
    if not inside:
        raise TerritoryError(
            f"Aucun quartier n’est connu pour {selection.label}.",
            remedy="Choisissez une commune, une intercommunalité, un département ou une région.",
        )
    decay = decay_named(question.decay or None)
    method = _method(question.method)
    zones, places = zones_of(reader), helping_places(reader, question.need)
    t_max = max(decay.t_max, FARTHEST, question.limit)
    engine = engine or partial(crow_fly_times, t_max=t_max, profile=question.profile)
    rational = method is Method.RATIONAL
    maps = rings_around(engine, zones, places, inside=inside, rings=rings() if rational else 1)
    times = maps[-1]
    supply = help_of(reader, times, question.need, question.when)
    sharing = times.origins.tolist()
    measure, notes = measure_of(reader, sharing, question.measure)
    demand = demand_in_force(reader, sharing, measure, draws=question.draws)
    rows = pl.DataFrame({"code": times.origins.tolist()}).join(
        zones, on="code", how="left", maintain_order="left"
    )
    located = rows["longitude"].is_not_null().to_numpy()
    if rational:
        found = score_around(reader, maps, demand, supply, inside=inside, located=located)
        notes = (*notes, *found.notes)
        return Ground(question, territories, inside, found.scores, notes, found.narrower)
    scores = score_access(times, demand, supply, decay=decay, method=method, located=located)
    return Ground(question, territories, inside, scores, notes)


def access_of(
    reader: Reader, selection: Selection, question: Question, *, levels: Sequence[str]
) -> pl.DataFrame:
    """Return the table ``access`` of a territory, without what must not be shown."""
    ground = prepare(reader, selection, question, level=levels[0])
    return published(ground.table(levels), reader)


def published(table: pl.DataFrame, reader: Reader) -> pl.DataFrame:
    """Remove the counts that would tell of an IRIS whose numbers are not shown.

    The access itself stays: it is made with everyone around. Persons far from help are removed too
    for a commune that holds such an IRIS, unless everybody there, or nobody, is far.
    """
    hidden, secret = reader.snapshot.withheld, reader.snapshot.confidential
    keys = (secret["level"] + ":" + secret["code"]).implode()
    iris = (pl.col("level") == "iris") & pl.col("code").is_in(hidden["code"].implode())
    told = pl.format("{}:{}", "level", "code").is_in(keys) & pl.col("measure").is_in(WITH_B)
    communes = hidden["commune"].drop_nulls().unique().implode()
    around = (pl.col("level") == "commune") & pl.col("code").is_in(communes)
    mixed = ((pl.col("share_beyond") > 0) & (pl.col("share_beyond") < 1)).fill_null(value=False)
    gone, part = iris | told, iris | told | (around & mixed)
    columns = [f"{name}{tail}" for name in PERSONS for tail in ("", "_low", "_high")]
    cut = [
        pl.when(gone if name.startswith("persons") and "beyond" not in name else part)
        .then(None)
        .otherwise(pl.col(name))
        .alias(name)
        for name in columns
    ]
    return ACCESS.check(table.with_columns(cut))


def sea_of(territories: pl.DataFrame, zones: Sequence[str], times: Times) -> str:
    """Say which islands of some zones the times as the crow flies leave alone."""
    if times.engine != CROW_FLY:
        return ""
    known = (pl.col("level") == "iris") & pl.col("code").is_in(list(zones))
    return sea_between(territories.filter(known)["commune"].drop_nulls())


def helping_places(reader: Reader, need: str) -> pl.DataFrame:
    """Return the places that give some of a help, with a position: ``id`` and the point."""
    snapshot = reader.snapshot
    located = located_places(snapshot.territories, offer_of(reader).places)
    helps = pl.col("situations").list.contains(need).fill_null(value=False)
    return located.filter((pl.col("located") != "none") & helps).select(
        "id", "name", "commune", "longitude", "latitude"
    )


def help_of(reader: Reader, times: Times, need: str, when: str = When.WEEK) -> Supply:
    """Return the help of the places reached, over the weeks after the computation."""
    day = date.fromisoformat(reader.computed_on or FIRST_DAY)
    services = offer_of(reader).services_of(times.places.tolist(), day=day)
    return supply_of(services, need=need, when=when)


def _method(name: str) -> Method:
    if name not in set(map(str, Method)):
        raise ParameterError(
            f"La méthode « {name} » est inconnue.",
            remedy=f"Choisissez parmi : {', '.join(map(str, Method))}.",
        )
    return Method(name)


def measure_of(
    reader: Reader, zones: Sequence[str], asked: str = ""
) -> tuple[str, tuple[str, ...]]:
    """Return who is counted, and what must be said of that choice.

    Nothing asked: C where it is estimated in nearly all the zones that share the places, those
    beyond the border included, else A1. A zone without estimate would count for nobody, and lend
    its share of the help to the others.

    Raises
    ------
    ParameterError
        When the measure asked is estimated nowhere there.
    """
    estimates = counts_of(reader).filter(pl.col("code").is_in(list(zones)))
    known = estimates.filter(pl.col("n").is_not_null()).group_by("measure").len()
    counts = dict(known.iter_rows())
    least = float(cards()["least_known"]["value"]) * len(zones)
    if not asked and counts.get(CROSSED, 0) < least:
        return USUAL, (NOT_CROSSED,)
    chosen = asked or CROSSED
    found = counts.get(chosen, 0)
    if not found:
        raise ParameterError(
            f"La mesure « {chosen[:20]} » n’est pas estimée sur ce territoire.",
            remedy=f"Mesures connues\u202f: {', '.join(sorted(counts)) or 'aucune'}.",
        )
    missing = len(zones) - found
    if not missing:
        return chosen, ()
    return chosen, (
        f"Le besoin n’est pas estimé dans {missing} des {len(zones)} quartiers qui se partagent les"
        " lieux\u202f: ils comptent pour personne, l’accès de leurs voisins est donc surestimé.",
    )
