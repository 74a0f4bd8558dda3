"""Demands left without an answer: why an answer does not suit, and what may be shown of counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.stats.disclosure import rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


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
    """Return the parts of a known total that may be shown.

    A count from 1 to below the threshold is hidden; then the smallest shown ones are hidden too
    (the first code, if equal) until the hidden rest is two counts at least that make the threshold
    together. Nobody who knows the total and every shown part bounds a hidden one more tightly.
    """
    least = int(rule("threshold")) if threshold is None else threshold
    hidden = {code for code, count in parts.items() if 0 < count < least}
    if not hidden:
        return frozenset(parts)
    for code in sorted(parts, key=lambda name: (parts[name], name)):
        if len(hidden) >= 2 and sum(parts[name] for name in hidden) >= least:
            break
        if parts[code] > 0:
            hidden.add(code)
    return frozenset(parts) - hidden
