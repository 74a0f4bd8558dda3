"""Difficulties and the catalogue of procedures."""
