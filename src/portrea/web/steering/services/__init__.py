"""Writes of the room: the comité, its meetings, its decisions, the paroles."""
