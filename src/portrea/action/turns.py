"""Where the next workshops go: priority areas in turn, never twice running in the same one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from portrea.action.planning import Occurrence

    Visit = tuple[str, date]
    """Code of an area, day of a workshop there."""

APART = timedelta(days=60)
"""Two workshops of the same area are at least this far apart."""


@dataclass(frozen=True, slots=True)
class Area:
    """A priority area and the kinds of place it is known to be; none when nobody knows."""

    code: str
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Proposed:
    """Where a workshop goes: code of an area, or nothing.

    ``sure`` is false when no area is known to be of the kind whose turn it is. ``passed`` are the
    areas that come before it and could not be taken, each with why, in French.
    """

    occurrence: Occurrence
    code: str | None
    sure: bool
    passed: tuple[tuple[str, str], ...] = ()


def propose(
    wanted: Sequence[Occurrence],
    areas: Sequence[Area],
    *,
    taken: Sequence[Visit] = (),
    apart: timedelta = APART,
) -> list[Proposed]:
    """Return an area for each occurrence.

    It is an area of the kind whose turn it is; when none is known, one of unknown kind, else any.
    The area least visited comes first, then the one of the highest priority. An area is passed when
    the workshop just before is there too, or when one is planned there less than ``apart`` away.

    Parameters
    ----------
    wanted
        Occurrences in time.
    areas
        In order of priority, the first one first.
    taken
        Workshops that exist already.
    """
    visits = list(taken)
    found = []
    for occurrence in wanted:
        one = _place(occurrence, areas, visits, apart)
        if one.code is not None:
            visits.append((one.code, occurrence.day))
        found.append(one)
    return found


def _place(
    occurrence: Occurrence, areas: Sequence[Area], visits: Sequence[Visit], apart: timedelta
) -> Proposed:
    alike = [one.code for one in areas if not occurrence.turn or occurrence.turn in one.kinds]
    unknown = [one.code for one in areas if not one.kinds]
    pool = alike or unknown or [one.code for one in areas]
    barred = {code: why for code in pool if (why := _barred(code, occurrence.day, visits, apart))}
    counts = Counter(code for code, _ in visits)
    free = [code for code in pool if code not in barred]
    chosen = min(free, key=lambda code: (counts[code], pool.index(code)), default=None)
    before = pool if chosen is None else pool[: pool.index(chosen)]
    passed = tuple((code, barred[code]) for code in before if code in barred)
    return Proposed(occurrence, chosen, bool(alike), passed)


def _barred(code: str, day: date, visits: Sequence[Visit], apart: timedelta) -> str:
    """Say why an area cannot be taken that day; nothing when it can."""
    near = [when for where, when in visits if where == code and abs(when - day) < apart]
    if near:
        return f"un atelier y est prévu le {min(near):%d/%m/%Y}"
    last = max((when for _, when in visits if when <= day), default=None)
    if last is not None and (code, last) in visits:
        return f"le précédent y est déjà, le {last:%d/%m/%Y}"
    return ""
