"""Answers kept once nobody may be known in them: rare profiles blanked, days made months."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST = 3
"""Answers that must share a profile for it to be kept (an assumption of ours: a count of one or
two lets a neighbour be known)."""

PROFILE = frozenset(
    {"age", "tranche_age", "annee_naissance", "sexe", "genre", "commune", "code_postal", "quartier",
     "iris", "zone", "diplome", "activite", "situation", "profession", "csp", "menage", "logement",
     "voiture", "nationalite", "langue", "handicap"}
)  # fmt: skip
"""Names of questions that say who somebody is without saying a name."""


def rare(rows: Sequence[Sequence[str]], least: int = LEAST) -> list[int]:
    """Return the ranks of rows whose profile is held by fewer than ``least`` rows.

    A row that tells nothing is no profile: it is left alone.
    """
    held = Counter(map(tuple, rows))
    return [rank for rank, row in enumerate(rows) if any(row) and held[tuple(row)] < least]


def month_of(day: str) -> str:
    """Return the first day of the month of a day or a moment (« 2026-03-17 » → « 2026-03-01 »)."""
    return f"{day[:7]}-01" if len(day) >= 10 and day[4] == day[7] == "-" else ""
