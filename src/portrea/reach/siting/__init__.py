"""Where to place help: models of placement, their proofs, and « Et si ? »."""

from portrea.reach.siting.figures import Figures, Spread
from portrea.reach.siting.halfdays import half_days
from portrea.reach.siting.limits import p_center, set_cover
from portrea.reach.siting.models import maximal_cover, p_median
from portrea.reach.siting.plan import Model, Plan, Relaxation
from portrea.reach.siting.problem import Problem, State, build_problem
from portrea.reach.siting.search import Effort
from portrea.reach.siting.whatif import Answer, what_if

__all__ = [
    "Answer",
    "Effort",
    "Figures",
    "Model",
    "Plan",
    "Problem",
    "Relaxation",
    "Spread",
    "State",
    "build_problem",
    "half_days",
    "maximal_cover",
    "p_center",
    "p_median",
    "set_cover",
    "what_if",
]
