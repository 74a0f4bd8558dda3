"""How the indicators say a number, a share, a difference: plainly, never more than is known."""

from __future__ import annotations

from math import isinf
from typing import TYPE_CHECKING

from portrea.action.difficulties import Change
from portrea.base.estimates import NARROW_SPACE, integer
from portrea.steering.document import Cell
from portrea.steering.wording import mark

if TYPE_CHECKING:
    from portrea.steering.indicators import Moved, Share

HIDDEN = "réuni"
"""Said of a number that is counted in the line of those gathered."""
TOO_FEW = "trop peu pour le dire"
GATHERED = "Lignes réunies (petits nombres)"
DISCREET = (
    "Aucun nombre de 1 à 4 n’est montré ; ces lignes sont réunies, avec une autre s’il le faut "
    "pour qu’aucune soustraction ne les retrouve. Cela se décide à la fin de chaque trimestre, une "
    "fois pour toutes : une ligne réunie un trimestre l’est dans toute période qui le contient."
)


def percent(value: float) -> str:
    """Write a share in whole points: « 75 % »."""
    return f"{100 * value:.0f}{NARROW_SPACE}%"


def share_text(share: Share | None) -> str:
    """Write a share and its bounds: « 75 % (entre 63 % et 84 %) »."""
    if share is None:
        return TOO_FEW
    return f"{percent(share.value)} (entre {percent(share.low)} et {percent(share.high)})"


def number_cell(number: int | None, missing: str = HIDDEN) -> Cell:
    """Return a count as a cell, its value a number."""
    return Cell(missing) if number is None else Cell(integer(number), float(number))


def share_cell(number: int | None, total: int) -> Cell:
    """Return the part of a total as a cell: a number in [0, 1] shown in points."""
    if number is None or not total:
        return Cell("–")
    return Cell(percent(number / total), round(number / total, 4))


def count_moved(moved: Moved) -> Cell:
    """Say how a count moved: « plus (×1,20 à ×1,60) », « pas d’écart sûr ».

    From nothing, the ratio has no upper bound, nor a value: « plus (×13,1 au moins) ».
    """
    if moved.low is None or moved.high is None or moved.saying not in (Change.MORE, Change.LESS):
        return Cell(_plain(moved))
    if isinf(moved.high):
        return Cell(f"plus (×{_decimal(moved.low)} au moins)")
    word = "plus" if moved.saying is Change.MORE else "moins"
    return Cell(f"{word} (×{_decimal(moved.low)} à ×{_decimal(moved.high)})", moved.value)


def share_moved(moved: Moved) -> Cell:
    """Say how two shares differ: « plus (de 5 à 33 points) »."""
    if moved.low is None or moved.high is None or moved.saying not in (Change.MORE, Change.LESS):
        return Cell(_plain(moved))
    word = "plus" if moved.saying is Change.MORE else "moins"
    low, high = sorted((abs(moved.low), abs(moved.high)))
    return Cell(f"{word} (de {100 * low:.0f} à {100 * high:.0f} points)", moved.value)


def _plain(moved: Moved) -> str:
    return TOO_FEW if moved.saying is Change.TOO_FEW else mark("pas d’écart sûr")


def _decimal(value: float) -> str:
    return (f"{value:.1f}" if value >= 2 else f"{value:.2f}").replace(".", ",")
