"""What the room does, one act at a time."""
