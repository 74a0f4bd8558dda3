"""The right doors first: what leaves a door out, what its minutes are made of.

The rules are those of ``params/orientation.yaml``: a point is a minute of travel, points add up,
and each is kept with the answer so that the page can say why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.offer.orientation.answer import LEVELS, Answer
from portrea.offer.orientation.asked import NONE
from portrea.offer.orientation.board import BIT, ORGANIZATION_BIT
from portrea.offer.orientation.doors import MAYBE, NO, SILENT, YES
from portrea.offer.orientation.openings import NEVER, Window
from portrea.offer.orientation.procedures import procedure_of
from portrea.offer.orientation.rules import rules
from portrea.offer.record import Block
from portrea.vocab.hours import MIDNIGHT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from portrea.offer.orientation.asked import Asked
    from portrea.offer.orientation.board import Board
    from portrea.offer.orientation.openings import Following
    from portrea.offer.orientation.procedures import Procedure

    Real = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

MOST = 25
"""Places ranked for a page, the three best included."""
AFTER = 1e6
"""More than any total: what is to be asked by telephone comes after."""
BATCH = 120
"""Doors whose next opening is looked for first."""
_SERVED_BY_FRANCE_SERVICES = {Block.AIDE, Block.EQUIPEMENT, Block.INFORMATION}


# -- ranking --------------------------------------------------------------------------------------


def rank(
    board: Board,
    asked: Asked,
    rows: Ints,
    minutes: Real,
    *,
    now: datetime,
    visiting: Real | None = None,
    most: int | None = MOST,
) -> Answer:
    """Return the places that answer a situation, the best first.

    Parameters
    ----------
    board
        Every door.
    asked
        The person's situation.
    rows, minutes
        Doors looked at (:meth:`Board.box`), and the travel time to each in the person's way of
        travelling; NaN when it is not known.
    now
        What the clocks show where the person is, without offset.
    visiting
        Minutes by car, for those who come to the person; ``minutes`` by default.
    most
        How many places are ranked, exactly; all of them when ``None``.

    Notes
    -----
    ``total = travel + waiting + freshness + saturation + service + constraint``, smallest first
    among places that meet the constraints, then among those that are to be asked by telephone.
    Waiting is never negative: a door that costs more without it than the last one wanted costs
    with it cannot come before, and its next opening is not looked for.
    """
    search = _Search(board, asked, _Doors(rows, minutes, visiting), now)
    at, aside = search.kept()
    base = search.base(at)
    chosen, columns = search.first(at, base, most)
    doors = rows[chosen]
    order = np.lexsort((doors, columns["total"], columns["group"]))
    _, first = np.unique(board.place[doors][order], return_index=True)
    order = order[np.sort(first)][:most]
    told = {name: column[order] for name, column in columns.items()}
    near = bool(base["near"].any())
    return Answer(board, doors[order], near, rows[at], aside, told)


def _last_of(keys: Real, places: Ints, most: int) -> float:
    """Return what the last of the first places costs, infinite when there are fewer."""
    order = np.argsort(keys, kind="stable")
    _, first = np.unique(places[order], return_index=True)
    costs = np.sort(keys[order][first])
    return float(costs[most - 1]) if costs.size >= most else float("inf")


@dataclass(frozen=True, slots=True)
class _Doors:
    """The doors looked at, and how far they are."""

    rows: Ints
    minutes: Real
    visiting: Real | None


class _Search:
    """One question asked of the board; ``at`` are ranks among the doors looked at."""

    def __init__(self, board: Board, asked: Asked, doors: _Doors, now: datetime) -> None:
        self.board, self.asked, self.rules, self.rows = board, asked, rules(), doors.rows
        self.need = asked.need or Block.INFORMATION
        self.procedure = (
            procedure_of(asked.procedure) if asked.procedure not in (None, NONE) else None
        )
        self.minute = now.hour * 60 + now.minute
        self.day = board.on(now.date())
        self.window = Window(asked.evening, asked.saturday)
        self.comes = self._who_comes(doors)
        self.minutes = self._travel(doors.minutes)
        self.level = self._level()

    def _who_comes(self, doors: _Doors) -> Flags:
        """Tell those who come to the person, when she asked for it."""
        if not self.asked.home:
            return np.zeros(self.rows.size, dtype=bool)
        visiting = doors.minutes if doors.visiting is None else doors.visiting
        comes: Flags = (self.board.home[self.rows] >= MAYBE) & (visiting <= self.rules.near_home)
        return comes

    def _travel(self, minutes: Real) -> Real:
        """Return the minutes that count: none for who comes, a flat cost at a distance."""
        points = self.rules.points
        remote = self.board.remote[self.rows] & np.isfinite(minutes)
        travel = np.where(remote, float(points["a_distance"]), minutes)
        return np.where(self.comes, float(points["a_domicile"]), travel)

    # -- what leaves a door out --------------------------------------------------------------------

    def kept(self) -> tuple[Ints, dict[str, Ints]]:
        """Return the doors that answer, and the others by reason, the first that applies."""
        board, aside = self.board, {"unlocated": self.rows[np.isnan(self.minutes)]}
        at = np.flatnonzero(self.minutes <= self._farthest())
        at = self._without(at, "closed", board.closed[self.rows[at]], aside)
        at = self._without(at, "need", self.level[at] == len(LEVELS), aside)
        at = self._without(at, "ended", self.day.ended[self.rows[at]], aside)
        at = self._without(at, "not_public", ~board.public[self.rows[at]], aside)
        for name in self.asked.constraints:
            said = self.said(name, at)
            refused = (said == NO) if self.rules.silence[name] else (said <= SILENT)
            at = self._without(at, name, refused, aside)
        return at, aside

    def _farthest(self) -> float:
        """Return the minutes beyond which nothing is shown: further when nothing is nearer."""
        most = float(self.rules.visible[self.asked.way])
        board, rows = self.board, self.rows
        able = (self.level < len(LEVELS)) & board.public[rows]
        able &= ~board.closed[rows] & ~self.day.ended[rows]
        answering = self.minutes[able & np.isfinite(self.minutes)]
        if not answering.size or float(np.min(answering)) <= most:
            return most
        return float(np.sort(answering)[min(self.rules.best, answering.size) - 1])

    def _without(self, at: Ints, reason: str, refused: Flags, aside: dict[str, Ints]) -> Ints:
        aside[reason] = self.rows[at[refused]]
        return at[~refused]

    def said(self, name: str, at: Ints) -> Ints:
        """Return what doors say of a constraint."""
        board, rows = self.board, self.rows[at]
        if name == "langue":
            return board.language(self.asked.language or "")[rows].astype(np.int64)
        if name == "fauteuil":
            return board.wheelchair[rows]
        if name == "femmes":
            return board.women[rows]
        if name == "domicile":
            return np.where(self.comes[at], board.home[rows], SILENT)
        opens = self.day.openings.any_in(rows, self.window)
        return np.where(opens, YES, np.where(board.openings.known[rows], NO, SILENT))

    # -- on what grounds it answers ----------------------------------------------------------------

    def _level(self) -> Ints:
        """Return the rank in :data:`LEVELS` of each door, the number of levels when it is none."""
        board, rows = self.board, self.rows
        level = np.full(rows.size, len(LEVELS), dtype=np.int64)
        declared_bits, supposed_bits = board.blocks[rows], board.supposed[rows]
        for block, name in self.rules.answers[self.need].items():
            bit, declared = BIT[Block(block)], LEVELS.index(name)
            supposed = max(declared, LEVELS.index("suppose"))
            for bits, grounds in ((supposed_bits, supposed), (declared_bits, declared)):
                level = np.where(bits & bit, np.minimum(level, grounds), level)
        if self.need in _SERVED_BY_FRANCE_SERVICES:
            supposed = LEVELS.index("suppose")
            labelled = board.france_services[rows] & (level == supposed)
            level[labelled] = LEVELS.index("france_services")
        if self.procedure is not None:
            self._of_procedure(level, self.procedure)
        return level

    def _of_procedure(self, level: Ints, procedure: Procedure) -> None:
        board, rows = self.board, self.rows
        bits = sum(ORGANIZATION_BIT[one.code] for one in procedure.organizations)
        level[(board.is_organization[rows] & bits) > 0] = LEVELS.index("organisme")
        named = (board.names[rows] & bits) > 0
        level[named | board.told(procedure.code)[rows]] = LEVELS.index("nomme")

    # -- points ------------------------------------------------------------------------------------

    def first(
        self, at: Ints, base: Mapping[str, NDArray[np.generic]], most: int | None
    ) -> tuple[Ints, dict[str, NDArray[np.generic]]]:
        """Return doors among which the best places surely are, and all that is told of them."""
        if most is None or at.size <= BATCH:
            return at, self.columns(at, base)
        least = base["base"].astype(float) + AFTER * base["group"].astype(float)
        batch = np.argpartition(least, BATCH)[:BATCH]
        columns = self.columns(at[batch], {k: v[batch] for k, v in base.items()})
        keys = columns["total"].astype(float) + AFTER * columns["group"].astype(float)
        last = _last_of(keys, self.board.place[self.rows[at[batch]]], most)
        if last < float(np.max(least[batch])):
            return at[batch], columns
        least[batch] = np.inf
        more = np.flatnonzero(least <= last)
        others = self.columns(at[more], {k: v[more] for k, v in base.items()})
        united = {k: np.concatenate([v, others[k]]) for k, v in columns.items()}
        return at[np.concatenate([batch, more])], united

    def base(self, at: Ints) -> dict[str, NDArray[np.generic]]:
        """Return what is told of doors without looking for their next opening."""
        rows, travel, points = self.rows[at], self.minutes[at], self.rules.points
        said = {name: self.said(name, at) for name in self.asked.constraints}
        by_level = np.array([points["service"][name] for name in LEVELS], dtype=float)
        group, perhaps = np.zeros(rows.size), np.zeros(rows.size)
        for value in said.values():
            group[value == SILENT] = 1
            perhaps += np.where(value == MAYBE, float(points["contrainte"]), 0.0)
        parts = {
            "travel": travel,
            "freshness": self.day.freshness[rows],
            "saturation": self.board.saturation[rows],
            "service": by_level[self.level[at]],
            "constraint": perhaps,
        }
        near = (travel <= self.rules.near[self.asked.way]) | self.board.remote[rows]
        return {
            "base": np.sum(list(parts.values()), axis=0),
            "group": group,
            "level": self.level[at],
            "minutes": travel,
            "near": near,
            "at_home": self.comes[at],
            **{f"points:{name}": value for name, value in parts.items()},
            **{f"said:{name}": value for name, value in said.items()},
        }

    def columns(
        self, at: Ints, base: Mapping[str, NDArray[np.generic]]
    ) -> dict[str, NDArray[np.generic]]:
        """Return all that is told of doors, column by column."""
        rows = self.rows[at]
        arrival = np.floor(self.minute + self.minutes[at]).astype(np.int64)
        following = self.day.openings.after(
            rows, arrival, left=self.rules.least_left, window=self.window
        )
        waiting = self._waiting(rows, following, arrival)
        return {
            **base,
            "total": base["base"].astype(float) + waiting,
            "points:waiting": waiting,
            "opens": following.start,
            "open": (following.start <= arrival) & ~following.timeless,
            "sure": following.sure,
            "timeless": following.timeless,
        }

    def _waiting(self, rows: Ints, following: Following, arrival: Ints) -> Real:
        told = self.rules.points["attente"]
        start = following.start
        ahead = np.where(start < NEVER, start, 0) // MIDNIGHT
        conditions = [
            start == NEVER,
            (start <= arrival) & ~following.timeless,
            ahead == 0,
            ahead == 1,
            ahead < 7,
        ]
        choices = [told["aucune"], told["ouvert"], told["plus_tard"], told["demain"],
                   told["semaine"]]  # fmt: skip
        waiting = np.select(conditions, [float(c) for c in choices], float(told["au_dela"]))
        waiting += np.where(following.sure, 0.0, float(told["rythme"]))
        unknown = np.where(
            self.board.appointment[rows], float(told["rendez_vous"]), float(told["inconnus"])
        )
        return np.where(self.board.openings.known[rows], waiting, unknown)
