"""Difficulties met in procedures: put together, counted with their doubt, compared later.

A situation is one person before one procedure; it may meet several difficulties. Nothing is shown
of fewer situations than the threshold of disclosure, nor of a single place.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import yaml

from portrea.base.errors import ParameterError
from portrea.base.tables import Column, Table
from portrea.stats.disclosure import rule
from portrea.stats.shares import wilson

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEVEL = 0.95

DIFFICULTIES = Table(
    "difficulties",
    (
        Column("situation", pl.String, "identifiant sans rapport avec la personne"),
        Column("procedure", pl.String, "démarche, par son nom dans le catalogue"),
        Column("code", pl.String, "ce qui bloque (params/difficultes.yaml)"),
        Column("place", pl.String, "lieu qui l’a vu"),
        Column("day", pl.Date, "jour"),
    ),
)
CLUSTERS = Table(
    "clusters",
    (
        Column("procedure", pl.String, "démarche"),
        Column("code", pl.String, "ce qui bloque"),
        Column("situations", pl.Int64, "situations qui l’ont rencontré"),
        Column("low", pl.Float64, "borne basse de cet effectif (Poisson, exacte, 95 %)"),
        Column("high", pl.Float64, "borne haute"),
        Column("places", pl.Int64, "lieux différents"),
        Column("of", pl.Int64, "situations observées pour cette démarche"),
        Column("share", pl.Float64, "part de ces situations"),
        Column("share_low", pl.Float64, "borne basse (Wilson, 95 %)"),
        Column("share_high", pl.Float64, "borne haute"),
        Column("first", pl.Date, "premier jour"),
        Column("last", pl.Date, "dernier jour"),
        Column("shown", pl.Boolean, "peut sortir du serveur"),
    ),
)


class Change(StrEnum):
    """What may be said of a difficulty before and after something changed."""

    LESS = "moins souvent"
    MORE = "plus souvent"
    UNSURE = "on ne peut pas dire"
    TOO_FEW = "pas assez pour le dire"


@dataclass(frozen=True, slots=True)
class Compared:
    """Ratio of the frequency after to the one before, with its 95 % interval."""

    saying: Change
    ratio: float | None = None
    low: float | None = None
    high: float | None = None


@cache
def words() -> dict[str, Any]:
    """Return the codes, severities and thresholds of ``params/difficultes.yaml``."""
    text = (files("portrea.action") / "params" / "difficultes.yaml").read_text("utf-8")
    return dict(yaml.safe_load(text))


def kept_codes(codes: Sequence[str]) -> tuple[str, ...]:
    """Return what blocks, each once, in the order told.

    Raises
    ------
    ParameterError
        None, too many, or an unknown one.
    """
    most = int(words()["most_codes"])
    kept = tuple(dict.fromkeys(codes))
    unknown = [code for code in kept if code not in words()["codes"]]
    if not kept:
        raise ParameterError(
            "Qu’est-ce qui bloque\u202f?", remedy="Choisissez au moins une raison."
        )
    if unknown:
        raise ParameterError(
            f"«\u202f{unknown[0][:40]}\u202f» est inconnu.", remedy="Choisissez dans la liste."
        )
    if len(kept) > most:
        raise ParameterError(
            f"{len(kept)} raisons cochées\u202f: trois au plus.", remedy="Gardez les principales."
        )
    return kept


def check_told(*, severity: int | None, day: date, today: date) -> None:
    """Refuse a severity that is not in the list, and a day to come (``ParameterError``)."""
    if severity is not None and severity not in words()["severities"]:
        raise ParameterError(f"La gravité «\u202f{severity}\u202f» n’est pas dans la liste.")
    if day > today:
        raise ParameterError(f"{day:%d/%m/%Y}\u202f: ce jour n’est pas encore venu.")


def safe_beside(count: int, published: Iterable[int]) -> bool:
    """Whether a count may be published beside others of the same thing.

    Another day, or in a territory around: no subtraction must give fewer than the threshold.
    """
    threshold = int(rule("threshold"))
    apart = (abs(count - other) for other in published)
    return count >= threshold and all(gap == 0 or gap >= threshold for gap in apart)


def clusters(difficulties: pl.DataFrame) -> pl.DataFrame:
    """Return the similar difficulties of a table of ``DIFFICULTIES``: the columns of ``CLUSTERS``.

    The most frequent first. Counts not shown are in the table: what leaves the server keeps only
    the rows where ``shown`` is true.
    """
    difficulties = DIFFICULTIES.conform(difficulties)
    asked = difficulties.group_by("procedure").agg(pl.col("situation").n_unique().alias("of"))
    found = (
        difficulties.group_by("procedure", "code")
        .agg(
            pl.col("situation").n_unique().alias("situations"),
            pl.col("place").n_unique().alias("places"),
            pl.col("day").min().alias("first"),
            pl.col("day").max().alias("last"),
        )
        .join(asked, on="procedure")
        .with_columns(pl.col("situations", "places", "of").cast(pl.Int64))
        .sort(["situations", "procedure", "code"], descending=[True, False, False])
    )
    count, of = (found[name].to_numpy().astype(float) for name in ("situations", "of"))
    low, high = poisson_interval(count)
    share_low, share_high = wilson_interval(count, of)
    shown = (pl.col("situations") >= int(rule("threshold"))) & (
        pl.col("places") >= int(words()["least_places"]["value"])
    )
    told = found.with_columns(
        low=low,
        high=high,
        share=count / of,
        share_low=share_low,
        share_high=share_high,
        shown=shown,
    )
    return CLUSTERS.conform(told)


def published(found: pl.DataFrame) -> pl.DataFrame:
    """Return what may leave the server of a table of ``CLUSTERS``.

    Where those of a procedure that a cluster leaves out are too few, its share is not told either:
    they would be found by subtraction.
    """
    left = pl.col("of") - pl.col("situations")
    told = (left == 0) | (left >= int(rule("threshold")))
    shares = ("of", "share", "share_low", "share_high")
    return found.filter("shown").with_columns(pl.when(told).then(pl.col(shares)).otherwise(None))


def poisson_interval(counts: Floats) -> tuple[Floats, Floats]:
    """Return the exact interval of counts (Garwood: quantiles of χ²)."""
    from scipy.stats import chi2

    tail = (1 - LEVEL) / 2
    low = np.where(counts > 0, chi2.ppf(tail, 2 * np.maximum(counts, 1)) / 2, 0.0)
    return low, chi2.ppf(1 - tail, 2 * counts + 2) / 2


def wilson_interval(counts: Floats, of: Floats) -> tuple[Floats, Floats]:
    """Return the interval of shares ``counts / of`` (Wilson)."""
    from scipy.stats import norm

    return wilson(counts / of, of, float(norm.ppf((1 + LEVEL) / 2)))


def before_after(*, before: int, before_days: int, after: int, after_days: int) -> Compared:
    """Compare how often a difficulty is met before and after something changed.

    The numbers are supposed to follow laws of Poisson, as watchful before as after: given their
    sum, the second one is binomial; exact bounds of its share (Clopper-Pearson) give the ratio's.

    Raises
    ------
    ParameterError
        A number is negative, or a time empty.
    """
    if min(before, after) < 0 or min(before_days, after_days) < 1:
        raise ParameterError("Il faut deux périodes d’un jour au moins, et deux effectifs.")
    if before + after < int(words()["least_to_compare"]["value"]):
        return Compared(Change.TOO_FEW)
    low, high = (_ratio(share, before_days / after_days) for share in _exact(after, before + after))
    ratio = _ratio(after / (before + after), before_days / after_days)
    if high < 1:
        return Compared(Change.LESS, ratio, low, high)
    return Compared(Change.MORE if low > 1 else Change.UNSURE, ratio, low, high)


def _exact(count: int, of: int) -> tuple[float, float]:
    from scipy.stats import beta

    tail = (1 - LEVEL) / 2
    low = float(beta.ppf(tail, count, of - count + 1)) if count else 0.0
    high = float(beta.ppf(1 - tail, count + 1, of - count)) if count < of else 1.0
    return low, high


def _ratio(share: float, times: float) -> float:
    return share / (1 - share) * times if share < 1 else float("inf")
