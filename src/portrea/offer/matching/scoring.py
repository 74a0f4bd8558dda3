"""How likely two cards are one place, and why: a logistic sum of pieces of evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.special import expit

from portrea.offer.matching.evidence import Sides, evidence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.offer.matching.cards import Cards
    from portrea.offer.matching.lexicon import Lexicon

PREFIX = "c_"
"""Prefix of the columns of contributions."""
BASE = "base"
SILENT = 0.05
"""Contribution, in log odds, below which the explanation says nothing."""


def score(cards: Cards, pairs: pl.DataFrame, lexicon: Lexicon) -> pl.DataFrame:
    """Return pairs with ``probability``, ``metres``, ``same_source`` and contributions.

    Notes
    -----
    The probability is the logistic of the sum of the contributions; a contribution is a piece of
    evidence (0 to 1, logs for distances) times its weight (``params/matching.yaml``).
    """
    sides = Sides(cards, pairs["left"].to_numpy(), pairs["right"].to_numpy())
    found = evidence(sides, lexicon)
    shares = {
        name: found[name] * weight for name, weight in lexicon.weights.items() if name != BASE
    }
    total = sum(shares.values(), np.zeros(pairs.height)) + lexicon.weights[BASE]
    metres = pl.Series(found["metres"]).fill_nan(None)
    return pairs.select("left", "right").with_columns(
        probability=pl.Series(expit(total)).round(6),
        metres=metres,
        same_source=pl.Series(found["same_source"] > 0),
        **{PREFIX + name: pl.Series(value) for name, value in shares.items()},
    )


def explained(row: Mapping[str, Any], lexicon: Lexicon) -> tuple[str, ...]:
    """Return what counts for and against, in French, the heaviest first."""
    told = {
        name: float(row[PREFIX + name])
        for name in lexicon.weights
        if name != BASE and abs(float(row[PREFIX + name])) >= SILENT
    }
    ordered = sorted(told, key=lambda name: (-abs(told[name]), name))
    return tuple(_said(lexicon.words[name], told[name], row) for name in ordered)


def _said(words: str, share: float, row: Mapping[str, Any]) -> str:
    metres = row.get("metres")
    if "{metres}" in words:
        words = words.replace("{metres}", "?" if metres is None else _distance(float(metres)))
    sign = "+" if share > 0 else "−"
    return f"{words} : {sign}{abs(share):.1f}".replace(".", ",")


def _distance(metres: float) -> str:
    return f"{metres:.0f} m" if metres < 1000 else f"{metres / 1000:.1f} km"
