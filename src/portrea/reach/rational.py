"""Access by rational agents, told in the unit of the other methods.

A cost of 1 is a place next door as crowded as the mean of the country (``ρ`` persons per hour of
help). The access of a zone is the help of a place next door that would cost as much: with 2SFCA, a
place next door gives ``S_j / D_j`` hours per person and costs ``D_j / (ρ S_j)``, hence

    ``A_i = 1 / (ρ c_i)``

``ρ`` is that of the whole country, not of the zones given: a mean taken on them would change with
where the map is cut. What remains of that cut is the crowd sent by neighbours of neighbours.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from portrea.base.errors import ParameterError
from portrea.reach.access import Scores
from portrea.reach.agents import Rules, rational_agents
from portrea.reach.catchment import Decay, Method, ratios

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.reach.agents import Agents
    from portrea.reach.demand import Demand
    from portrea.reach.supply import Supply
    from portrea.reach.times import Times

    Floats = NDArray[np.float64]


def score_agents(
    times: Times,
    demand: Demand,
    supply: Supply,
    *,
    mean: float,
    rules: Rules | None = None,
    draws: int = 0,
    located: NDArray[np.bool_] | None = None,
) -> Scores:
    """Return the access of every zone of the times when nobody gains by changing place.

    Parameters
    ----------
    times
        Minutes between zones and places; those of the neighbours of neighbours too.
    demand, supply
        People of the zones and help of the places, in any order.
    mean
        Persons per unit of help in the whole country.
    rules
        How agents choose and when the search stops; the usual ones by default.
    draws
        Draws of the demand carried through, the first ones of each scenario (0: none).
    located
        Zones whose point of departure is known; all by default.

    Raises
    ------
    ParameterError
        When the mean is not a number above 0.
    """
    if not 0 < mean < np.inf:
        raise ParameterError(
            f"L’affluence moyenne vaut {mean}\u202f: elle doit être un nombre positif.",
            remedy="Donnez le nombre de personnes pour une heure d’aide dans tout le pays.",
        )
    rules = replace(rules or Rules.usual(), mean=mean)
    demand, supply = demand.at(times.origins), supply.at(times.places)
    kept = first_draws(demand, draws)
    drawn = None if demand.draws is None or not len(kept) else demand.draws[:, kept]
    found = rational_agents(times.minutes, supply.hours, demand.persons, draws=drawn, rules=rules)
    access = _worth(found.costs, mean)
    placed = np.ones(len(times.origins), dtype=bool) if located is None else located
    return Scores(
        times, demand, supply, _decay(rules, times.t_max), Method.RATIONAL, access,
        access * _told(found, supply.hours, supply.declared),
        access * _told(found, supply.hours, supply.firm),
        None if found.draws is None else _worth(found.draws, mean).astype(np.float32),
        found.loads, float(supply.hours[found.loads <= 0].sum()), placed,
        found.costs, found.gap, kept,
    )  # fmt: skip


def first_draws(demand: Demand, count: int) -> NDArray[np.intp]:
    """Return the ranks of the first draws of each scenario, about ``count`` in all."""
    total = 0 if demand.draws is None else demand.draws.shape[1]
    side = total // demand.sides
    each = min(count // demand.sides, side)
    starts = np.arange(demand.sides)[:, None] * side
    ranks: NDArray[np.intp] = (starts + np.arange(each)).ravel()
    return ranks


def _worth(costs: NDArray[np.floating], mean: float) -> Floats:
    """Return hours per person of a place next door that costs as much; 0 where none is near."""
    paid: Floats = costs.astype(np.float64)
    found: Floats = np.divide(1.0, mean * paid, out=np.zeros_like(paid), where=paid > 0)
    return found


def _told(found: Agents, hours: Floats, part: Floats) -> Floats:
    """Return, of the people of each zone, the share whose place tells what it gives."""
    told: Floats = found.going @ ratios(part, hours)
    return told


def _decay(rules: Rules, t_max: float) -> Decay:
    """Return the name of how time counts: as many minutes as a mean crowd, up to the farthest."""
    label = f"{rules.tau:g} minutes de trajet valent une affluence moyenne"
    return Decay(f"tau{rules.tau:g}", (t_max,), (1.0,), label=label)
