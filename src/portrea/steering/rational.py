"""Rational agents around a territory: the mean crowd of the country, and where the map is cut.

Whom a place receives depends on its neighbours, who depend on theirs: a map cut too close changes
the answer. Three rings are put around the territory, the mean crowd is that of the country, and
what the last ring changed is told with every answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.reach.agents import Rules
from portrea.reach.catchment import cards
from portrea.reach.rational import first_draws, score_agents
from portrea.reach.supply import supply_of
from portrea.steering.helping import offer_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from portrea.reach.access import Scores
    from portrea.reach.demand import Demand
    from portrea.reach.supply import Supply
    from portrea.reach.times import Times
    from portrea.steering.reading import Reader

FIRST_DAY = "2026-01-05"
"""Monday from which dated hours are averaged when a computation bears no date."""
NOT_NATIONAL = (
    "Le besoin n’est pas estimé dans tout le pays\u202f: l’affluence moyenne est celle des"
    " environs, et l’accès ne se compare pas à celui d’un autre territoire."
)


@dataclass(frozen=True, eq=False)
class Around:
    """Scores of a territory, those of a map one ring narrower, and what must be said of them."""

    scores: Scores
    narrower: Scores | None
    notes: tuple[str, ...]


def rings() -> int:
    """Return how many times the map is widened around a territory."""
    return int(cards()["raam"]["rings"]["value"])


def score_around(
    reader: Reader,
    maps: Sequence[Times],
    demand: Demand,
    supply: Supply,
    *,
    inside: Sequence[str],
    located: NDArray[np.bool_],
) -> Around:
    """Return the access of a territory when nobody gains by changing place.

    Parameters
    ----------
    reader
        The computation in force.
    maps
        Times of wider and wider maps (:func:`portrea.reach.times.rings_around`).
    demand, supply
        People and help of the widest map.
    inside
        Zones of the territory.
    located
        Zones of the widest map whose point of departure is known.
    """
    card = cards()["raam"]
    rules = Rules.usual(gap=float(card["closer"]["value"]))
    draws = int(card["draws"]["value"])
    mean = national_mean(reader, demand.measure, supply)
    notes = () if mean else (NOT_NATIONAL,)
    mean = mean or _ratio(demand.persons.sum(), supply.hours.sum())
    scores = score_agents(
        maps[-1], demand, supply, mean=mean, rules=rules, draws=draws, located=located
    )
    if len(maps) < 2:
        return Around(scores, None, notes)
    narrower = score_agents(maps[-2], demand, supply, mean=mean, rules=rules)
    told = _said(scores, narrower, inside, len(first_draws(demand, draws)))
    return Around(scores, narrower, (*notes, told))


def national_mean(reader: Reader, measure: str, supply: Supply) -> float | None:
    """Return the persons of the whole country for an hour of help (``None``: not all estimated)."""
    zone = (pl.col("level") == "iris") & (pl.col("measure") == measure)
    rows = reader.computation.scan("estimates").filter(zone).select("n").collect()
    zones = reader.snapshot.territories.filter(pl.col("level") == "iris").height
    if rows["n"].count() < float(cards()["least_known"]["value"]) * zones:
        return None
    offer = offer_of(reader)
    helps = pl.col("situations").list.contains(supply.need).fill_null(value=False)
    places = offer.places.filter(helps)["id"].to_list()
    services = offer.services_of(places, day=date.fromisoformat(reader.computed_on or FIRST_DAY))
    every = supply_of(services, need=supply.need, when=supply.when)
    return _ratio(float(rows["n"].sum()), every.hours.sum())


def _ratio(persons: float, hours: float) -> float:
    return float(persons / hours) if persons > 0 and hours > 0 else 1.0


def _said(scores: Scores, narrower: Scores, inside: Sequence[str], draws: int) -> str:
    """Say how near the equilibrium is, on how many draws, and what cutting the map weighs."""
    wide, near = (_at(one, inside) for one in (scores, narrower))
    apart = np.abs(near - wide)[wide > 0] / wide[wide > 0]
    most = max(apart.tolist(), default=0.0)
    return (
        f"Agents rationnels\u202f: équilibre à {_percent(scores.gap or 0.0)} près"
        f"{f', intervalle sur {draws} tirages' if draws else ''}. Élargir la carte d’un tour de"
        f" plus a changé l’accès d’un quartier de {_percent(most)} au plus\u202f: c’est ce que pèse"
        " encore l’endroit où l’on coupe la carte."
    )


def _at(scores: Scores, inside: Sequence[str]) -> NDArray[np.float64]:
    rows = {code: rank for rank, code in enumerate(scores.times.origins.tolist())}
    found: NDArray[np.float64] = scores.access[[rows[code] for code in inside if code in rows]]
    return found


def _percent(share: float) -> str:
    return f"{100 * share:.2g}\u00a0%".replace(".", ",")
