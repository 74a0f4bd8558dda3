"""What the room keeps."""

from __future__ import annotations

from portrea.web.rights.models.aids import LocalAid
from portrea.web.rights.models.ladder import LadderChoice, Partner

__all__ = ["LadderChoice", "LocalAid", "Partner"]
