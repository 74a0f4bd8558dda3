"""The answer to a person: places in order, what each one costs and why, and whom to call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from portrea.offer.orientation.doors import MAYBE, SILENT, YES
from portrea.offer.orientation.openings import NEVER
from portrea.offer.orientation.rules import rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from portrea.offer.orientation.board import Board

    Ints = NDArray[np.int64]

LEVELS = ("nomme", "organisme", "declare", "france_services", "suppose", "oriente")
"""On what grounds a door answers, from the best."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One place of the answer, by its best door.

    ``points`` are minutes by component; ``opens`` minutes since midnight of the day asked, ``None``
    when no opening is known; ``asks`` the constraints to confirm by telephone, ``told`` those met.
    """

    id: str
    row: int
    service: int
    presence: int
    minutes: float
    total: float
    points: Mapping[str, float]
    level: str
    opens: int | None
    open_on_arrival: bool
    sure: bool
    timeless: bool
    hours_known: bool
    remote: bool
    at_home: bool
    asks: tuple[str, ...]
    told: tuple[str, ...]
    near: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Places in order: ``rows`` are doors, one by place.

    ``near`` is false when nothing is within reach: a telephone is then proposed first.
    """

    board: Board
    rows: Ints
    near: bool
    _kept: Ints = field(repr=False)
    _aside: Mapping[str, Ints] = field(repr=False)
    _columns: Mapping[str, NDArray[np.generic]] = field(repr=False)

    @property
    def total(self) -> int:
        """How many places answer, those that are not ranked included."""
        return int(self._places(self._kept).size)

    def left_out(self) -> dict[str, Ints]:
        """Return the other places looked at, by the first reason that leaves them out."""
        done = np.zeros(len(self.board.ids), dtype=bool)
        done[self._places(self._kept)] = True
        found = {}
        for name, rows in self._aside.items():
            places = self._places(rows)
            found[name] = places[~done[places]]
            done[places] = True
        return found

    def _places(self, rows: Ints) -> Ints:
        """Return the places of some doors, each once, in order."""
        if not rows.size:
            return rows
        marked = np.zeros(len(self.board.ids), dtype=bool)
        marked[self.board.place[rows]] = True
        return np.flatnonzero(marked)

    def ranked(self, start: int = 0, stop: int | None = None) -> tuple[Ranked, ...]:
        """Return some places of the answer; the three best by default."""
        last = start + rules().best if stop is None else stop
        return tuple(self._one(at) for at in range(start, min(last, self.rows.size)))

    def _one(self, at: int) -> Ranked:
        row = int(self.rows[at])
        told = {name: column[at] for name, column in self._columns.items()}
        asks, said = _constraints_at(told)
        start = int(told["opens"])
        return Ranked(
            id=self.board.ids[self.board.place[row]],
            row=row,
            service=int(self.board.rank[row, 0]),
            presence=int(self.board.rank[row, 1]),
            minutes=float(told["minutes"]),
            total=float(told["total"]),
            points={name[7:]: float(told[name]) for name in told if name.startswith("points:")},
            level=LEVELS[int(told["level"])],
            opens=None if start == NEVER else start,
            open_on_arrival=bool(told["open"]),
            sure=bool(told["sure"]),
            timeless=bool(told["timeless"]),
            hours_known=bool(self.board.openings.known[row]),
            remote=bool(self.board.remote[row]),
            at_home=bool(told["at_home"]),
            asks=asks,
            told=said,
            near=bool(told["near"]),
        )

    def to_call(self, most: int = 3) -> tuple[tuple[str, str], ...]:
        """Return places to telephone, by identifier and number: those that do more than direct."""
        found: list[tuple[str, str]] = []
        level = self._columns["level"].astype(np.int64)
        for at in np.flatnonzero(level < LEVELS.index("oriente")).tolist():
            place = int(self.board.place[self.rows[at]])
            phone = self.board.phones[place]
            if phone and phone not in {number for _, number in found}:
                found.append((self.board.ids[place], phone))
            if len(found) == most:
                break
        return tuple(found)


def _constraints_at(told: Mapping[str, np.generic]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    said = {name[5:]: int(value) for name, value in told.items() if name.startswith("said:")}
    asks = tuple(name for name, value in said.items() if value in (MAYBE, SILENT))
    return asks, tuple(name for name, value in said.items() if value in (MAYBE, YES))
