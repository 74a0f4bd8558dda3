"""Who is concerned, how many, how sure: tables in, the ``estimates`` table out."""

from portrea.needs.estimation import estimate
from portrea.needs.parameters import Parameters, load_parameters

__all__ = ["Parameters", "estimate", "load_parameters"]
