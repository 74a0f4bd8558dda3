"""What may be said of a right after several computations of one household, some answers missing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from portrea.rights.catalogue import parameters, rights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from portrea.rights.catalogue import Right

STEP = 10
CLOSE = 5
"""Euros: amounts closer than that are one; a wider range is rounded to ``STEP``."""


class Saying(StrEnum):
    """How sure a hint is."""

    PROBABLE = "probable"
    POSSIBLE = "possible"
    UNSURE = "incertain"
    NO = "non"


class Cover(StrEnum):
    """What the health cover would be."""

    FREE = "gratuite"
    PAYING = "participation"
    UNSURE = "incertain"
    NO = "non"


@dataclass(frozen=True, slots=True)
class Hint:
    """A right, how sure it is, and its amount from ``low`` to ``high`` (euros, at its own pace).

    ``stale`` tells that its amounts are older than their last renewal, or that a reform was not
    verified: then nothing is sure, neither yes nor no.
    """

    right: Right
    saying: Saying
    low: float = 0
    high: float = 0
    stale: bool = False
    cover: Cover | None = None


def hint_of(name: str, found: Mapping[str, Sequence[Any]], *, day: date) -> Hint:
    """Return the hint of a right from the amounts of each scenario (variable → values)."""
    right = rights()[name]
    if name == "c2s":
        return _cover_hint(right, found)
    values = [float(value) for value in found[right.variable]]
    stale = right.is_stale(day) or bool(right.doubt)
    low, high = _range(values)
    return Hint(right, _saying(values, stale=stale), low, high, stale)


def cover_of(resources: float, ceiling: float) -> Cover:
    """Return the health cover of a household, where the ceiling known is an old one.

    It only rises: below the old one the answer is sure, a little above nobody can tell.
    """
    told = parameters()["c2s"]
    margin, paying = float(told["margin"]), ceiling * float(told["paying"])
    if resources <= ceiling:
        return Cover.FREE
    if resources <= ceiling * margin:
        return Cover.UNSURE
    if resources <= paying:
        return Cover.PAYING
    return Cover.UNSURE if resources <= paying * margin else Cover.NO


def scenarios(unknown: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Return every way to fill the answers that are missing, the last one varying fastest."""
    return [dict(zip(unknown, values, strict=True)) for values in product(*unknown.values())]


def worth_asking(
    unknown: Mapping[str, Sequence[Any]], found: Mapping[str, Sequence[float]]
) -> list[str]:
    """Return the missing answers that, the others equal, change what is said of a right."""
    rows = scenarios(unknown)
    asked = []
    for name in unknown:
        groups: dict[tuple[Any, ...], list[int]] = {}
        for rank, row in enumerate(rows):
            others = tuple(value for key, value in row.items() if key != name)
            groups.setdefault(others, []).append(rank)
        if any(_differ(values, ranks) for values in found.values() for ranks in groups.values()):
            asked.append(name)
    return asked


def _differ(values: Sequence[float], ranks: Sequence[int]) -> bool:
    told = [float(values[rank]) for rank in ranks]
    return max(told) - min(told) > CLOSE


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    if high - low <= CLOSE:
        return round(low), round(high)
    return STEP * floor(low / STEP), STEP * ceil(high / STEP)


def _saying(values: Sequence[float], *, stale: bool) -> Saying:
    open_to = sum(value > 0 for value in values)
    if not open_to:
        return Saying.UNSURE if stale else Saying.NO
    return Saying.PROBABLE if open_to == len(values) and not stale else Saying.POSSIBLE


def _cover_hint(right: Right, found: Mapping[str, Sequence[Any]]) -> Hint:
    resources, ceilings = (found[variable] for variable in right.also)
    covers = {cover_of(*pair) for pair in zip(resources, ceilings, strict=True)}
    if covers == {Cover.NO}:
        return Hint(right, Saying.NO, stale=True, cover=Cover.NO)
    if len(covers) == 1 and Cover.UNSURE not in covers:
        return Hint(right, Saying.PROBABLE, stale=True, cover=covers.pop())
    sure = Saying.POSSIBLE if covers - {Cover.UNSURE, Cover.NO} else Saying.UNSURE
    return Hint(right, sure, stale=True, cover=Cover.UNSURE)
