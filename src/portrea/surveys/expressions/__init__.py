"""Expressions of a questionnaire: « show this question if… », « this answer must… ».

The part of XPath 1.0 that XLSForm uses. An expression is read once into a tree of plain
tuples, which Python and the page of a phone evaluate by the same rules (one file of cases,
``tests/cases/surveys/expressions.yaml``, is run by both).
"""

from portrea.surveys.expressions.evaluating import evaluate, holds, say
from portrea.surveys.expressions.reading import Tree, names_in, read
from portrea.surveys.expressions.scope import Answers, Scope

__all__ = ["Answers", "Scope", "Tree", "evaluate", "holds", "names_in", "read", "say"]
