"""« Et si ? »: what places that open, close or move change for the people of a territory.

Numbers that would tell of an IRIS whose figures are not shown are removed here: a page only has to
write what it receives.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from portrea.base.errors import ParameterError
from portrea.base.estimates import Estimate
from portrea.reach.demand import bounds
from portrea.reach.siting.whatif import what_if
from portrea.steering.display import parameters
from portrea.steering.what_if_ranges import nobody, ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from portrea.reach.siting.problem import Problem
    from portrea.steering.what_if_ground import Ground
    from portrea.steering.what_if_words import Range
    from portrea.steering.wording import Name

    Floats = NDArray[np.float64]

PER = 100.0
"""Help is told for that many persons."""
CLOSER = 1.0
"""Minutes by which a place must be nearer to be said so."""
TINY = 1e-9


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
    help_before: Estimate
    help_after: Estimate

    @property
    def changes(self) -> bool:
        """Whether anything moves there."""
        return self.before != self.after or self.help_before != self.help_after


@dataclass(frozen=True, eq=False)
class Outcome:
    """Before and after: persons within the threshold, who gains, who loses, by commune."""

    minutes: float
    total: Range
    before: Range | None
    after: Range | None
    gained: Range | None
    lost: Range | None
    lines: tuple[Line, ...]
    closer: Range
    farther: Range
    near_before: Estimate
    near_after: Estimate
    help_before: Estimate
    help_after: Estimate
    help_change: Estimate
    declared: float | None

    @property
    def nobody_moves(self) -> bool:
        """Whether nobody passes from one side of the threshold to the other."""
        return all(found is not None and found.none for found in (self.gained, self.lost))


def outcome(ground: Ground, changes: Changes, *, minutes: float) -> Outcome:
    """Return what the changes do within a number of minutes.

    Raises
    ------
    ParameterError
        A place of the changes is unknown, or closes without being open.
    """
    old, new = ground.today, _after(ground, changes, minutes)
    was, now = old <= minutes, new <= minutes
    tally = _Tally(ground)
    helped, helped_after = _helped(ground, changes)
    gained, lost = now & ~was, was & ~now
    secret = _secret(ground, gained, lost)
    return Outcome(
        minutes=minutes,
        total=tally.everybody(np.ones(len(old), dtype=bool)),
        before=None if len(_mixed(ground, was)) == 1 else tally.everybody(was),
        after=None if len(_mixed(ground, now)) == 1 else tally.everybody(now),
        gained=None if secret is None else tally.everybody(gained),
        lost=None if secret is None else tally.everybody(lost),
        lines=tally.lines((old, new), (was, now), secret, (helped, helped_after)),
        closer=tally.everybody(_sooner(new, old)),
        farther=tally.everybody(_sooner(old, new)),
        near_before=tally.share(was),
        near_after=tally.share(now),
        help_before=tally.help(helped),
        help_after=tally.help(helped_after),
        help_change=tally.help(_difference(helped, helped_after)),
        declared=_declared(ground),
    )


def _sooner(new: NDArray[np.float32], old: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return who has a place at least one minute nearer."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.isfinite(new) & ~(new > old - CLOSER))


def _declared(ground: Ground) -> float | None:
    """Return the part of the hours within reach of the territory whose opening is told."""
    shared, total = ground.shared, float(ground.shared.hours.sum())
    return float(shared.declared.sum()) / total if total > 0 else None


Help = tuple["NDArray[np.float64]", "NDArray[np.float32] | None"]


def _helped(ground: Ground, changes: Changes) -> tuple[Help, Help]:
    """Return the help each person can count on before and after, in hours a week.

    A place alone changes: ``A_i`` moves by ``w_ij ΔS_j / Σ_k w_kj C_k``, the others stay.
    """
    values, draws = ground.help_today
    if not changes:
        return (values, draws), (values, draws)
    after, drawn = values.copy(), None if draws is None else draws.copy()
    for row, hours in _supplied(ground, changes):
        who, weight = ground.shared.catchment(row)
        people = ground.shared.demand
        added = np.zeros(len(people.codes))
        added[who] = weight
        mine = ground.of_mine(added)
        after += mine * _per(hours, weight @ people.persons[who])
        if drawn is not None and people.draws is not None:
            given = _per(hours, weight.astype(np.float32) @ people.draws[who])
            touched = np.flatnonzero(mine)
            drawn[touched] += np.outer(mine[touched], given).astype(np.float32)
    drawn = None if drawn is None else np.maximum(drawn, 0)
    return (values, draws), (np.maximum(after, 0), drawn)


def _difference(before: Help, after: Help) -> Help:
    drawn = None if before[1] is None or after[1] is None else after[1] - before[1]
    return after[0] - before[0], drawn


def _supplied(ground: Ground, changes: Changes) -> list[tuple[int, float]]:
    """Return the column of each place that changes and the hours of help it wins or loses."""
    half_day = float(parameters("what_if")["half_day_hours"]["value"])
    more = [(ground.row_of[key], count * half_day) for count, key in changes.opened]
    rows = [ground.row_of[key] for key in changes.closed]
    return more + [(row, -float(ground.shared.hours[row])) for row in rows]


def _per(hours: float, people: Any) -> Any:
    return np.divide(hours, people, out=np.zeros_like(people), where=np.asarray(people) > 0)


def _after(ground: Ground, changes: Changes, minutes: float) -> NDArray[np.float32]:
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

    def share(self, mask: NDArray[np.bool_]) -> Estimate:
        """Return the share of the persons who are in the mask."""
        demand, quality = self.ground.demand, self.ground.quality
        total = float(demand.persons.sum())
        value = float(demand.persons[mask].sum()) / total if total else 0.0
        if demand.draws is None:
            return Estimate(value, value, value, quality)
        part, whole = demand.draws[mask].sum(axis=0), demand.draws.sum(axis=0)
        drawn = np.divide(part, whole, out=np.full_like(whole, value), where=whole > 0)
        found = bounds(drawn[None, :], demand.sides)[0]
        return Estimate(value, min(found[0], value), min(max(found[3], value), 1.0), quality)

    def help(self, helped: Help) -> Estimate:
        """Return the hours of help a week for a hundred persons of the territory."""
        demand, quality = self.ground.demand, self.ground.quality
        values, draws = helped
        value = PER * float(values @ demand.persons / max(demand.persons.sum(), TINY))
        if draws is None or demand.draws is None:
            return Estimate(value, value, value, quality)
        total = demand.draws.sum(axis=0)
        given = np.einsum("ij,ij->j", draws, demand.draws)
        drawn = PER * np.divide(given, total, out=np.full_like(total, value / PER), where=total > 0)
        found = bounds(drawn[None, :], demand.sides)[0]
        return Estimate(value, float(min(found[0], value)), float(max(found[3], value)), quality)

    def _aid(self, values: Floats) -> list[Estimate]:
        """Return the same hours for each commune, without range."""
        persons, owner = self.ground.demand.persons, self.ground.owner
        given = np.bincount(owner, values * persons, minlength=self.count)
        people = np.bincount(owner, persons, minlength=self.count)
        found = PER * given / np.maximum(people, TINY)
        return [Estimate(v, v, v, self.ground.quality) for v in found.tolist()]

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
        ground = self.ground
        return ranges(values, draws, sides=ground.demand.sides, quality=ground.quality)

    def lines(
        self,
        times: tuple[NDArray[np.float32], NDArray[np.float32]],
        near: tuple[NDArray[np.bool_], NDArray[np.bool_]],
        secret: frozenset[int] | None,
        helped: tuple[Help, Help],
    ) -> tuple[Line, ...]:
        """Return every commune of the territory, by name."""
        aid = [self._aid(values) for values, _ in helped]
        was, now = near
        means = [self._means(each) for each in times]
        shares = [self._shares(each) for each in near]
        persons = self.ground.persons
        changed = np.unique(self.ground.owner[was != now]).tolist()
        gained, lost = (self.by_commune(mask, changed) for mask in (now & ~was, was & ~now))
        gone = frozenset(range(self.count)) if secret is None else secret
        none = nobody(self.ground.quality)
        return tuple(
            Line(
                code=code,
                name=name,
                persons=persons[row],
                before=means[0][row],
                after=means[1][row],
                near_before=shares[0][row],
                near_after=shares[1][row],
                gained=None if row in gone and row in gained else gained.get(row, none),
                lost=None if row in gone and row in lost else lost.get(row, none),
                help_before=aid[0][row],
                help_after=aid[1][row],
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
