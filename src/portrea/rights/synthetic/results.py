"""From rates by stratum to the table: eligible households of each area, with what is unsure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.rights.synthetic.cells import parameters
from portrea.stats.disclosure import DEFAULT_RULES, rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NORMAL = 1.96
BENCHMARKED, NOT_BENCHMARKED, SECRET = "calé", "non calé", "secret"
UNDER = "sous-estimé"
"""Not benchmarked, and the model finds fewer eligible households than there are beneficiaries."""
COLUMNS = (
    "level", "code", "right", "eligible", "low", "high", "mc_error", "households",
    "flag", "month", "vintages",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rates:
    """Share of the households drawn in each stratum that may claim each right (strata × rights).

    ``variances`` is that of the share; where fewer than two were drawn, nothing is known of it.
    """

    shares: Floats
    variances: Floats


def rates_of(drawn: Floats, eligible: Floats) -> Rates:
    """Return the rates from households drawn (strata) and eligible ones (strata × rights)."""
    counts = drawn[:, None]
    shares = np.divide(eligible, counts, out=np.zeros_like(eligible), where=counts > 0)
    spread = shares * (1 - shares)
    variances = np.divide(spread, counts - 1, out=np.zeros_like(spread), where=counts > 1)
    return Rates(shares, variances)


def estimated(tables: Floats, rates: Rates) -> tuple[Floats, Floats]:
    """Return eligible households and their Monte-Carlo error (areas × rights).

    ``tables`` are the households of each stratum (areas × strata). Both hold for any union of
    areas: give it the sum of their tables, since they share one sample.
    """
    eligible = tables @ rates.shares
    return eligible, np.sqrt((tables**2) @ rates.variances)


def factor_of(beneficiaries: float, tau: float, modelled: float) -> float:
    """Return what multiplies the model so that the nation has its published eligible people."""
    return beneficiaries / (1 - tau) / modelled


def benchmarked(eligible: Floats, households: Floats, factor: Floats) -> Floats:
    """Multiply by one national factor by right; an area never has more than its households."""
    found: Floats = np.minimum(eligible * factor, households[:, None])
    return found


@dataclass(frozen=True, slots=True)
class Found:
    """Eligible households of the areas of a level (areas × rights), before any rounding."""

    level: str
    codes: Sequence[str]
    households: Floats
    eligible: Floats
    low: Floats
    high: Floats
    error: Floats


def widened(level: str, central: Floats, *others: Floats) -> tuple[Floats, Floats]:
    """Return the bounds: the spread of the assumptions, and what the model sees of no area.

    The factors of both multiply (a log-normal law), as both may be wrong together.
    """
    own = np.exp(NORMAL * float(parameters()["area_error"][level]))
    low: Floats = np.min([central, *others], axis=0) / own
    high: Floats = np.max([central, *others], axis=0) * own
    return low, high


def table_of(
    found: Sequence[Found],
    flags: Mapping[str, str],
    *,
    month: str,
    vintages: str,
) -> pl.DataFrame:
    """Lay out :data:`COLUMNS`, one row by area and right; ``flags``: right → how it was set."""
    parts = []
    for one in found:
        for rank, (right, flag) in enumerate(flags.items()):
            parts.append(
                pl.DataFrame(
                    {
                        "code": one.codes,
                        "eligible": one.eligible[:, rank],
                        "low": one.low[:, rank],
                        "high": np.minimum(one.high[:, rank], one.households),
                        "mc_error": one.error[:, rank],
                        "households": one.households,
                    }
                ).with_columns(level=pl.lit(one.level), right=pl.lit(right), flag=pl.lit(flag))
            )
    whole = pl.concat(parts).with_columns(month=pl.lit(month), vintages=pl.lit(vintages))
    return whole.select(COLUMNS).sort("level", "code", "right")


def shown(table: pl.DataFrame) -> pl.DataFrame:
    """Hide what is under the threshold of incomes, round the rest to tens, bounds outwards."""
    base, least = float(DEFAULT_RULES.other_base), float(rule("threshold_income"))
    small = pl.col("eligible") < least
    whole = {
        "eligible": (pl.col("eligible") / base).round() * base,
        "low": (pl.col("low") / base).floor() * base,
        "high": (pl.col("high") / base).ceil() * base,
        "mc_error": pl.col("mc_error").round(1),
    }
    hidden = [pl.when(~small).then(value).alias(name) for name, value in whole.items()]
    flag = pl.when(small).then(pl.lit(SECRET)).otherwise("flag").alias("flag")
    return table.with_columns(*hidden, flag, pl.col("households").round())
