"""Who is concerned, how many, how sure: tables in, the ``estimates`` table out."""

from portrea.needs.estimation import Estimation, estimate, run
from portrea.needs.parameters import Parameters, load_parameters

__all__ = ["Estimation", "Parameters", "estimate", "load_parameters", "run"]
