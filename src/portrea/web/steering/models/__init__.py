"""What the room keeps: the comité and its decisions, texts and editions, means, shared views."""

from portrea.web.steering.models.committees import Committee, Seat, Voice
from portrea.web.steering.models.editions import Edition, Passage
from portrea.web.steering.models.means import FundedAction, MeansLine
from portrea.web.steering.models.meetings import Decision, Item, Meeting
from portrea.web.steering.models.sharing import SharedView

__all__ = [
    "Committee",
    "Decision",
    "Edition",
    "FundedAction",
    "Item",
    "MeansLine",
    "Meeting",
    "Passage",
    "Seat",
    "SharedView",
    "Voice",
]
