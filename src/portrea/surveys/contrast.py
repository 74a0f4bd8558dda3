"""Whether groups answer differently, said only when it holds; never why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.estimates import NARROW_SPACE, integer, percent
from portrea.surveys.estimates import Estimate, difference, parameters, share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.surveys.results import Survey

UNLIKELY = 0.05
APART = "Les deux intervalles ne se recouvrent pas."
UNUSUAL = (
    "L’écart dépasse ce que le hasard fait d’habitude ; cet échantillon ne donne pas de marge."
)


@dataclass(frozen=True, slots=True)
class Side:
    """A group: its words, how many of it said yes, the share of it with its interval."""

    label: str
    yes: int
    found: Estimate


def sides_of(
    survey: Survey, name: str, choices: Sequence[str], by: str, groups: Mapping[str, str]
) -> list[Side]:
    """Return the share of those who gave one of some choices, in each group (name → label)."""
    told = survey.answers[name].fill_null("").str.strip_chars()
    own = survey.answers[by].fill_null("").str.strip_chars()
    lists = told.str.split(" ").list
    yes = lists.eval(pl.element().is_in(list(choices))).list.any().to_numpy()
    found = []
    for group, label in groups.items():
        kept = ((own == group) & (told != "")).to_numpy()
        sample = replace(survey.sample.only(kept), population=None)
        found.append(Side(label, int(yes[kept].sum()), share(yes[kept], sample)))
    return found


def contrast_words(sides: Sequence[Side], named: str, *, effect: float = 1.0) -> str:
    """Say the most and the least of groups, empty when the gap may be chance.

    With intervals, the two must not overlap; without (quotas, volunteers), the χ² test of all the
    groups must be below 5 %. Groups of too few answers are left out. ``named`` is what they
    do, ``effect`` the design effect of the weights.
    """
    kept = [one for one in sides if one.found.answers >= parameters()["least_answers"]["value"]]
    if len(kept) < 2:
        return ""
    most = max(kept, key=lambda one: one.found.value)
    least = min(kept, key=lambda one: one.found.value)
    bounded = all(one.found.low is not None for one in (most, least))
    holds = _are_apart(most, least) if bounded else _is_unusual(kept, effect)
    if not holds:
        return ""
    why = APART if bounded else UNUSUAL
    return f"{most.label} : {_said(most)} {named} ; {least.label} : {_said(least)}. {why}"


def _are_apart(most: Side, least: Side) -> bool:
    low, high = most.found.low, least.found.high
    return low is not None and high is not None and low > high


def _is_unusual(sides: Sequence[Side], effect: float) -> bool:
    table = [(one.yes, one.found.answers - one.yes) for one in sides]
    found = difference(table, effect=effect).p
    return found is not None and found < UNLIKELY


def _said(side: Side) -> str:
    found = side.found
    if found.answers < parameters()["caution_below"]["value"]:
        return f"{integer(side.yes)} sur {integer(found.answers)}"
    if found.low is None or found.high is None:
        return percent(found.value)
    low, high = (integer(bound * 100) for bound in (found.low, found.high))
    return f"{percent(found.value)} (entre {low} et {high}{NARROW_SPACE}%)"
