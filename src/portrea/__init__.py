"""Portrea: territorial portrait of the e-administrative relation."""

__version__ = "0.1.0"
