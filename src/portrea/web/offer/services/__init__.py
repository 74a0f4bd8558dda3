"""Every write of the census: atomic, keyword-only, allowed by the matrix, told in the journal."""

from portrea.web.offer.services.conflicts import Conflict, EditConflict
from portrea.web.offer.services.duplicates import places_join
from portrea.web.offer.services.imports import (
    NotTaken,
    import_apply,
    import_receive,
    place_id_of,
)
from portrea.web.offer.services.loading import LoadReport, census_load
from portrea.web.offer.services.merges import merge_many, place_merge, place_split
from portrea.web.offer.services.places import (
    place_close,
    place_create,
    place_fix,
    place_hide,
    place_reopen,
    place_withdraw_fix,
)
from portrea.web.offer.services.questions import question_answer
from portrea.web.offer.services.rebuilding import place_rebuild
from portrea.web.offer.services.undoing import import_undo

__all__ = [
    "Conflict",
    "EditConflict",
    "LoadReport",
    "NotTaken",
    "census_load",
    "import_apply",
    "import_receive",
    "import_undo",
    "merge_many",
    "place_close",
    "place_create",
    "place_fix",
    "place_hide",
    "place_id_of",
    "place_merge",
    "place_rebuild",
    "place_reopen",
    "place_split",
    "place_withdraw_fix",
    "places_join",
    "question_answer",
]
