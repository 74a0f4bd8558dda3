"""Portrea: territorial portrait of the e-administrative relation."""

from portrea.base.processor import choose_vectors

__version__ = "0.1.0"

choose_vectors()
