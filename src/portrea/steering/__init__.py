"""Compose: computation, reading, portrait, PDF, open data."""
