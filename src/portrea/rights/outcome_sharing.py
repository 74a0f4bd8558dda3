"""What the log says outside its team: comparisons with intervals, small counts hidden for good."""

from __future__ import annotations

from dataclasses import dataclass
from operator import ge, le
from typing import TYPE_CHECKING

import polars as pl
from scipy.special import chdtri

from portrea.rights.outcomes import STAGES, words
from portrea.stats.disclosure import rule
from portrea.stats.shares import wilson
from portrea.stats.suppression import suppress

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.rights.outcome_times import Life, Times
    from portrea.rights.outcomes import Marks

Span = tuple[float, float, float]
"""An estimate and its bounds at 95 %."""

OPENED = "opened"
FIRST_ASKED = ("detected", OPENED)
"""Stages that are told before the others: the Cour des comptes asks for them."""
WHOLE = "*"
"""The row of all groups together."""
REST = "reste"
MOST_GROUPS = 8
"""Groups told apart outside; those with fewer cases are counted together."""
MOST_SMALL = 12
"""Small counts from which only the stages asked for are told: the search takes seconds else."""
Z95 = 1.96
TEN_HOURS = 10.0


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of outreach: rights opened among the cases it detected, and by ten hours.

    ``share`` and ``rate`` are ``None`` when there are too few cases, or no hours, to compare.
    """

    detected: int
    opened: int
    hours: float | None
    share: Span | None
    rate: Span | None


def compared(detected: int, opened: int, hours: float | None) -> Compared:
    """Compare one outreach, its cases being taken as a sample of what it may give elsewhere.

    The interval of the share is Wilson's, that of the rate is exact for a Poisson count (Garwood,
    1936). It is a description: nothing says that the outreach is the cause.
    """
    if detected < words()["compare"]["least"]:
        return Compared(detected, opened, hours, None, None)
    low, high = wilson(opened / detected, detected, Z95)
    share = (opened / detected, float(low), float(high))
    return Compared(detected, opened, hours, share, _rate(opened, hours))


def _rate(opened: int, hours: float | None) -> Span | None:
    if not hours:
        return None
    by = TEN_HOURS / hours
    low = float(chdtri(2 * opened, 0.975)) / 2 if opened else 0.0
    return opened * by, low * by, float(chdtri(2 * opened + 2, 0.025)) / 2 * by


def gathered(groups: Mapping[str, Mapping[Marks, int]]) -> dict[str, dict[Marks, int]]:
    """Return the groups with most cases, the others counted together under :data:`REST`."""
    order = sorted(groups, key=lambda name: (-sum(groups[name].values()), name))
    found = {name: dict(groups[name]) for name in order[:MOST_GROUPS]}
    rest: dict[Marks, int] = {}
    for name in order[MOST_GROUPS:]:
        for marks, number in groups[name].items():
            rest[marks] = rest.get(marks, 0) + number
    return found | ({REST: rest} if rest else {})


def shown(groups: Mapping[str, Mapping[Marks, int]]) -> dict[str, dict[str, int | None]]:
    """Return the stages reached by each group and by all (:data:`WHOLE`); ``None`` is hidden.

    No count below the disclosure threshold is shown, nor can be found by subtracting stages or
    groups (:func:`portrea.stats.suppression.suppress`). When the rights opened by all would be
    hidden so, or small counts are many, the other stages are hidden instead: cases followed and
    rights opened are the counts that are asked for.
    """
    small = sum(not enough(n) for counts in groups.values() for n in _pieces(counts).values())
    if small > MOST_SMALL:
        return _shown(groups, FIRST_ASKED)
    found = _shown(groups, STAGES)
    if found[WHOLE][OPENED] is None:
        fewer = _shown(groups, FIRST_ASKED)
        if fewer[WHOLE][OPENED] is not None:
            return fewer
    return found


def _pieces(counts: Mapping[Marks, int]) -> dict[tuple[str, ...], int]:
    """Count the cases of a group by stages reached."""
    found: dict[tuple[str, ...], int] = {}
    for marks, number in counts.items():
        found[marks.reached] = found.get(marks.reached, 0) + number
    return found


def _shown(
    groups: Mapping[str, Mapping[Marks, int]], stages: Sequence[str]
) -> dict[str, dict[str, int | None]]:
    zones: list[tuple[str, str]] = []
    atoms: dict[str, int] = {}
    totals = {name: dict.fromkeys(STAGES, 0) for name in (WHOLE, *groups)}
    for name, counts in groups.items():
        for marks, number in counts.items():
            reached = [stage for stage in marks.reached if stage in stages]
            atom = f"{name}|{'>'.join(reached)}"
            atoms[atom] = atoms.get(atom, 0) + number
            for stage in reached:
                zones += [(f"{one}|{stage}", atom) for one in (WHOLE, name)]
                totals[WHOLE][stage] += number
                totals[name][stage] += number
    safe = _safe(zones, atoms) | {
        f"{name}|{stage}" for name in totals for stage in stages if not totals[name][stage]
    }
    return {
        name: {stage: n if f"{name}|{stage}" in safe else None for stage, n in cells.items()}
        for name, cells in totals.items()
    }


def safe_quartiles(found: Times, lives: Mapping[Life, int]) -> tuple[bool, bool, bool]:
    """Tell which quartiles may be shown outside: not reached, or amid enough rights opened."""
    opened = {life.days: number for life, number in lives.items() if life.end == OPENED}
    first, middle, third = (
        day is None
        or all(
            enough(sum(number for days, number in opened.items() if side(days, day)))
            for side in (le, ge)
        )
        for day in found.quartiles
    )
    return first, middle, third


def _safe(zones: list[tuple[str, str]], atoms: Mapping[str, int]) -> set[str]:
    """Return the cells that may be shown."""
    if not zones:
        return set()
    cells = pl.DataFrame(sorted(set(zones)), schema=["zone", "atom"], orient="row")
    pieces = pl.DataFrame(list(atoms.items()), schema=["atom", "persons"], orient="row")
    told = suppress(cells, pieces).zones
    return set(told.filter(pl.col("shown"))["zone"].to_list())


def enough(count: int, *, income: bool = False) -> bool:
    """Tell whether a figure on so many cases may be shown outside; amounts ask for more."""
    return count >= int(rule("threshold_income" if income else "threshold"))
