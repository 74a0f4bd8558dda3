"""A record as the library says it, and as the table keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portrea.action.activity import Activity

if TYPE_CHECKING:
    from portrea.web.action.models import Record

SAME = (
    "kind", "where", "day", "people", "minutes", "band", "known", "autonomy", "result", "reason",
    "oriented", "oriented_to", "title", "commune",
)  # fmt: skip
"""Fields of an activity that a column of the same name keeps."""
LISTED = ("themes", "other_themes", "bodies", "equipment", "tags")
COUNTED = ("ages", "statuses", "genders")


def columns_of(activity: Activity) -> dict[str, Any]:
    """Return the columns of :class:`Record` that say an activity."""
    told = {name: getattr(activity, name) for name in SAME}
    told |= {name: list(getattr(activity, name)) for name in LISTED}
    told |= {name: dict(getattr(activity, name)) for name in COUNTED}
    return told | {"standing": activity.level, "procedure_words": activity.procedure}


def activity_of(record: Record) -> Activity:
    """Return the activity that a row says; its procedure is the words, else the catalogue’s."""
    told = {name: getattr(record, name) for name in (*SAME, *COUNTED)}
    told |= {name: tuple(getattr(record, name)) for name in LISTED}
    named = record.procedure.name if record.procedure else ""
    return Activity(**told, level=record.standing, procedure=record.procedure_words or named)
