"""Four quadrants: more or less A, more or less B than a reference, with their probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.special import logit, ndtr

from portrea.base.errors import TerritoryError
from portrea.base.tables import Column, Table
from portrea.vocab.tables import LEVELS, OVERLAYS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NAMES = ("high_high", "high_low", "low_high", "low_low")
"""A then B, against the reference."""
WORDS = {
    "high_high": "plus de personnes en difficulté numérique, et plus de démarches exigées",
    "high_low": "plus de personnes en difficulté numérique, mais moins de démarches exigées",
    "low_high": "moins de personnes en difficulté numérique, mais plus de démarches exigées",
    "low_low": "moins de personnes en difficulté numérique, et moins de démarches exigées",
}
TINY = 1e-9
Z95 = 1.959964


def _share(name: str, meaning: str) -> Column:
    return Column(name, pl.Float64, meaning, unit="part", nullable=True, low=0, high=1)


QUADRANTS = Table(
    "quadrants",
    (
        Column(
            "level", pl.String, "niveau géographique", allowed=(*LEVELS, *OVERLAYS, "selection")
        ),
        Column("code", pl.String, "code officiel de la zone"),
        Column("name", pl.String, "nom de la zone"),
        Column("reference", pl.String, "territoire de comparaison"),
        _share("share_a", "part de A dans la zone"),
        _share("share_b", "part de B dans la zone"),
        _share("reference_a", "part de A dans la référence"),
        _share("reference_b", "part de B dans la référence"),
        Column("quadrant", pl.String, "quadrant central", nullable=True, allowed=NAMES),
        *(_share(f"p_{name}", "probabilité du quadrant") for name in NAMES),
        Column("words", pl.String, "le quadrant en toutes lettres", nullable=True),
    ),
    key=("level", "code"),
)


def quadrants(
    estimates: pl.DataFrame,
    *,
    level: str,
    reference: tuple[str, str | None] = ("france", None),
    measures: tuple[str, str] = ("a1", "b"),
) -> pl.DataFrame:
    """Place each area of a level against a reference, on two measures (:data:`QUADRANTS`).

    Parameters
    ----------
    estimates
        ``ESTIMATES`` table holding the areas and the reference.
    reference
        Level and code of the territory to compare with (code ``None``: the only one of its level).
        The enclosing territory may be chosen instead of France.
    measures
        The two axes, a share each.

    Notes
    -----
    ``P(more than the reference) = Φ((logit s − logit r) / sd)``, ``sd`` from the 95 % interval on
    the logit scale; the errors of A and B come from different sources and are taken as independent.
    The reference is taken as known: the errors it shares with the area would only cancel out.

    Raises
    ------
    TerritoryError
        When the reference is not in the table, or one of its two shares is unknown.
    """
    name, marks = _reference(estimates, reference, measures)
    rows = [
        estimates.filter((pl.col("level") == level) & (pl.col("measure") == measure))
        for measure in measures
    ]
    wide = rows[0].join(rows[1], on="code", how="inner", suffix="_b", maintain_order="left")
    above = [_above(wide, suffix, mark) for suffix, mark in zip(("", "_b"), marks, strict=True)]
    (first, p_first), (second, p_second) = above
    known = np.isfinite(first) & np.isfinite(second)
    place = np.where(first > 0, 0, 2) + np.where(second > 0, 0, 1)
    odds = np.column_stack(
        [p * q for p in (p_first, 1 - p_first) for q in (p_second, 1 - p_second)]
    )
    quadrant = pl.Series([NAMES[i] if ok else None for i, ok in zip(place, known, strict=True)])
    frame = pl.DataFrame(
        {
            "level": wide["level"],
            "code": wide["code"],
            "name": wide["name"],
            "reference": pl.repeat(name, wide.height, eager=True),
            "share_a": wide["share"],
            "share_b": wide["share_b"],
            "reference_a": pl.repeat(marks[0], wide.height, eager=True),
            "reference_b": pl.repeat(marks[1], wide.height, eager=True),
            "quadrant": quadrant.cast(pl.String),
            **{f"p_{n}": odds[:, i] for i, n in enumerate(NAMES)},
            "words": pl.Series(
                [
                    _words(p, i, name) if ok else None
                    for p, i, ok in zip(odds, place, known, strict=True)
                ],
                dtype=pl.String,
            ),
        }
    )
    return QUADRANTS.conform(frame.with_columns(pl.selectors.float().fill_nan(None)))


def _reference(
    estimates: pl.DataFrame, reference: tuple[str, str | None], measures: tuple[str, str]
) -> tuple[str, list[float]]:
    """Return the name of the reference and its two shares."""
    level, code = reference
    rows = estimates.filter((pl.col("level") == level) & pl.col("share").is_not_null())
    if code is not None:
        rows = rows.filter(pl.col("code") == code)
    found = [rows.filter(pl.col("measure") == measure) for measure in measures]
    if any(part.height != 1 for part in found):
        raise TerritoryError(
            f"Le territoire de comparaison « {level} {code or ''} » n’a pas ses deux parts"
            f" ({', '.join(measures)}) dans les estimations.",
            remedy="Calculez aussi ce territoire, ou comparez avec un autre.",
        )
    return str(found[0]["name"][0]), [float(part["share"][0]) for part in found]


def _above(wide: pl.DataFrame, suffix: str, mark: float) -> tuple[Floats, Floats]:
    """Return logit gap to the reference and probability of being above it (NaN: unknown)."""
    share, low, high = (
        logit(np.clip(wide[f"{name}{suffix}"].fill_null(np.nan).to_numpy(), TINY, 1 - TINY))
        for name in ("share", "share_low", "share_high")
    )
    gap = share - float(logit(np.clip(mark, TINY, 1 - TINY)))
    sd = np.maximum((high - low) / (2 * Z95), TINY)
    return gap, ndtr(gap / sd)


def _words(odds: Floats, place: int, reference: str) -> str:
    """Say the quadrant and how sure it is."""
    sure = odds[place]
    text = f"{WORDS[NAMES[place]]} qu’en moyenne ({reference})"
    if not np.isfinite(sure):
        return f"{text} ; incertitude non connue"
    degree = "probable" if sure >= 0.8 else "incertain"
    return f"{text} ; {degree} ({round(100 * float(sure))} %)"
