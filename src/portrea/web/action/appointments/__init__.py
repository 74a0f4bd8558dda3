"""Appointments of a permanence."""
