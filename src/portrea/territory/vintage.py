"""Communes through the yearly vintages of the official geographic code (COG), 2019 to 2026.

A fusion adds counts, a renumbering moves them; a split cannot move them without weights, so it is
said in a ``passage`` column and never done silently.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError, Diagnostic, ParameterError
from portrea.territory.codes import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OLDEST, NEWEST = 2019, 2026
AMBIGUOUS = {"55273": ("55245", "55386"), "60455": ("60694", "60054")}
"""Codes abolished before 2019 whose territory now lies in two communes (INSEE COG)."""


class Passage(StrEnum):
    """What happened to a commune between two vintages.

    ``SPLIT``: the count covers a territory that is now several communes (or, read backwards, one
    of several): it cannot be divided without weights. ``UNCERTAIN``: the change falls in a year
    the source does not publish (2020).
    """

    SAME = "same"
    MERGED = "merged"
    RENUMBERED = "renumbered"
    SPLIT = "split"
    UNCERTAIN = "uncertain"

    @property
    def label(self) -> str:
        """French words for a reader."""
        return _LABELS[self]


_LABELS = {
    Passage.SAME: "périmètre inchangé",
    Passage.MERGED: "communes fusionnées, effectifs additionnés",
    Passage.RENUMBERED: "code changé, même périmètre",
    Passage.SPLIT: "périmètre scindé : effectif de l’ancien périmètre, non réparti",
    Passage.UNCERTAIN: "changement non daté (millésime 2020 non publié)",
}
_GRAVITY = (
    Passage.SAME,
    Passage.RENUMBERED,
    Passage.MERGED,
    Passage.UNCERTAIN,
    Passage.SPLIT,
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of commune code, between two published vintages.

    ``kind`` is ``fusion`` (``before`` disappears into ``after``), ``renumbering`` (same territory,
    new code) or ``split`` (``after`` leaves ``before``, which remains).
    """

    before: str
    after: str
    last_seen: int
    first_seen: int
    kind: str
    name_before: str
    name_after: str


@cache
def changes() -> tuple[Change, ...]:
    """Return every known change, oldest first."""
    return tuple(
        Change(
            row["before"],
            row["after"],
            int(row["last_seen"]),
            int(row["first_seen"]),
            row["kind"],
            row["name_before"],
            row["name_after"],
        )
        for row in read_table("passage_communes.csv")
    )


@cache
def to_today() -> Mapping[str, str]:
    """Return abolished code → code of the commune that holds its territory today."""
    moves = [change for change in changes() if change.kind != "split"]
    ends = {}
    for start in {change.before for change in moves}:
        code, year = start, 0
        for change in moves:
            if change.before == code and change.first_seen > year:
                code, year = change.after, change.first_seen
        ends[start] = code
    return {start: end for start, end in sorted(ends.items()) if start != end}


@cache
def last_change(code: str) -> Change | None:
    """Return the change that abolished ``code``, or ``None`` for a code of today."""
    if code not in to_today():
        return None
    return [change for change in changes() if change.before == code and change.kind != "split"][-1]


def today_expr(commune: pl.Expr) -> pl.Expr:
    """Return the commune of today for a polars column of commune codes of any vintage."""
    return commune.replace(dict(to_today()))


def to_vintage(
    frame: pl.DataFrame,
    column: str,
    source_year: int,
    target_year: int,
    *,
    sums: Sequence[str],
) -> pl.DataFrame:
    """Carry counts by commune from one COG vintage to another.

    Parameters
    ----------
    frame
        One row per commune (and per value of any other column, kept as a key).
    column
        Name of the column of commune codes.
    source_year, target_year
        COG years, 2019 to 2026; the target may be earlier than the source.
    sums
        Additive columns. A sum with an unknown part is unknown (null), never partial.

    Returns
    -------
    The frame in the target vintage with a ``passage`` column (:class:`Passage`).

    Raises
    ------
    ParameterError
        A year out of 2019–2026.
    DataError
        A code abolished before 2019 that leads to two communes.
    """
    for year in (source_year, target_year):
        _check_year(year)
    _refuse_ambiguous(frame.get_column(column))
    present = set(frame.get_column(column).drop_nulls())
    moves, states = _plan(present, source_year, target_year)
    keys = [name for name in frame.columns if name not in sums]
    moved = frame.with_columns(pl.col(column).replace(moves))
    additive = [
        pl.when(pl.col(name).is_null().any()).then(None).otherwise(pl.col(name).sum()).alias(name)
        for name in sums
    ]
    state = pl.col(column).replace_strict(
        states, default=Passage.SAME.value, return_dtype=pl.String
    )
    result = moved.group_by(keys, maintain_order=True).agg(additive).with_columns(passage=state)
    return result.select(*frame.columns, "passage")


