"""What an export needs to know beside the places, and why a place could not be written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Choices of one export.

    Attributes
    ----------
    today
        No date after it is written.
    producer
        Identifier of who publishes (``source`` of data·inclusion).
    cities
        Name of each commune by its code, for places that tell only the code.
    undated
        Date written for places whose date is unknown; ``None`` leaves them out.
    confirmed_hours
        Whether only hours that a person or their producer confirmed are written.
    """

    today: date
    producer: str = "portrea"
    cities: Mapping[str, str] = field(default_factory=dict)
    undated: date | None = None
    confirmed_hours: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A place that a standard cannot hold: the field it misses, and why in French."""

    id: str
    name: str
    field: str
    reason: str


def date_of(updated: date | None, context: Context) -> date | None:
    """Return the date to write: a date to come is not known."""
    known = updated is not None and updated <= context.today
    return updated if known else context.undated
