"""Writes of the action room: one function by act."""
