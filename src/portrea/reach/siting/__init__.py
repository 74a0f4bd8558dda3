"""Where to place help: models of placement, their proofs, and « Et si ? »."""

from portrea.reach.siting.figures import Figures, Spread
from portrea.reach.siting.problem import Problem, State, build_problem
from portrea.reach.siting.whatif import Answer, what_if

__all__ = ["Answer", "Figures", "Problem", "Spread", "State", "build_problem", "what_if"]
