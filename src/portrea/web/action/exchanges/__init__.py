"""Files and API of the activity log."""
