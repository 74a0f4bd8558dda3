"""A published figure and ours, in French words: the same on the page and in the terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from portrea.base.estimates import NARROW_SPACE, integer, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

DASH = "–"
INSIDE = {True: "oui", False: "non", None: DASH}
DECIMALS = 1


SPELT = (
    (r"^taux illectronisme\b", "illectronisme"),
    (r"^taux non diplômés", "illectronisme, sans diplôme"),
    (r"^taux (?=[<\d])", "illectronisme, "),
    (r"<(\d+) ans", r"moins de \1 ans"),
    (r"\b(\d\d)-(\d\d)\b", r"\1 à \2 ans"),
    (r"\b(\d\d)\+", r"\1 ans ou plus"),
)
"""What the short names of the targets stand for."""


def indicator(text: str) -> str:
    """Write a target’s indicator in words: « taux 60-69 » is « illectronisme, 60 à 69 ans »."""
    for short, said in SPELT:
        text = re.sub(short, said, text)
    return text


def note(text: str) -> str:
    """Write the counts of a note the French way: « 14386 personnes » is « 14 386 personnes »."""
    return re.sub(r"\b\d{4,}(?= personnes)", lambda found: integer(float(found[0])), text)


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
