"""Tables of the living census: places, what lists tell of them, fixes, imports and merges."""

from portrea.web.offer.models.campaigns import Ask, Campaign, OptOut
from portrea.web.offer.models.census import Fix, Place, Question, SourceCard
from portrea.web.offer.models.contributions import (
    ContributionLink,
    PairVerdict,
    Proposal,
    SavedMapping,
)
from portrea.web.offer.models.imports import ImportBatch, ImportRow
from portrea.web.offer.models.merges import Alias, Merge

__all__ = [
    "Alias",
    "Ask",
    "Campaign",
    "ContributionLink",
    "Fix",
    "ImportBatch",
    "ImportRow",
    "Merge",
    "OptOut",
    "PairVerdict",
    "Place",
    "Proposal",
    "Question",
    "SavedMapping",
    "SourceCard",
]
