"""Places that help: files of the mednum standard (1.0.2 and 0.1) and national lists by profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.sources.mediation_numerique.profiles import profile_of
from portrea.sources.mediation_numerique.read import read
from portrea.sources.mediation_numerique.to_portrea import to_loaded

if TYPE_CHECKING:
    from portrea.sources.source import Loaded, Peek


class MediationNumerique:
    """Lists of places, whatever their layout among the known profiles."""

    id = "mediation_numerique"

    def recognise(self, peek: Peek) -> float:
        """Return how sure the header is that of a known list of places."""
        profile = profile_of(peek.columns)
        if profile is None:
            return 0.0
        return 0.9 if profile.standard else 1.0

    def load(self, peek: Peek) -> list[Loaded]:
        """Read, check, mend and map the list."""
        return [to_loaded(read(peek))]


SOURCE = MediationNumerique()

__all__ = ["SOURCE"]
