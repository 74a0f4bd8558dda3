"""The dates of a person, and the reminders that she asked for."""
