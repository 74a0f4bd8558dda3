"""One place told several times: candidate pairs, explained probabilities, groups, queue."""

from portrea.offer.matching.duplicates import (
    Duplicates,
    candidate_pairs,
    cluster,
    explain,
    find_duplicates,
    same_as,
    score_pairs,
)
from portrea.offer.matching.merging import merge_places

__all__ = [
    "Duplicates",
    "candidate_pairs",
    "cluster",
    "explain",
    "find_duplicates",
    "merge_places",
    "same_as",
    "score_pairs",
]
