"""Demands left without an answer: why an answer does not suit, and what may be shown of counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

from portrea.stats.disclosure import rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Cell = TypeVar("Cell")
TOTAL = ""
PAIR = 2


@dataclass(frozen=True, slots=True)
class Reason:
    """Why nothing suits: ``label`` in tables, ``said`` by the person (``None``: not offered)."""

    code: str
    label: str
    said: str | None


@cache
def parameters() -> dict[str, Any]:
    """Return the dated parameters (``params/sans-reponse.yaml``)."""
    folder = files("portrea.offer.orientation").joinpath("params/sans-reponse.yaml")
    found: dict[str, Any] = yaml.safe_load(folder.read_text("utf-8"))
    return found


@cache
def reasons() -> Mapping[str, Reason]:
    """Return the reasons by code, in the order shown."""
    cards = parameters()["raisons"]
    return {code: Reason(code, card["label"], card["dit"]) for code, card in cards.items()}


def reason_of(
    *, total: int, near: bool, days: Sequence[int | None], left_out: Mapping[str, int]
) -> str:
    """Return why an answer leaves the person without help, empty when it does not.

    Parameters
    ----------
    total, near
        How many places answer, and whether one is within reach.
    days
        Days before the first usable opening of each place within reach; ``None`` when unknown.
    left_out
        Places left out, by reason.
    """
    if total == 0 and left_out.get("contraintes"):
        return "constraint"
    if total == 0 or not near:
        return "far"
    known = [day for day in days if day is not None]
    soon = int(parameters()["ouverture"]["value"])
    return "closed" if known and min(known) > soon else ""


def shown_parts(parts: Mapping[str, int], *, threshold: int | None = None) -> frozenset[str]:
    """Return the parts of a known total that may be shown (see :func:`withheld`)."""
    cells = {**parts, TOTAL: sum(parts.values())}
    hidden: frozenset[str] = withheld(cells, [(TOTAL, tuple(parts))], threshold=threshold)
    return frozenset(parts) - hidden


def withheld(
    counts: Mapping[Cell, int],
    sums: Sequence[tuple[Cell, Sequence[Cell]]],
    *,
    threshold: int | None = None,
) -> frozenset[Cell]:
    """Return the cells of a table that are not shown, so that none is found by subtraction.

    Parameters
    ----------
    counts
        Count of each cell, totals included; a cell that is not there counts zero.
    sums
        What everybody can add up: a total and its parts, the widest totals first. A cell is a part
        of one sum only; a total may be cut in parts in several ways that are never crossed.
    threshold
        Counts from 1 to below it are confidential; the house’s by default.

    Notes
    -----
    The parts of a hidden total are hidden. Under a total that is shown, confidential parts are
    hidden; then the smallest ones still shown (the first cell, if equal) until what is hidden is
    two counts at least that make the threshold together. Whoever knows every shown count bounds a
    hidden one no more tightly than by that rest. Zeros are shown: they betray nobody.
    """
    least = int(rule("threshold")) if threshold is None else threshold
    hidden = {cell for cell, count in counts.items() if 0 < count < least}
    for total, parts in sums:
        told = sorted(
            (cell for cell in parts if counts.get(cell)), key=lambda c: (counts[c], str(c))
        )
        away = [counts[cell] for cell in told if cell in hidden]
        shown = [cell for cell in told if cell not in hidden]
        if total in hidden:
            hidden |= set(shown)
            continue
        while away and (len(away) < PAIR or sum(away) < least):
            hidden.add(shown[0])
            away.append(counts[shown.pop(0)])
    return frozenset(hidden)
