"""Priority areas: the need that help does not cover, and how sure it is that an area comes first.

``U_i = C_i · 1[A_i < q]``: the persons concerned of the areas whose access is under a bar. The
count, the rate and the access stay side by side: any of the three may order the table, none is ever
added to another. Times, decay and supply are upstream (``access.py``): here are arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from portrea.reach.priority_areas import Areas, Lacking, grouped, imputed_share
from portrea.reach.priority_tables import PRIORITIES, Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.reach.priority_rules import Rule

    Floats = NDArray[np.float64]
    Draws = NDArray[np.float32]
    Strings = NDArray[np.str_]


def threshold_of(areas: Areas, rule: Rule) -> float:
    """Return the bar on the access: the one told, else a share of the mean of the persons.

    The mean of the access weighted by persons is the supply shared equally among them.
    """
    if rule.threshold is not None:
        return rule.threshold
    return rule.share_of_mean * _mean(areas.access, areas.persons)


def uncovered(areas: Areas, threshold: float) -> Floats:
    """Return the persons concerned of each area under the bar, 0 elsewhere (NaN: unknown).

    An area without any access is uncovered whatever the bar.
    """
    low = (areas.access < threshold) | (areas.access <= 0)
    found = np.where(low, areas.persons, 0.0)
    found[~(np.isfinite(areas.access) & np.isfinite(areas.persons))] = np.nan
    return found


def uncovered_draws(areas: Areas, rule: Rule) -> Draws | None:
    """Return the same in every draw (areas × draws), or nothing without draws.

    A bar that is a share of the mean is taken again in each draw: an error on the number of people
    everywhere moves the access of all, and makes nobody less served than another.
    """
    if areas.draws is None:
        return None
    access = areas.access[:, None] if areas.access_draws is None else areas.access_draws
    low = (access < _bars(areas, access, rule)) | (access <= 0)
    found: Draws = np.where(low, areas.draws, np.float32(0))
    return found


def _bars(areas: Areas, access: NDArray[Any], rule: Rule) -> float | Floats:
    """Return the bar of each draw."""
    if rule.threshold is not None or areas.draws is None:
        return threshold_of(areas, rule)
    known = np.isfinite(areas.persons) & np.isfinite(areas.access)
    people = areas.draws[known].astype(np.float64)
    hours = (people * np.broadcast_to(access[known], people.shape)).sum(axis=0)
    total = people.sum(axis=0)
    mean = np.divide(hours, total, out=np.zeros_like(total), where=total > 0)
    found: Floats = rule.share_of_mean * mean
    return found


def lacking(areas: Areas, rule: Rule) -> Lacking:
    """Return what is uncovered under the bar of the rule."""
    bar = threshold_of(areas, rule)
    return Lacking(areas, uncovered(areas, bar), uncovered_draws(areas, rule), bar)


def prioritise(areas: Areas, rule: Rule, *, owners: Strings | None = None) -> pl.DataFrame:
    """Return the table ``priorities`` of the areas, or of the groups they belong to.

    Parameters
    ----------
    areas
        Need and access of the finest areas known.
    rule
        How many are first, the bar, the order.
    owners
        Group of each area; the areas themselves when absent.

    Notes
    -----
    The rank comes from the central values, ``p_first`` from the draws. ``unrankable`` says that
    leaving out what is imputed makes the area enter or leave the first ones; the bar is then taken
    again on what is known, unless the reader gave one.
    """
    found = _found(areas, rule, owners)
    values, drawn = _ordered(found, rule.order)
    ranks = ranks_of(values)
    first = (ranks <= rule.first) & (found.persons > 0)
    alone = areas.known_only()
    first_known, rank_known = first, ranks
    if alone is not None:
        known = _found(alone, rule, owners)
        rank_known = ranks_of(_ordered(known, rule.order)[0])
        first_known = (rank_known <= rule.first) & (known.persons > 0)
    chances = Chances.of(drawn, found, rule)
    status = _status(found, first, first_known, chances, rule)
    frame = pl.DataFrame(
        {
            **_figures(found, rule),
            "rank": ranks,
            "first": first,
            "p_first": chances.first,
            "p_first_low": chances.least,
            "p_first_high": chances.most,
            "rank_low": chances.low,
            "rank_high": chances.high,
            "rank_known": rank_known,
            "first_known": first_known,
            "status": status,
        },
        strict=False,
    ).with_columns(order=pl.lit(rule.order), threshold=pl.lit(found.threshold))
    return PRIORITIES.conform(frame.with_columns(pl.selectors.float().fill_nan(None)))


@dataclass(frozen=True, eq=False)
class Chances:
    """P(among the first) and interval of the rank of each area; NaN without draws.

    ``least`` and ``most`` are the probabilities of the two scenarios of a measure known between
    bounds, the same otherwise.
    """

    first: Floats
    least: Floats
    most: Floats
    low: Floats
    high: Floats

    @classmethod
    def of(cls, drawn: Draws | None, found: Lacking, rule: Rule) -> Chances:
        """Rank every draw: an area that lacks nothing in a draw is not among its first."""
        unknown = ~np.isfinite(found.persons)
        if drawn is None:
            return cls(*[np.full(len(unknown), np.nan)] * 5)
        ranks = np.empty(drawn.shape, dtype=np.int32)
        for column in range(drawn.shape[1]):
            ranks[:, column] = ranks_of(np.where(unknown, np.nan, drawn[:, column]))
        lacks = np.ones_like(ranks, bool) if found.draws is None else found.draws > 0
        first = (ranks <= rule.first) & lacks
        sides = [half.mean(axis=1) for half in np.split(first, found.areas.sides, axis=1)]
        low, high = _bounds(ranks, rule, found.areas.sides, "inverted_cdf")
        figures = first.mean(axis=1), np.min(sides, axis=0), np.max(sides, axis=0), low, high
        return cls(*(np.where(unknown, np.nan, values).astype(float) for values in figures))


def ranks_of(values: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """Return ranks, 1 for the largest; equal values share theirs, unknown ones come last."""
    known = np.sort(values[np.isfinite(values)])
    ranks = len(known) - np.searchsorted(known, values, side="right") + 1
    found: NDArray[np.int64] = np.where(np.isfinite(values), ranks, len(known) + 1)
    return found


def _found(areas: Areas, rule: Rule, owners: Strings | None) -> Lacking:
    found = lacking(areas, rule)
    return found if owners is None else grouped(found, owners)


def _ordered(found: Lacking, order: str) -> tuple[Floats, Draws | None]:
    """Return what orders the areas, the largest first, and its draws."""
    areas = found.areas
    if order == "persons":
        return found.persons, found.draws
    if order == "share":
        universe = np.where(areas.population > 0, areas.population, np.nan)
        wide = universe[:, None].astype(np.float32)
        rates: Draws | None = None if found.draws is None else found.draws / wide
        return found.persons / universe, rates
    lack: Draws | None = None if areas.access_draws is None else -areas.access_draws
    return np.where(np.isfinite(found.persons), -areas.access, np.nan), lack


def _status(
    found: Lacking,
    first: NDArray[np.bool_],
    first_known: NDArray[np.bool_],
    chances: Chances,
    rule: Rule,
) -> list[str]:
    """Say what may be said of each area; the first condition that holds wins."""
    odds, least, most = chances.first, chances.least, chances.most
    conditions = [
        ~np.isfinite(found.persons),
        first != first_known,
        (found.persons == 0) & ~(most > rule.unlikely),
        ~np.isfinite(odds),
        least >= rule.sure,
        most <= rule.unlikely,
    ]
    names = [
        Status.UNKNOWN,
        Status.UNRANKABLE,
        Status.COVERED,
        Status.UNDRAWN,
        Status.FIRST,
        Status.AFTER,
    ]
    place = np.select(conditions, range(len(names)), default=len(names))
    return [str((*names, Status.UNCERTAIN)[index]) for index in place]


def _figures(found: Lacking, rule: Rule) -> dict[str, Any]:
    """Count, rate and access, each with its interval."""
    areas = found.areas
    universe = np.where(areas.population > 0, areas.population, np.nan)
    persons, lost = _interval(areas.draws, areas, rule), _interval(found.draws, areas, rule)
    access = _interval(areas.access_draws, areas, rule)
    unknown = np.full(len(areas.codes), np.nan)
    return {
        "code": areas.codes,
        "uncovered": found.persons,
        "uncovered_low": lost[0],
        "uncovered_high": lost[1],
        "persons": areas.persons,
        "persons_low": persons[0],
        "persons_high": persons[1],
        "population": areas.population,
        "share": areas.persons / universe,
        "share_low": persons[0] / universe,
        "share_high": persons[1] / universe,
        "access": areas.access,
        "access_low": access[0],
        "access_high": access[1],
        "minutes": unknown if areas.minutes is None else areas.minutes,
        "imputed_share": imputed_share(areas),
    }


def _interval(drawn: Draws | None, areas: Areas, rule: Rule) -> tuple[Floats, Floats]:
    """Return the bounds of draws, unknown without any."""
    if drawn is None:
        blank = np.full(len(areas.codes), np.nan)
        return blank, blank
    return _bounds(drawn, rule, areas.sides)


def _bounds(
    drawn: NDArray[Any],
    rule: Rule,
    sides: int,
    method: Literal["linear", "inverted_cdf"] = "linear",
) -> tuple[Floats, Floats]:
    """Return the bounds of draws, the widest of both scenarios when there are two."""
    tail = (1 - rule.interval) / 2
    halves = [
        np.quantile(half, (tail, 1 - tail), axis=1, method=method)
        for half in np.split(drawn, sides, axis=1)
    ]
    low, high = np.min([half[0] for half in halves], 0), np.max([half[1] for half in halves], 0)
    return low.astype(float), high.astype(float)


def _mean(values: Floats, weights: Floats) -> float:
    known = np.isfinite(values) & np.isfinite(weights)
    total = float(weights[known].sum())
    return float((values[known] * weights[known]).sum() / total) if total > 0 else 0.0
