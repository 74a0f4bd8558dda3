"""What the room keeps: the comité, its decisions, what people say; texts and editions."""

from portrea.web.steering.models.committees import Committee, Seat, Voice
from portrea.web.steering.models.editions import Edition, Passage
from portrea.web.steering.models.meetings import Decision, Item, Meeting

__all__ = ["Committee", "Decision", "Edition", "Item", "Meeting", "Passage", "Seat", "Voice"]
