"""Months counted again where their records changed: exact whoever wrote, when a board is read."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db import transaction

from portrea.action.tallies import packed, tally
from portrea.web.action.models import Record, Tally, TallyCell, TallyStale

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from django.db.models import Q

    from portrea.action.tallies import Cell

KEY = ("level", "code", "structure", "month")
COLUMNS = (
    "level", "code", "structure", "day", "kind", "where", "band", "autonomy", "result", "reason",
    "commune", "procedure_id", "oriented", "people", "known", "minutes", "themes", "ages",
    "statuses", "genders",
)  # fmt: skip
AT_ONCE = 400
"""Months counted by one query."""

Month = tuple[str, str, str, str]


def recount(where: Q) -> int:
    """Count again the months noted by the database within a condition; return how many.

    Notes are locked while one counts: a second reader waits, then finds them gone. A record written
    meanwhile leaves a note of its own.
    """
    if not TallyStale.objects.filter(where).exists():
        return 0
    with transaction.atomic():
        notes = TallyStale.objects.filter(where).select_for_update().order_by("pk")
        numbers, months = [], set()
        for pk, *month in notes.values_list("pk", *KEY):
            numbers.append(pk)
            months.add(tuple(month))
        for part in _parts(sorted(months)):
            _count(part)
        for part in _parts(numbers):
            TallyStale.objects.filter(pk__in=part).delete()
    return len(months)


def _count(months: list[Month]) -> None:
    """Replace the counts of some months by those of their records."""
    counted = {month: tally(rows) for month, rows in _records(months)}
    cells = _numbers({cell for counts in counted.values() for cell in counts})
    made = [
        Tally(
            **dict(zip(KEY, month, strict=True)),
            records=counts["total", "records"],
            counts=packed({cells[cell]: number for cell, number in counts.items()}),
        )
        for month, counts in counted.items()
    ]
    Tally.objects.bulk_create(
        made, update_conflicts=True, unique_fields=KEY, update_fields=["records", "counts"]
    )
    for level, code, structure, month in set(months) - set(counted):
        Tally.objects.filter(level=level, code=code, structure=structure, month=month).delete()


def _records(months: list[Month]) -> Iterator[tuple[Month, Iterable[Mapping[str, Any]]]]:
    """Yield each month that has records, and them."""
    wanted = set(months)
    named = [month[3] for month in months]
    rows = (
        Record.objects.filter(code__in={month[1] for month in months})
        .filter(day__gte=f"{min(named)}-01", day__lt=_after(max(named)))
        .order_by("level", "code", "structure", "day")
        .values(*COLUMNS)
    )

    def month_of(row: Mapping[str, Any]) -> Month:
        return row["level"], row["code"], row["structure"], f"{row['day']:%Y-%m}"

    for month, found in groupby(rows.iterator(5_000), key=month_of):
        if month in wanted:
            yield month, found


def _after(month: str) -> date:
    """Return the first day of the next month."""
    year, number = map(int, month.split("-"))
    return date(year + number // 12, number % 12 + 1, 1)


def _numbers(cells: set[Cell]) -> dict[Cell, int]:
    """Return the number of each cell, giving one to those that have none."""
    known = _known(cells)
    new = sorted(cells - set(known))
    if new:
        made = [TallyCell(dimension=dimension, value=value) for dimension, value in new]
        TallyCell.objects.bulk_create(made, ignore_conflicts=True)
        known |= _known(set(new))
    return known


def _known(cells: set[Cell]) -> dict[Cell, int]:
    found = TallyCell.objects.filter(dimension__in={dimension for dimension, _value in cells})
    rows = found.values_list("dimension", "value", "pk")
    return {(dimension, value): pk for dimension, value, pk in rows}


def _parts(things: list[Any]) -> Iterator[list[Any]]:
    for first in range(0, len(things), AT_ONCE):
        yield things[first : first + AT_ONCE]
