"""What the room keeps: the comité de pilotage, its meetings, its decisions, what people say."""

from portrea.web.steering.models.committees import Committee, Seat, Voice
from portrea.web.steering.models.meetings import Decision, Item, Meeting

__all__ = ["Committee", "Decision", "Item", "Meeting", "Seat", "Voice"]
