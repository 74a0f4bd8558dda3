"""Count a demand left without an answer: one unit in a month, and nothing else is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

from portrea.base.errors import ParameterError
from portrea.offer.orientation.procedures import procedures
from portrea.offer.orientation.unmet import parameters, reasons
from portrea.offer.record import Block
from portrea.territory.codes import Level, valid

if TYPE_CHECKING:
    from datetime import date

_ADD = (
    "INSERT INTO journeys_unmetdemand"
    ' (month, commune, need, "procedure", reason, origin, count) VALUES (%s, %s, %s, %s, %s, %s, 1)'
    ' ON CONFLICT (month, commune, need, "procedure", reason, origin)'
    " DO UPDATE SET count = journeys_unmetdemand.count + 1"
)
"""One statement, so that two processes never read the same count (SQLite and PostgreSQL)."""


def demand_count(
    *,
    commune: str,
    need: str,
    reason: str,
    origin: str,
    procedure: str = "",
    on: date | None = None,
) -> None:
    """Add one to the count of a month.

    Raises
    ------
    ParameterError
        A code that is none of ours: nothing free is ever written here.
    """
    known = (
        valid(Level.COMMUNE, commune)
        and need in set(Block)
        and procedure in {"", *procedures()}
        and reason in reasons()
        and origin in parameters()["origines"]
    )
    if not known:
        raise ParameterError("Ce décompte n’est pas possible : un code n’existe pas.")
    month = (on or timezone.localdate()).replace(day=1)
    told = connection.ops.adapt_datefield_value(month)
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [told, commune, need, procedure, reason, origin])
