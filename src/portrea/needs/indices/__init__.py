"""Comparison indices shown beside our head-counts: the IFN in three versions, and how far we agree.

Never an input, never mixed with A, B or C: two lenses on the same communes.
"""

from portrea.needs.indices.comparison import compare, disagreements
from portrea.needs.indices.criteria import (
    CRITERIA_VARIABLES,
    criteria_summary,
    criteria_table,
)
from portrea.needs.indices.ifn import combine_axes, ifn
from portrea.needs.indices.tables import AGREEMENT, INDICES, VERSIONS
from portrea.needs.indices.territories import index_table

__all__ = [
    "AGREEMENT",
    "CRITERIA_VARIABLES",
    "INDICES",
    "VERSIONS",
    "combine_axes",
    "compare",
    "criteria_summary",
    "criteria_table",
    "disagreements",
    "ifn",
    "index_table",
]
