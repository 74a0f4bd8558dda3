"""The dated parameters behind the hints."""