def _check_year(year: int) -> None:
    if not OLDEST <= year <= NEWEST:
        raise ParameterError(
            f"Millésime géographique {year} : le passage des communes n’est connu que de {OLDEST} "
            f"à {NEWEST}.",
            remedy=f"Donnez un millésime de {OLDEST} à {NEWEST}.",
        )


def _refuse_ambiguous(codes: pl.Series) -> None:
    found = sorted(set(codes.drop_nulls()) & set(AMBIGUOUS))
    if found:
        raise DataError(
            "Des communes abolies avant 2019 mènent aujourd’hui à deux communes : leurs effectifs "
            "ne peuvent pas être déplacés.",
            diagnostics=tuple(
                Diagnostic("ambiguous-code", f"mène à {' ou '.join(AMBIGUOUS[code])}", value=code)
                for code in found
            ),
            remedy="Retirez ces lignes ou donnez-leur le code d’aujourd’hui.",
        )


def _plan(
    present: set[str], source_year: int, target_year: int
) -> tuple[dict[str, str], dict[str, str]]:
    """Return code → code, and target code → :class:`Passage` (codes that change only)."""
    forward = target_year >= source_year
    ordered = changes() if forward else tuple(reversed(changes()))
    touched = {code for change in ordered for code in (change.before, change.after)}
    walk = _Walk(forward, {code: code for code in present & touched}, {})
    for change in ordered:
        timing = _timing(change, source_year, target_year, present)
        if timing != "out":
            walk.step(change, uncertain=timing == "uncertain")
    return (
        {code: end for code, end in walk.where.items() if code != end},
        {code: state.value for code, state in walk.states.items()},
    )


def _timing(change: Change, source: int, target: int, present: set[str]) -> str:
    """Tell whether a change lies between two vintages: ``in``, ``out`` or ``uncertain``."""
    low, high = min(source, target), max(source, target)
    if change.first_seen <= low or change.last_seen >= high:
        return "out"
    if change.last_seen >= low and change.first_seen <= high:
        return "in"
    if not change.last_seen < source < change.first_seen:
        return "uncertain"  # the target year is the unpublished one
    still_old = change.before in present and not (
        change.kind == "split" and change.after in present
    )
    return "in" if still_old == (target > source) else "out"


@dataclass(frozen=True, slots=True)
class _Walk:
    """Codes carried along the changes, and what befell them."""

    forward: bool
    where: dict[str, str]
    states: dict[str, Passage]

    def step(self, change: Change, *, uncertain: bool) -> None:
        """Apply one change, or note that it cannot be applied."""
        ends = (change.before, change.after)
        start, end = ends if self.forward else reversed(ends)
        holders = [code for code, here in self.where.items() if here == start]
        if not holders:
            return
        divides = change.kind == ("split" if self.forward else "fusion")
        if uncertain or divides:
            self._worsen(start, Passage.UNCERTAIN if uncertain else Passage.SPLIT)
            return
        self.where.update(dict.fromkeys(holders, end))
        self._worsen(end, self.states.pop(start, Passage.SAME))
        self._worsen(end, Passage.RENUMBERED if change.kind == "renumbering" else Passage.MERGED)

    def _worsen(self, code: str, state: Passage) -> None:
        self.states[code] = max(self.states.get(code, Passage.SAME), state, key=_GRAVITY.index)


def diagnose_join(
    left: pl.Series, right: pl.Series, *, left_name: str, right_name: str
) -> list[Diagnostic]:
    """Explain why two lists of commune codes do not join: one diagnostic per orphan code.

    Parameters
    ----------
    left, right
        Commune codes of the two tables.
    left_name, right_name
        French words naming the two tables in the messages.
    """
    first, second = set(left.drop_nulls()), set(right.drop_nulls())
    faults = [_explain(code, second, left_name, right_name) for code in sorted(first - second)]
    return faults + [
        _explain(code, first, right_name, left_name) for code in sorted(second - first)
    ]


def _explain(code: str, others: set[str], here: str, there: str) -> Diagnostic:
    message = f"présente dans {here}, absente de {there}"
    change = last_change(code)
    if change is not None:
        end = to_today()[code]
        known = " (présente)" if end in others else ""
        message += f" : devenue {change.name_after} ({end}){known} {_when(change)}"
        return Diagnostic("old-commune", message, value=code, remedy="Utilisez le passage.")
    came = next((c for c in changes() if c.after == code and c.kind != "fusion"), None)
    if came is not None:
        message += f" : issue de {came.name_before} ({came.before}) {_when(came)}"
        return Diagnostic("new-commune", message, value=code)
    return Diagnostic("unknown-commune", message, value=code)


def _when(change: Change) -> str:
    return f"entre les millésimes {change.last_seen} et {change.first_seen}"
