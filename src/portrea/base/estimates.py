"""A number with its interval and its quality grade, and the plain French words that say it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

NARROW_SPACE = "\u202f"


class Quality(StrEnum):
    """How far an estimate can be trusted.

    A: exact count from a published cross table. B: official margins of the area itself, joint
    table estimated. C: some margins borrowed from a larger area or another vintage. D: age only,
    or bounds only. N: not available, no number is shown.
    """

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    N = "N"

    @property
    def label(self) -> str:
        """French label shown beside the number."""
        return _QUALITY_LABELS[self]


_QUALITY_LABELS = {
    Quality.A: "A – compte exact",
    Quality.B: "B – données de la zone",
    Quality.C: "C – données partielles",
    Quality.D: "D – âge seul ou bornes",
    Quality.N: "non disponible",
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A count (or share) with its interval; ``value`` is ``None`` when only bounds are known."""

    value: float | None
    low: float | None
    high: float | None
    quality: Quality

    @property
    def available(self) -> bool:
        """Whether anything can be shown."""
        return self.low is not None and self.high is not None


def integer(value: float) -> str:
    """Write a whole number the French way: ``12346.2`` gives ``12 346`` (narrow spaces)."""
    return f"{round(value):,}".replace(",", NARROW_SPACE)


def percent(share: float, *, decimals: int = 0) -> str:
    """Write a share in [0, 1] the French way: ``0.305`` gives ``30,5 %`` with one decimal."""
    return f"{share * 100:.{decimals}f}".replace(".", ",") + NARROW_SPACE + "%"
