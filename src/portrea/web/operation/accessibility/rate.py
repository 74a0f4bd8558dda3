"""The rate of an audit: criteria respected out of those that apply, over every page looked at."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RESPECTED, FAILED, ABSENT = "C", "NC", "NA"
"""Verdicts of a person on a criterion of a page: respected, not respected, not applicable."""
NONE, PARTLY, WHOLLY = "non", "partiellement", "totalement"
"""States that the law knows."""
HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Rate:
    """What an audit found.

    ``missing`` counts the verdicts that nobody gave; ``failed`` names the criteria that at least
    one page does not respect. Until ``missing`` is zero there is no rate.
    """

    respected: int
    applicable: int
    missing: int
    failed: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether a person gave every verdict."""
        return self.missing == 0

    @property
    def exact(self) -> Fraction | None:
        """Share of the applicable criteria that are respected; ``None`` while it is unknown."""
        if not self.complete or not self.applicable:
            return None
        return Fraction(self.respected, self.applicable)

    @property
    def percent(self) -> float | None:
        """The share in percent, rounded down to a tenth: 100 is only reached by all."""
        return None if self.exact is None else floor(self.exact * 1000) / 10

    @property
    def state(self) -> str:
        """What the site may write: « non » unless an audit is complete and says better."""
        if self.exact is None or self.exact < HALF:
            return NONE
        return WHOLLY if self.exact == 1 else PARTLY


def rate_of(verdicts: Mapping[str, Sequence[str | None]]) -> Rate:
    """Return the rate of an audit.

    Parameters
    ----------
    verdicts
        Criterion → its verdict on each page of the sample (``None``: not given yet).
    """
    failed = tuple(name for name, given in verdicts.items() if FAILED in given)
    applicable = [name for name, given in verdicts.items() if {RESPECTED, FAILED} & {*given}]
    missing = sum(verdict is None for given in verdicts.values() for verdict in given)
    return Rate(len(applicable) - len(failed), len(applicable), missing, failed)
