"""Where to place help: models of placement, their proofs, and « Et si ? »."""

from portrea.reach.siting.candidates import candidate_buildings
from portrea.reach.siting.figures import Figures, Spread
from portrea.reach.siting.halfdays import half_days
from portrea.reach.siting.limits import p_center, set_cover
from portrea.reach.siting.models import maximal_cover, p_median
from portrea.reach.siting.plan import Model, Plan, Relaxation
from portrea.reach.siting.problem import Problem, State, build_problem
from portrea.reach.siting.scenarios import Compared, Loss, Step, compare, losses, marginal_curve
from portrea.reach.siting.search import Effort
from portrea.reach.siting.whatif import Answer, what_if

__all__ = [
    "Answer",
    "Compared",
    "Effort",
    "Figures",
    "Loss",
    "Model",
    "Plan",
    "Problem",
    "Relaxation",
    "Spread",
    "State",
    "Step",
    "build_problem",
    "candidate_buildings",
    "compare",
    "half_days",
    "losses",
    "marginal_curve",
    "maximal_cover",
    "p_center",
    "p_median",
    "set_cover",
    "what_if",
]
