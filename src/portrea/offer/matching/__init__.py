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

__all__ = [
    "Duplicates",
    "candidate_pairs",
    "cluster",
    "explain",
    "find_duplicates",
    "same_as",
    "score_pairs",
]
