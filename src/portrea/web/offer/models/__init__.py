"""Tables of the living census: places, what lists tell of them, fixes, imports and merges."""

from portrea.web.offer.models.census import Fix, Place, Question, SourceCard
from portrea.web.offer.models.imports import ImportBatch, ImportRow
from portrea.web.offer.models.merges import Alias, Merge

__all__ = [
    "Alias",
    "Fix",
    "ImportBatch",
    "ImportRow",
    "Merge",
    "Place",
    "Question",
    "SourceCard",
]
