"""Running a survey: opening, settings, quotas, invitations, spreading, closing."""
