"""« Et si ? »: what places that open, close or move change for the people of a territory.

Numbers that would tell of an IRIS whose figures are not shown are removed here: a page only has to
write what it receives.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from portrea.base.errors import ParameterError
from portrea.base.estimates import Estimate
from portrea.reach.demand import bounds
from portrea.reach.siting.whatif import what_if
from portrea.steering.what_if_words import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from portrea.base.estimates import Quality
    from portrea.reach.siting.problem import Problem
    from portrea.steering.what_if_ground import Ground
    from portrea.steering.wording import Name

    Floats = NDArray[np.float64]

NO_ONE = 0.5
"""Fewer persons than this are nobody."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Half-days per week that open at places or communes, and places that close."""

    opened: tuple[tuple[int, str], ...] = ()
    closed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.opened or self.closed)

    @property
    def half_days(self) -> int:
        """Half-days added in all."""
        return sum(count for count, _ in self.opened)


@dataclass(frozen=True, slots=True)
class Line:
    """A commune: persons counted, mean minutes before and after, who gains and who loses.

    ``gained`` and ``lost`` are ``None`` where they must not be shown; minutes are ``None`` when
    no place is known within the longest time kept.
    """

    code: str
    name: Name
    persons: Range
    before: float | None
    after: float | None
    near_before: float
    near_after: float
    gained: Range | None
    lost: Range | None

    @property
    def changes(self) -> bool:
        """Whether anything moves there."""
        return self.before != self.after or self.near_before != self.near_after


@dataclass(frozen=True, eq=False)
class Outcome:
    """Before and after: persons within the threshold, who gains, who loses, by commune."""

    minutes: int
    total: Range
    before: Range | None
    after: Range | None
    gained: Range | None
    lost: Range | None
    lines: tuple[Line, ...]


def outcome(ground: Ground, changes: Changes, *, minutes: int) -> Outcome:
    """Return what the changes do within a number of minutes.

    Raises
    ------
    ParameterError
        A place of the changes is unknown, or closes without being open.
    """
    old, new = ground.today, _after(ground, changes, minutes)
    was, now = old <= minutes, new <= minutes
    tally = _Tally(ground)
    gained, lost = now & ~was, was & ~now
    secret = _secret(ground, gained, lost)
    return Outcome(
        minutes=minutes,
        total=tally.everybody(np.ones(len(old), dtype=bool)),
        before=None if len(_mixed(ground, was)) == 1 else tally.everybody(was),
        after=None if len(_mixed(ground, now)) == 1 else tally.everybody(now),
        gained=None if secret is None else tally.everybody(gained),
        lost=None if secret is None else tally.everybody(lost),
        lines=tally.lines((old, new), (was, now), secret),
    )


def _after(ground: Ground, changes: Changes, minutes: int) -> NDArray[np.float32]:
    """Return the minutes to the nearest place once the changes are made."""
    if not changes:
        return ground.today
    problem = ground.problem
    check_known(ground, changes)
    serving = {str(problem.places[row]) for row in problem.existing}
    add = [key for _, key in changes.opened if key not in serving]
    bare = _without_draws(problem)
    answer = what_if(bare, add=add, remove=list(changes.closed), threshold=float(minutes))
    return answer.after.minutes


def check_known(ground: Ground, changes: Changes) -> None:
    """Refuse a place that this territory does not have, or that closes without being open."""
    for key in (*(key for _, key in changes.opened), *changes.closed):
        if key not in ground.row_of:
            raise ParameterError(
                f"Le lieu « {key[:60]} » n’est pas à portée de {ground.subject.name.plain}.",
                remedy="Choisissez une commune ou un lieu de la liste.",
            )
    serves = dict(ground.places.select("id", "serves").iter_rows())
    idle = [key for key in changes.closed if not serves[key]]
    if idle:
        raise ParameterError(
            f"Le lieu « {idle[0][:60]} » ne donne pas cette aide : il ne peut pas fermer.",
            remedy="Choisissez un lieu ouvert de la liste.",
        )


def _without_draws(problem: Problem) -> Problem:
    return replace(problem, draws=None)


def _secret(
    ground: Ground, gained: NDArray[np.bool_], lost: NDArray[np.bool_]
) -> frozenset[int] | None:
    """Return the communes whose changes must not be shown; ``None``: nor the totals.

    Where an IRIS is not shown, the changes of a part of its commune would tell of it. When one
    commune alone is so, the totals minus the others would: the smallest other change goes too, and
    without any other, the totals.
    """
    changed = {row for mask in (gained, lost) for row in np.unique(ground.owner[mask]).tolist()}
    mixed = _mixed(ground, gained) | _mixed(ground, lost)
    if len(mixed) != 1:
        return frozenset(mixed)
    others = sorted(changed - mixed, key=lambda row: (_moved(ground, row, gained | lost), row))
    return frozenset({*mixed, others[0]}) if others else None


