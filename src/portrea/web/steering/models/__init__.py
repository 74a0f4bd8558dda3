"""What the room keeps: the comité, texts and editions, means, shared views, who works with whom."""

from portrea.web.steering.models.committees import Committee, Seat, Voice
from portrea.web.steering.models.editions import Edition, Passage
from portrea.web.steering.models.means import FundedAction, MeansLine
from portrea.web.steering.models.meetings import Decision, Item, Meeting
from portrea.web.steering.models.network import Community, News, Tie
from portrea.web.steering.models.recommendations import FormerWords, Recommendation
from portrea.web.steering.models.sharing import SharedView

__all__ = [
    "Committee",
    "Community",
    "Decision",
    "Edition",
    "FormerWords",
    "FundedAction",
    "Item",
    "MeansLine",
    "Meeting",
    "News",
    "Passage",
    "Recommendation",
    "Seat",
    "SharedView",
    "Tie",
    "Voice",
]
