"""The rights that are looked for, and how fresh what they are computed from is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One right: its French name, who pays, its variable of OpenFisca, the date of its amounts.

    ``unit`` is the pace of the variable; ``yearly`` tells that a monthly variable holds an amount
    by year; ``also`` are other variables that must be known to say something of it. ``renews`` is
    the month of the year in which the amounts usually change.
    """

    name: str
    label: str
    variable: str
    entity: str
    unit: str
    body: str
    parameter: str
    since: date
    renews: int
    also: tuple[str, ...] = ()
    yearly: bool = False
    doubt: str = ""

    def is_stale(self, day: date) -> bool:
        """Whether a renewal has passed since the date of its amounts."""
        year = day.year if (day.month, day.day) >= (self.renews, 1) else day.year - 1
        return self.since < date(year, self.renews, 1)


@cache
def parameters() -> Mapping[str, Any]:
    """Return what ``params/droits.yaml`` says."""
    text = (files("portrea.rights") / "params" / "droits.yaml").read_text("utf-8")
    return dict(yaml.safe_load(text))


@cache
def rights() -> Mapping[str, Right]:
    """Return the rights by name, in the order of the file."""
    cards = parameters()["rights"].items()
    return {
        name: Right(name=name, **{**card, "also": tuple(card.get("also", ()))})
        for name, card in cards
    }


def until() -> str:
    """Return the last month for which the amounts are known, « 2026-12 »."""
    return str(parameters()["until"]["value"])


def amounts_month(day: date) -> str:
    """Return the month whose amounts answer for a day: its own, for a while the last one known.

    Beyond that while it is its own again, which is refused as not known.
    """
    last = until()
    late = 12 * (day.year - int(last[:4])) + day.month - int(last[5:])
    return last if 0 < late <= parameters()["until"]["kept"] else f"{day:%Y-%m}"
