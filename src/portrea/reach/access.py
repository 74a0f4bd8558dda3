"""Access to help, from IRIS to France: hours a week per hundred persons concerned, and how surely.

The times given must go beyond the territory, as far as people of both sides can meet at a place
(:func:`portrea.reach.times.times_around`): only then does nobody's access depend on where the
border runs. ``membership`` keeps the areas to show.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from portrea.base.tables import Column, Table
from portrea.reach.catchment import (
    Decay,
    Method,
    decay_named,
    nearest,
    ratios,
    score,
    score_draws,
    weigh,
    within,
)
from portrea.reach.demand import bounds
from portrea.reach.supply import When
from portrea.reach.travel import default_travel
from portrea.vocab.tables import LEVELS, OVERLAYS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.reach.demand import Demand
    from portrea.reach.supply import Supply
    from portrea.reach.times import Times

    Floats = NDArray[np.float64]
    Draws = NDArray[np.float32]

PER = 100.0
"""Access is told for that many persons concerned."""
HOURS = "heure par semaine pour 100 personnes concernées"


def _number(name: str, meaning: str, unit: str = "", *, high: float | None = None) -> Column:
    return Column(name, pl.Float64, meaning, unit=unit, nullable=True, low=0, high=high)


ACCESS = Table(
    "access",
    (
        Column(
            "level", pl.String, "niveau géographique", allowed=(*LEVELS, *OVERLAYS, "selection")
        ),
        Column("code", pl.String, "code officiel de la zone"),
        Column("need", pl.String, "besoin auquel les lieux répondent"),
        Column("when", pl.String, "partie de la semaine comptée"),
        Column("measure", pl.String, "qui est compté : c, b_load, a1…"),
        Column("method", pl.String, "2sfca, 3sfca ou raam"),
        Column("decay", pl.String, "décroissance avec le temps de trajet (raam : tau60)"),
        _number("persons", "personnes concernées (démarches par an pour b_load)"),
        _number("persons_low", "borne basse (95 %)"),
        _number("persons_high", "borne haute (95 %)"),
        _number("access", "aide sur laquelle chacun peut compter", HOURS),
        _number("access_low", "borne basse (95 %)", HOURS),
        _number("access_high", "borne haute (95 %)", HOURS),
        _number("access_low80", "borne basse (80 %)", HOURS),
        _number("access_high80", "borne haute (80 %)", HOURS),
        _number("cost", "raam : attente et trajet ; 1 = un lieu d’affluence moyenne, à la porte"),
        _number("gap", "raam : ce que changer de lieu ferait encore gagner", "part", high=1),
        _number("edge", "raam : ce que le dernier élargissement de la carte a changé", "part"),
        _number("access_declared", "sans les lieux qui ne disent ni heures ni capacité", HOURS),
        _number("imputed_share", "part de l’accès due à des heures supposées", "part", high=1),
        _number("firm_share", "part de l’accès sans aucune supposition sur l’aide", "part", high=1),
        _number("nearest_minutes", "temps jusqu’au lieu le plus proche (moyenne)", "minute"),
        _number("places_within", "lieux à moins du seuil (moyenne)"),
        _number("share_beyond", "part des personnes plus loin que le seuil", "part", high=1),
        _number("share_beyond_low", "borne basse (95 %)", "part", high=1),
        _number("share_beyond_high", "borne haute (95 %)", "part", high=1),
        _number("persons_beyond", "personnes plus loin que le seuil"),
        _number("persons_beyond_low", "borne basse (95 %)"),
        _number("persons_beyond_high", "borne haute (95 %)"),
        Column("limit", pl.Float64, "seuil de temps", unit="minute"),
        Column("zones", pl.Int64, "IRIS de la zone", low=1),
        Column("zones_unknown", pl.Int64, "IRIS dont le besoin n’est pas estimé", low=0),
        Column("zones_unlocated", pl.Int64, "IRIS sans point de départ connu", low=0),
    ),
    key=("level", "code", "need", "when", "measure", "method", "decay"),
)
"""Access of areas. Null: not known; 0: known, and nobody helps within reach."""


@dataclass(frozen=True, eq=False)
class Scores:
    """Access of every zone, in hours a week per person, and what it was made of.

    ``draws`` are zones × draws, in the order of the demand's; ``declared`` and ``firm`` count only
    these hours of the supply, people being shared among all the places. ``located`` are the zones
    whose point of departure is known: the access of the others is not. Rational agents have their
    ``costs``, how far from the equilibrium they are (``gap``), and draws for some of the demand's
    only (``kept``, their ranks).
    """

    times: Times
    demand: Demand
    supply: Supply
    decay: Decay
    method: Method
    access: Floats
    declared: Floats
    firm: Floats
    draws: Draws | None
    loads: Floats
    unreached: float
    located: NDArray[np.bool_]
    costs: Floats | None = None
    gap: float | None = None
    kept: NDArray[np.intp] | None = None

    @cached_property
    def nearest_minutes(self) -> Floats:
        """Minutes to the nearest place that gives this help (NaN: none within the times)."""
        return nearest(self._helping)[0]

    @cached_property
    def _helping(self) -> csr_array:
        """Times to the places that give some of this help.

        A place that does not tell its hours is never said to be there in the evening or on
        Saturday: in a part of the week, only places that tell theirs are near.
        """
        minutes = self.times.minutes
        told = self.supply.hours if self.supply.when == When.WEEK else self.supply.declared
        keep = told[minutes.indices] > 0
        before = np.concatenate(([0], np.cumsum(keep)))
        parts = minutes.data[keep], minutes.indices[keep], before[minutes.indptr]
        return csr_array(parts, shape=minutes.shape)

    def places_within(self, limit: float) -> Floats:
        """Return how many places that give this help are within a time."""
        return within(self._helping, [limit])[:, 0].astype(np.float64)


def score_access(
    times: Times,
    demand: Demand,
    supply: Supply,
    *,
    decay: Decay | None = None,
    method: Method = Method.TWO_STAGE,
    located: NDArray[np.bool_] | None = None,
) -> Scores:
    """Return the access of every zone of the times, with its draws when the demand has some.

    Parameters
    ----------
    times
        Minutes between zones and places, those beyond the border included.
    demand, supply
        People of the zones and help of the places, in any order: zones and places of the times
        that they do not know have nobody and give nothing.
    decay
        How weight fades with time; the usual one by default.
    method
        Two or three stages.
    located
        Zones whose point of departure is known; all by default.
    """
    decay = decay or decay_named()
    demand, supply = demand.at(times.origins), supply.at(times.places)
    weights = weigh(times.minutes, decay, method=method)
    found = score(weights, supply.hours, demand.persons)
    told = weights @ ratios(supply.declared, found.loads)
    firm = weights @ ratios(supply.firm, found.loads)
    drawn = None
    if demand.draws is not None:
        drawn = score_draws(weights, supply.hours, demand.draws)
    placed = np.ones(len(times.origins), dtype=bool) if located is None else located
    return Scores(
        times, demand, supply, decay, method,
        found.access, told, firm, drawn, found.loads, found.unreached, placed,
    )  # fmt: skip


def access_table(
    scores: Scores, membership: pl.DataFrame, *, limit: float | None = None
) -> pl.DataFrame:
    """Return the table ``access`` of groups of zones.

    Parameters
    ----------
    scores
        What :func:`score_access` returned.
    membership
        Columns ``iris``, ``level``, ``code``: the zones of every area to show.
    limit
        Minutes beyond which people are far; 20 by default.

    Notes
    -----
    The access of an area is the mean of its zones weighted by persons, in each draw with the
    persons of that draw; a plain mean where nobody lives. All the zones of an area count, even
    those outside any catchment, whose access is 0.
    """
    limit = default_travel().thresholds[1] if limit is None else limit
    groups, matrix = _matrix(membership, scores.times.origins)
    frame = groups.with_columns(
        need=pl.lit(scores.supply.need),
        when=pl.lit(scores.supply.when),
        measure=pl.lit(scores.demand.measure),
        method=pl.lit(str(scores.method)),
        decay=pl.lit(scores.decay.name),
        limit=pl.lit(float(limit)),
        gap=pl.lit(scores.gap, dtype=pl.Float64),
        zones=pl.Series(matrix.sum(axis=1).astype(np.int64)),
        **{name: pl.Series(x, nan_to_null=True) for name, x in _figures(scores, matrix, limit)},
    )
    return ACCESS.conform(frame)


def _matrix(membership: pl.DataFrame, origins: NDArray[np.str_]) -> tuple[pl.DataFrame, csr_array]:
    """Return the areas (level, code) and which zones make them (areas × zones)."""
    zones = pl.DataFrame({"iris": origins.tolist()}, schema={"iris": pl.String}).with_row_index(
        "zone"
    )
    pairs = membership.join(zones, on="iris", how="inner")
    groups = pairs.select("level", "code").unique().sort("level", "code").with_row_index("group")
    pairs = pairs.join(groups, on=["level", "code"], how="inner")
    ones = np.ones(pairs.height)
    where = pairs["group"].to_numpy().astype(np.intp), pairs["zone"].to_numpy().astype(np.intp)
    shape = groups.height, len(origins)
    return groups.drop("group"), csr_array((ones, where), shape=shape)


def _figures(
    scores: Scores, every: csr_array, limit: float
) -> list[tuple[str, Floats | NDArray[np.int64]]]:
    """Return the columns of the areas, those of access on the zones located."""
    persons, known = scores.demand.persons, scores.demand.known
    ones = scores.located.astype(np.float64)[every.indices]
    matrix = csr_array((ones, every.indices, every.indptr), shape=every.shape)
    near = scores.nearest_minutes
    some = np.isfinite(near)
    far = (~(near <= limit)).astype(np.float64)
    access = PER * _mean(matrix, scores.access, persons)
    declared = np.minimum(PER * _mean(matrix, scores.declared, persons), access)
    firm = PER * _mean(matrix, scores.firm, persons)
    alive = np.where(every @ known.astype(np.float64) > 0, 1.0, np.nan)
    whole, beyond = matrix @ persons, matrix @ (persons * far)
    return [
        ("persons", alive * (every @ persons)),
        ("access", access),
        ("cost", _cost(scores, matrix)),
        ("access_declared", declared),
        ("imputed_share", _share(access - declared, access)),
        ("firm_share", _share(firm, access)),
        ("nearest_minutes", _mean(matrix, np.where(some, near, 0.0), persons, among=some)),
        ("places_within", _mean(matrix, scores.places_within(limit), persons)),
        ("share_beyond", _share(beyond, whole)),
        ("persons_beyond", alive * beyond),
        *_intervals(scores, every, matrix, far),
        ("zones_unknown", _counted(every, ~known)),
        ("zones_unlocated", _counted(every, ~scores.located)),
    ]


def _cost(scores: Scores, matrix: csr_array) -> Floats:
    """Return what a person of each area pays on the mean, among those who reach a place."""
    if scores.costs is None:
        return np.full(matrix.shape[0], np.nan)
    some = np.isfinite(scores.costs)
    return _mean(matrix, np.where(some, scores.costs, 0.0), scores.demand.persons, among=some)


def _counted(matrix: csr_array, flags: NDArray[np.bool_]) -> NDArray[np.int64]:
    found: NDArray[np.int64] = np.rint(matrix @ flags.astype(np.float64)).astype(np.int64)
    return found


def _mean(
    matrix: csr_array, values: Floats, persons: Floats, *, among: NDArray[np.bool_] | None = None
) -> Floats:
    """Return the mean weighted by persons, plain where there are none (NaN: nothing at all)."""
    used = np.ones_like(values) if among is None else among.astype(np.float64)
    weight = matrix @ (persons * used)
    plain = _share(matrix @ (values * used), matrix @ used, cap=False)
    weighted = _share(matrix @ (values * persons * used), weight, cap=False)
    return np.where(weight > 0, weighted, plain)


def _share(part: Floats, whole: Floats, *, cap: bool = True) -> Floats:
    found = np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0)
    return np.clip(found, 0.0, 1.0) if cap else found


def _intervals(
    scores: Scores, every: csr_array, matrix: csr_array, far: Floats
) -> list[tuple[str, Floats]]:
    """Return the bounds of each area, from the draws."""
    drawn, access = scores.demand.draws, scores.draws
    if drawn is None or access is None:
        return [(name, np.full(every.shape[0], np.nan)) for name in BOUNDS]
    sides = scores.demand.sides
    light = matrix.astype(np.float32)
    found = _far_bounds(light, drawn, far, sides)
    found["access"] = PER * bounds(
        _drawn_access(light, drawn if scores.kept is None else drawn[:, scores.kept], access), sides
    )
    found["persons"] = bounds(every.astype(np.float32) @ drawn, sides)
    for name in found.keys() - {"persons"}:
        found[name][matrix.sum(axis=1) == 0] = np.nan
    return [(name, found[name.rpartition("_")[0]][:, BOUNDS[name]]) for name in BOUNDS]


BOUNDS = {
    f"{name}_{tail}": rank
    for name in ("persons", "access", "share_beyond", "persons_beyond")
    for tail, rank in (
        ("low", 0),
        ("high", 3),
        *((("low80", 1), ("high80", 2)) * (name == "access")),
    )
}
"""Columns of bounds, and their rank among the bounds of a row."""


def _drawn_access(matrix: csr_array, drawn: Draws, access: Draws) -> Draws:
    """Return the access of areas in each draw, weighted by the persons of that draw."""
    total = matrix @ drawn
    zones = np.maximum(matrix.sum(axis=1), 1).astype(np.float32)[:, None]
    mean: Draws = (matrix @ access) / zones
    np.divide(matrix @ (drawn * access), total, out=mean, where=total > 0)
    return mean


def _far_bounds(matrix: csr_array, drawn: Draws, far: Floats, sides: int) -> dict[str, Floats]:
    total = matrix @ drawn
    beyond = matrix @ (drawn * far.astype(np.float32)[:, None])
    share = np.zeros_like(total)
    np.divide(beyond, total, out=share, where=total > 0)
    found = {
        "share_beyond": np.clip(bounds(share, sides), 0, 1),
        "persons_beyond": bounds(beyond, sides),
    }
    found["share_beyond"][(total <= 0).all(axis=1)] = np.nan
    return found
