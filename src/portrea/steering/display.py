"""Write an estimate without false precision: rounding steps, intervals, suppressed small areas."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from portrea.base.estimates import NARROW_SPACE, Estimate, Quality, integer
from portrea.stats import disclosure
from portrea.steering.document import Number

NO_BREAK_SPACE = "\u00a0"
UNAVAILABLE = "non disponible"
HIDDEN = "non publié"
MILLION = 1_000_000
DASH = f"{NO_BREAK_SPACE}–{NO_BREAK_SPACE}"


@cache
def parameters(name: str) -> dict[str, Any]:
    """Read one of the room's parameter files: entry name → value (or the raw entry)."""
    text = files("portrea.steering").joinpath("params", f"{name}.yaml").read_text("utf-8")
    raw: dict[str, Any] = yaml.load(text, Loader=loader())  # noqa: S506 (C version of SafeLoader)
    return raw


def loader() -> type:
    """Return the C version of the safe YAML loader when it is there."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def rule(name: str) -> Any:
    """Return the value of one display rule (``params/display.yaml``), or rule of secrecy."""
    card = parameters("display").get(name)
    return card["value"] if card else disclosure.rule(name)


@dataclass(frozen=True, slots=True)
class Shown:
    """Rounded numbers: the only ones a reader sees. ``None`` where nothing may be shown."""

    value: float | None
    low: float | None
    high: float | None
    step: float = 1.0

    @property
    def exact(self) -> bool:
        """Whether the interval shown is a single number."""
        return self.low == self.high


NOTHING = Shown(None, None, None)


def shown_count(estimate: Estimate, level: str) -> Shown:
    """Round a count of persons.

    Notes
    -----
    step = max(base, 10^(⌊log10(width)⌋ + 1 − digits)); the bounds are rounded outwards, so the
    interval shown contains the interval computed; the central value stays between them.
    """
    if estimate.low is None or estimate.high is None or estimate.quality is Quality.N:
        return NOTHING
    base = rule("base_iris") if level == "iris" else rule("base_other")
    width = estimate.high - estimate.low
    step = float(base)
    if width > 0:
        step = max(step, 10.0 ** (math.floor(math.log10(width)) + 1 - rule("interval_digits")))
    return _rounded(estimate, step)


def shown_share(estimate: Estimate) -> Shown:
    """Round a share: whole points; one decimal when narrow, or below one point but not zero."""
    if estimate.low is None or estimate.high is None or estimate.quality is Quality.N:
        return NOTHING
    narrow = estimate.high - estimate.low < rule("narrow_share") or 0.001 <= estimate.low < 0.01
    shown = _rounded(estimate, 0.001 if narrow else 0.01)
    low, high = max(0.0, shown.low or 0.0), min(1.0, shown.high or 0.0)
    return Shown(shown.value, low, high, shown.step)


def _rounded(estimate: Estimate, step: float) -> Shown:
    low, high, value = estimate.low, estimate.high, estimate.value
    if low is None or high is None:
        return NOTHING
    if high == low:
        nearest = _multiple(round(low / step), step)
        return Shown(None if value is None else nearest, nearest, nearest, step)
    down = _multiple(math.floor(low / step + 1e-9), step)
    up = _multiple(math.ceil(high / step - 1e-9), step)
    middle = None if value is None else min(max(_multiple(round(value / step), step), down), up)
    return Shown(middle, down, up, step)


def _multiple(count: int, step: float) -> float:
    return round(count * step, 6)


def count_text(shown: Shown) -> str:
    """Write a rounded count: ``entre 1 150 et 1 600``, ``moins de 10``, ``413 490``, ``aucune``."""
    if shown.low is None or shown.high is None:
        return UNAVAILABLE
    if shown.high == 0:
        return "aucune"
    if shown.low == 0:
        return f"moins de {_whole(shown.high, shown.step)}"
    if shown.exact:
        return _whole(shown.high, shown.step)
    low, high = _whole(shown.low, shown.step), _whole(shown.high, shown.step)
    if low.endswith("millions") and high.endswith("millions"):
        low = low.removesuffix(f"{NO_BREAK_SPACE}millions")
    return f"entre {low} et {high}"


def _whole(number: float, step: float) -> str:
    if number < MILLION or step < 100_000:
        return integer(number)
    millions = f"{number / MILLION:.1f}".replace(".", ",").removesuffix(",0")
    plural = "s" if number >= 2 * MILLION else ""
    return f"{millions}{NO_BREAK_SPACE}million{plural}"


def share_text(shown: Shown) -> str:
    """Write a rounded share: ``entre 12 et 17 %``, ``40,2 %``."""
    if shown.low is None or shown.high is None:
        return UNAVAILABLE
    decimals = 1 if shown.step < 0.01 else 0
    low, high = (f"{x * 100:.{decimals}f}".replace(".", ",") for x in (shown.low, shown.high))
    if shown.exact:
        return f"{high}{NARROW_SPACE}%"
    if shown.low == 0:
        return f"moins de {high}{NARROW_SPACE}%"
    return f"entre {low} et {high}{NARROW_SPACE}%"


def count_cell(shown: Shown) -> str:
    """Write a rounded count for a narrow table cell: ``1 150 – 1 600``."""
    if shown.low is None or shown.high is None:
        return "–"
    if shown.exact:
        return _whole(shown.high, shown.step)
    return f"{_whole(shown.low, shown.step)}{DASH}{_whole(shown.high, shown.step)}"


def share_cell(shown: Shown) -> str:
    """Write a rounded share for a narrow table cell: ``12 – 17 %``."""
    if shown.low is None or shown.high is None:
        return "–"
    decimals = 1 if shown.step < 0.01 else 0
    low, high = (f"{x * 100:.{decimals}f}".replace(".", ",") for x in (shown.low, shown.high))
    return f"{high}{NARROW_SPACE}%" if shown.exact else f"{low}{DASH}{high}{NARROW_SPACE}%"


def people(count: float) -> str:
    """Write a census count of persons, rounded to the base step."""
    return integer(rounded_people(count))


def rounded_people(count: float) -> float:
    """Round a census count of persons to the base step."""
    base = float(rule("base_other"))
    return round(count / base) * base


def number(shown: Shown, text: str, quality: Quality) -> Number:
    """Attach to a text the rounded numbers it says: nothing more precise leaves the server."""
    return Number(text, shown.value, shown.low, shown.high, quality.value)
