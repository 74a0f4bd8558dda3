"""Proposals to administrations."""
