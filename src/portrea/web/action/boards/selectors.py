"""The board of a territory: what was noted in a period, beside the period before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from portrea.action.activity import UNKNOWN
from portrea.action.tallies import added, hidden
from portrea.web.action.boards.wording import SPECS, TOTALS, labels, rank
from portrea.web.action.models import Tally, TallyCell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import Q

    from portrea.web.action.boards.periods import Period
    from portrea.web.action.boards.wording import Spec

Counts = dict[str, dict[str, int]]
"""Dimension → value → count."""
LAST = ("", UNKNOWN)
"""Values told last: nothing was said."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line: how many now and in the former period; ``None`` is a small number, hidden.

    ``of`` is among how many it is known, where it is not always: none, it is not known at all.
    """

    label: str
    now: int | None
    before: int | None
    share: float | None = None
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A table with its rows, the most numerous first; ``more`` rows are left to the files."""

    spec: Spec
    rows: tuple[Row, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Board:
    """Everything of a board. ``discreet``: small numbers are hidden."""

    period: Period
    totals: tuple[Row, ...]
    tables: tuple[Shown, ...]
    discreet: bool
    communes: Mapping[str, int] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing was noted in the period."""
        return self.totals[0].now == 0


def board_of(where: Q, period: Period, *, discreet: bool, every: bool = False) -> Board:
    """Return the board of what lies within a condition; ``every`` row, else the first ones.

    Months to count again (:func:`portrea.web.action.services.tallies.recount`) were so already.
    """
    now, before = counts_of(where, period)
    tables = tuple(_table(spec, now, before, discreet, every) for spec in SPECS)
    return Board(period, _totals(now, before, discreet), tables, discreet, now.get("commune", {}))


def counts_of(where: Q, period: Period) -> tuple[Counts, Counts]:
    """Return the counts of a period and of the one before."""
    first, split = period.former.months[0], period.months[0]
    kept = Tally.objects.filter(where, month__gte=first, month__lte=period.months[1])
    parts: tuple[list[bytes], list[bytes]] = ([], [])
    for month, counts in kept.order_by().values_list("month", "counts"):
        parts[month < split].append(counts)
    now, before = (added(part) for part in parts)
    cells = TallyCell.objects.in_bulk({*now, *before})
    return _named(now, cells), _named(before, cells)


def _named(counts: Mapping[int, int], cells: Mapping[int, Any]) -> Counts:
    found: Counts = {}
    for number, count in counts.items():
        cell = cells[number]
        found.setdefault(cell.dimension, {})[cell.value] = count
    return found


def _table(spec: Spec, now: Counts, before: Counts, discreet: bool, every: bool) -> Shown:
    told, former = now.get(spec.dimension, {}), before.get(spec.dimension, {})
    total = now.get("total", {}).get("people" if spec.people else "records", 0)
    values = sorted(
        {*told, *former}, key=lambda one: (one in LAST, rank(spec, one), -told.get(one, 0), one)
    )
    most = len(values) if every else spec.most
    named = labels(spec, values[:most])
    seen, past = (
        hidden(counts, whole=spec.whole) if discreet else counts for counts in (told, former)
    )
    rows = tuple(
        Row(named[one], count := seen.get(one, 0), past.get(one, 0), _share(count, total))
        for one in values[:most]
    )
    return Shown(spec, rows, max(len(values) - most, 0))


def _totals(now: Counts, before: Counts, discreet: bool) -> tuple[Row, ...]:
    told, past = (_summed(one.get("total", {}), discreet) for one in (now, before))
    known = now.get("total", {})
    of: dict[str, int | None] = {
        "known": known.get("known_of", 0),
        "hours": known.get("minutes_of", 0),
    }
    if discreet:
        of = hidden({name: count or 0 for name, count in of.items()}, whole=False)
    return tuple(
        Row(str(TOTALS[name][0]), told[name], past[name], of=of.get(name)) for name in TOTALS
    )


def _summed(total: Mapping[str, int], discreet: bool) -> dict[str, int | None]:
    people = {name: total.get(name, 0) for name in ("records", "people", "known")}
    shown = {
        name: hidden({name: count}, whole=False)[name] if discreet else count
        for name, count in people.items()
    }
    return shown | {"hours": round(total.get("minutes", 0) / 60)}


def _share(count: int | None, total: int) -> float | None:
    return count / total if count is not None and total else None