def _mixed(ground: Ground, mask: NDArray[np.bool_]) -> set[int]:
    """Return the communes with an IRIS that is not shown, of which a part only is in the mask."""
    part = {row: mask[ground.owner == row] for row in ground.hidden}
    return {row for row, inside in part.items() if 0 < inside.sum() < len(inside)}


def _moved(ground: Ground, row: int, mask: NDArray[np.bool_]) -> float:
    return float(ground.demand.persons[mask & (ground.owner == row)].sum())


class _Tally:
    """Sums of persons with their ranges, over the territory or commune by commune."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.count = len(ground.communes)

    def everybody(self, mask: NDArray[np.bool_]) -> Range:
        """Return the persons of some IRIS together."""
        rows = np.flatnonzero(mask)
        drawn = self.ground.demand.draws
        value = self.ground.demand.persons[rows].sum(keepdims=True)
        draws = None if drawn is None else drawn[rows].sum(axis=0, keepdims=True)
        return self._ranges(value, draws)[0]

    def by_commune(self, mask: NDArray[np.bool_], communes: Sequence[int]) -> dict[int, Range]:
        """Return the persons of some IRIS in each of these communes."""
        demand, owner = self.ground.demand, self.ground.owner
        if not communes:
            return {}
        weights = (owner[None, :] == np.asarray(communes)[:, None]) & mask[None, :]
        value = weights @ demand.persons
        draws = None if demand.draws is None else weights.astype(np.float32) @ demand.draws
        return dict(zip(communes, self._ranges(value, draws), strict=True))

    def _ranges(self, values: Floats, draws: NDArray[np.float32] | None) -> list[Range]:
        quality = self.ground.quality
        if draws is None:
            return [Range(*[Estimate(v, v, v, quality)] * 2) for v in values.tolist()]
        found = bounds(draws, self.ground.demand.sides)
        low, high = (
            np.minimum(found[:, :2], values[:, None]),
            np.maximum(found[:, 2:], values[:, None]),
        )
        return [
            _range(value, *ends, quality=quality)
            for value, ends in zip(values.tolist(), np.hstack([low, high]).tolist(), strict=True)
        ]

    def lines(
        self,
        times: tuple[NDArray[np.float32], NDArray[np.float32]],
        near: tuple[NDArray[np.bool_], NDArray[np.bool_]],
        secret: frozenset[int] | None,
    ) -> tuple[Line, ...]:
        """Return every commune of the territory, by name."""
        was, now = near
        means = [self._means(each) for each in times]
        shares = [self._shares(each) for each in near]
        every = list(range(self.count))
        persons = self.by_commune(np.ones(len(was), dtype=bool), every)
        changed = np.unique(self.ground.owner[was != now]).tolist()
        gained, lost = (self.by_commune(mask, changed) for mask in (now & ~was, was & ~now))
        gone = frozenset(every) if secret is None else secret
        nobody = Range(*[Estimate(0.0, 0.0, 0.0, self.ground.quality)] * 2)
        return tuple(
            Line(
                code=code,
                name=name,
                persons=persons[row],
                before=means[0][row],
                after=means[1][row],
                near_before=shares[0][row],
                near_after=shares[1][row],
                gained=None if row in gone and row in gained else gained.get(row, nobody),
                lost=None if row in gone and row in lost else lost.get(row, nobody),
            )
            for row, (code, name) in enumerate(self.ground.communes)
        )

    def _means(self, minutes: NDArray[np.float32]) -> list[float | None]:
        """Mean minutes of each commune, by persons (plain where nobody is counted)."""
        known = np.isfinite(minutes)
        plain = known * 1e-6
        weights = np.where(known, self.ground.demand.persons, 0) + plain
        sums = np.bincount(
            self.ground.owner, weights * np.where(known, minutes, 0), minlength=self.count
        )
        total = np.bincount(self.ground.owner, weights, minlength=self.count)
        return [s / t if t > 0 else None for s, t in zip(sums, total, strict=True)]

    def _shares(self, near: NDArray[np.bool_]) -> list[float]:
        """Part of the IRIS of each commune that is near (for the map)."""
        count = np.bincount(self.ground.owner, minlength=self.count)
        inside = np.bincount(self.ground.owner, near, minlength=self.count)
        shares: list[float] = (inside / np.maximum(count, 1)).tolist()
        return shares


def _range(
    value: float, low: float, low80: float, high80: float, high: float, *, quality: Quality
) -> Range:
    if high < NO_ONE:
        return Range(*[Estimate(0.0, 0.0, 0.0, quality)] * 2)
    wide = Estimate(value, max(low, 0.0), high, quality)
    return Range(wide, Estimate(value, max(low80, 0.0), high80, quality))
