"""Hide small counts for good: complementary suppression between nested or overlapping zones.

A count is confidential below a threshold, be it a zone's or that of a piece of territory found by
subtracting zones. Whoever knows every shown count exactly, and that no count is negative, must not
bound a confidential count more tightly than the threshold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.optimize import linprog

from portrea.base.errors import DataError
from portrea.stats.disclosure import rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class Suppression:
    """What is shown of a set of zones.

    ``zones`` has one row per zone: ``zone``, ``persons``, ``shown``, ``low`` and ``high`` (what can
    be deduced of it from the zones shown; ``high`` is null when nothing bounds it). ``primary``
    and ``complementary`` name the zones hidden for their own sake and for others': for the audit
    only, since telling which is which would help an attacker. ``minimal`` is whether no
    complementary zone could be shown again alone without betraying a confidential count.
    """

    zones: pl.DataFrame
    primary: tuple[str, ...]
    complementary: tuple[str, ...]
    minimal: bool


def suppress(
    zones: pl.DataFrame,
    atoms: pl.DataFrame,
    *,
    threshold: float | None = None,
    income: bool = False,
) -> Suppression:
    """Choose the zones to hide so that no confidential count can be deduced.

    Parameters
    ----------
    zones
        Which atoms make up each zone, columns ``zone`` and ``atom``: IRIS, commune, EPCI, QPV…
        cut into their smallest common pieces.
    atoms
        Persons counted in each atom, columns ``atom`` and ``persons``.
    threshold
        Counts from 1 to below it are confidential; 5 by default, 11 when ``income``.

    Returns
    -------
    Suppression
        The same answer whatever the order of the rows.

    Raises
    ------
    DataError
        When a zone names an unknown atom, an atom is repeated, or a count is negative or unknown.

    Notes
    -----
    While a confidential count is bounded within less than the threshold, the tightest one loses its
    neighbour: among the zones shown that overlap the smallest shown zone around it, the one with
    the fewest persons is hidden (the first name, if equal). Then each zone hidden so, largest
    first, is shown again when that betrays nothing. Bounds are linear programs: ``min`` and ``max``
    of the count subject to every shown total and to ``x ≥ 0``.
    """
    least = rule("threshold_income" if income else "threshold") if threshold is None else threshold
    table = _Table.read(zones, atoms, float(least))
    shown = ~table.primary.copy()
    order: list[int] = []
    while (target := table.tightest(shown)) is not None:
        chosen = table.neighbour(target, shown)
        shown[chosen] = False
        order.append(chosen)
    complementary = table.reopened(shown, order)
    return table.result(shown, complementary)


def attack(
    zones: pl.DataFrame, atoms: pl.DataFrame, shown: Iterable[str]
) -> dict[str, tuple[float, float]]:
    """Return what the zones shown tell of every zone: least and greatest possible count.

    Same tables as :func:`suppress`; ``shown`` names the zones whose counts are known.
    """
    table = _Table.read(zones, atoms, 0.0)
    wanted = set(shown)
    known = np.array([name in wanted for name in table.names])
    return {
        name: table.bounds(row, known) for name, row in zip(table.names, table.members, strict=True)
    }


@dataclass(eq=False)
class _Table:
    """Zones as rows of 0 and 1 over merged atoms (those that the zones cannot tell apart)."""

    names: list[str]
    members: Floats
    persons: Floats
    targets: Floats
    primary: Flags
    threshold: float
    known: dict[tuple[bytes, bytes], tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def read(cls, zones: pl.DataFrame, atoms: pl.DataFrame, threshold: float) -> _Table:
        _check(zones, atoms)
        pairs = zones.select("zone", "atom").unique()
        names = pairs["zone"].unique().sort().to_list()
        codes = pairs["atom"].unique().sort().to_list()
        full = np.zeros((len(names), len(codes)))
        rank = {code: i for i, code in enumerate(codes)}
        place = {name: i for i, name in enumerate(names)}
        for zone, atom in pairs.iter_rows():
            full[place[zone], rank[atom]] = 1.0
        counts = dict(atoms.select("atom", "persons").iter_rows())
        values = np.array([float(counts[code]) for code in codes])
        columns, owner = np.unique(full.T, axis=0, return_inverse=True)
        members = np.ascontiguousarray(columns.T)
        pieces = np.bincount(owner.ravel(), values)
        persons = members @ pieces
        small = (persons > 0) & (persons < threshold)
        tiny = (pieces > 0) & (pieces < threshold)
        targets = np.unique(np.vstack([members[small], np.eye(len(pieces))[tiny]]), axis=0)
        return cls(names, members, persons, targets, small, threshold)

    def bounds(self, target: Floats, shown: Flags) -> tuple[float, float]:
        """Bound one count by every shown total that has to do with it."""
        near = _connected(self.members, target, shown)
        key = target.tobytes(), near.tobytes()
        if key not in self.known:
            self.known[key] = self._solve(target, near)
        return self.known[key]

    def _solve(self, target: Floats, near: Flags) -> tuple[float, float]:
        if not near.any():
            return 0.0, np.inf
        free = (target > 0) & ~self.members[near].any(0)
        equal = {"A_eq": self.members[near], "b_eq": self.persons[near], "method": "highs"}
        low = float(linprog(target, **equal).fun)
        high = np.inf if free.any() else -float(linprog(-target, **equal).fun)
        return max(0.0, low), high

    def width(self, target: Floats, shown: Flags) -> float:
        low, high = self.bounds(target, shown)
        return high - low

    def tightest(self, shown: Flags) -> Floats | None:
        """Return the confidential count that is bounded most tightly, below the threshold."""
        widths = [self.width(target, shown) for target in self.targets]
        if not widths or min(widths) >= self.threshold - TOLERANCE:
            return None
        best: Floats = self.targets[int(np.argmin(np.round(widths, 6)))]
        return best

    def neighbour(self, target: Floats, shown: Flags) -> int:
        """Return the zone to hide: the least populated of those around the target."""
        around = shown & (self.members @ target > 0)
        smallest = self._first(around)
        near = shown & (self.members @ self.members[smallest] > 0)
        inhabited = near & (self.persons > 0)
        return self._first(inhabited if inhabited.any() else near)

    def _first(self, among: Flags) -> int:
        return min(np.flatnonzero(among).tolist(), key=lambda i: (self.persons[i], self.names[i]))

    def safe(self, shown: Flags) -> bool:
        return self.tightest(shown) is None

    def reopened(self, shown: Flags, order: list[int]) -> list[int]:
        """Show again, largest first, what need not be hidden; return what stays hidden."""
        kept = []
        for zone in sorted(order, key=lambda i: (-self.persons[i], self.names[i])):
            shown[zone] = True
            if not self.safe(shown):
                shown[zone] = False
                kept.append(zone)
        return kept

    def result(self, shown: Flags, complementary: list[int]) -> Suppression:
        found = [self.bounds(row, shown) for row in self.members]
        frame = pl.DataFrame(
            {
                "zone": self.names,
                "persons": self.persons,
                "shown": shown,
                "low": [low for low, _ in found],
                "high": [high if np.isfinite(high) else None for _, high in found],
            },
            schema_overrides={"high": pl.Float64},
        )
        return Suppression(
            frame,
            tuple(self.names[i] for i in np.flatnonzero(self.primary)),
            tuple(sorted(self.names[i] for i in complementary)),
            minimal=not any(self._needless(zone, shown) for zone in complementary),
        )

    def _needless(self, zone: int, shown: Flags) -> bool:
        again = shown.copy()
        again[zone] = True
        return self.safe(again)


def _connected(members: Floats, target: Floats, shown: Flags) -> Flags:
    """Return the shown zones tied to the target by a chain of overlaps."""
    reached = target > 0
    while True:
        near: Flags = shown & (members @ reached > 0)
        wider = reached | members[near].any(0)
        if (wider == reached).all():
            return near
        reached = wider


def _check(zones: pl.DataFrame, atoms: pl.DataFrame) -> None:
    repeated = atoms.filter(pl.col("atom").is_duplicated())
    wrong = atoms.filter(
        pl.col("persons").is_null() | ~pl.col("persons").is_finite() | (pl.col("persons") < 0)
    )
    unknown = zones.join(atoms, on="atom", how="anti")
    for faulty, words in (
        (repeated, "est donné plusieurs fois"),
        (wrong, "n’a pas un effectif positif ou nul"),
        (unknown, "n’a pas d’effectif"),
    ):
        if faulty.height:
            raise DataError(
                f"Secret statistique : le morceau de territoire « {faulty['atom'][0]} » {words}.",
                remedy="Donnez à chaque morceau un effectif, une seule fois.",
            )
