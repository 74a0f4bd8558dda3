"""Where a proposal stands, as the library says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.action.proposals import Followed, State

if TYPE_CHECKING:
    from portrea.web.action.models import Proposal


def followed(plea: Proposal) -> Followed:
    """Return the state of a row, since when, when it was sent and written again."""
    return Followed(State(plea.state), plea.since, plea.sent, plea.reminded)
