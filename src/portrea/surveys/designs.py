"""How people came to answer."""

from __future__ import annotations

from enum import StrEnum


class Design(StrEnum):
    """How people came to answer: only a random draw gives a margin of error."""

    RANDOM = "tirage"
    CENSUS = "exhaustif"
    QUOTA = "quotas"
    CONVENIENCE = "volontaires"
