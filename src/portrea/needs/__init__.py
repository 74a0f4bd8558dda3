"""Who is concerned, how many, how sure: tables in, tables out, for a notebook or a program.

Nothing here reads a file of the user, a network or a clock; every table is a polars frame declared
once (its columns, units and allowed values are in ``needs.ESTIMATES.columns``, ``SCENARIOS``…).

- :func:`run`: everything of a computation (:class:`Estimation`); :func:`estimate`: its estimates.
- :func:`load_parameters`: rates and assumptions, with the user's changes (:class:`Parameters`).
- :func:`named_targets`, :func:`check_targets`: published totals for ``run(benchmark=…)``.
- :class:`FittedRates`: rates fitted on a survey, for ``run(fitted=…)``; :func:`fit_survey` makes
  them from answers and a mapping (:func:`parse_mapping`).
- :func:`profile`: A1 of one area by age bands and diplomas; :func:`quadrants`: more or less A and B
  than a reference; :func:`life_events`: a layer apart, only from counts a user loads.
- :func:`rank_probabilities`, :func:`rank_intervals`: who comes first, draw by draw.
- :mod:`portrea.needs.indices`: the IFN, beside our counts, never mixed with them.

A tutorial that is run by the tests: ``docs/utilisateurs/tutoriels/api-besoins.md``.
"""

from portrea.needs.estimation import Estimation, estimate, rank, rank_ranges, run
from portrea.needs.events import life_events
from portrea.needs.fitted import FittedRates
from portrea.needs.parameters import Parameters, load_parameters
from portrea.needs.profiles import profile
from portrea.needs.quadrants import quadrants
from portrea.needs.ranking import rank_intervals, rank_probabilities
from portrea.needs.scenarios import SCENARIOS
from portrea.needs.survey_mapping import parse_mapping
from portrea.needs.survey_model import fit_survey
from portrea.needs.tables import DIAGNOSTICS, ESTIMATES, MEASURES, UNITS
from portrea.needs.targets import TARGETS, check_targets, named_targets

__all__ = [
    "DIAGNOSTICS",
    "ESTIMATES",
    "MEASURES",
    "SCENARIOS",
    "TARGETS",
    "UNITS",
    "Estimation",
    "FittedRates",
    "Parameters",
    "check_targets",
    "estimate",
    "fit_survey",
    "life_events",
    "load_parameters",
    "named_targets",
    "parse_mapping",
    "profile",
    "quadrants",
    "rank",
    "rank_intervals",
    "rank_probabilities",
    "rank_ranges",
    "run",
]
