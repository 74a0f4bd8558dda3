"""What the room keeps."""

from __future__ import annotations

from portrea.web.rights.models.aids import LocalAid
from portrea.web.rights.models.ladder import LadderChoice, Partner
from portrea.web.rights.models.outcomes import CallBack, Outcome, OutcomeImport, Outreach

__all__ = [
    "CallBack",
    "LadderChoice",
    "LocalAid",
    "Outcome",
    "OutcomeImport",
    "Outreach",
    "Partner",
]
