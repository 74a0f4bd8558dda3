"""A published figure and ours, in French words: the same on the page and in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portrea.base.estimates import NARROW_SPACE, integer, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

DASH = "–"
INSIDE = {True: "oui", False: "non", None: DASH}
DECIMALS = 1


def amount(value: float | None, unit: str) -> str:
    """Write a share with one decimal, a count whole."""
    if value is None:
        return DASH
    return percent(value, decimals=DECIMALS) if unit == "part" else integer(value)


def interval(low: float | None, high: float | None, unit: str) -> str:
    """Write « 14,5 à 17,8 % »."""
    if low is None or high is None:
        return DASH
    first = amount(low, unit).removesuffix(f"{NARROW_SPACE}%")
    return f"{first} à {amount(high, unit)}"


def gap(row: Mapping[str, Any]) -> str:
    """Write the error: points for a share, relative for a count."""
    error, value = row["error"], row["value"]
    if error is None:
        return DASH
    if row["unit"] == "part":
        return f"{_signed(100 * error)} pt"
    return f"{_signed(100 * error / value)}{NARROW_SPACE}%" if value else integer(error)


def summary_cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Write compared, MAE, RMSE, bias, rank correlation and coverage of a group."""
    unit = f"{NARROW_SPACE}%" if row["group"] == "effectifs" else " pt"
    errors = [
        DASH if row[name] is None else f"{_plain(100 * row[name], signed=name == 'bias')}{unit}"
        for name in ("mae", "rmse", "bias")
    ]
    ranks = DASH if row["spearman"] is None else f"{row['spearman']:.3f}".replace(".", ",")
    covered = DASH if row["coverage"] is None else percent(row["coverage"])
    return (f"{row['compared']} / {row['targets']}", *errors, ranks, covered)


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace(".", ",").replace("-", "−")


def _plain(value: float, *, signed: bool) -> str:
    return _signed_two(value) if signed else f"{value:.2f}".replace(".", ",")


def _signed_two(value: float) -> str:
    return f"{value:+.2f}".replace(".", ",").replace("-", "−")
