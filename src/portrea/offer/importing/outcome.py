"""What an import gives: places, rows refused with their reasons, all that was left aside."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from portrea.base.spreadsheets import inert
from portrea.offer.importing.people import People, personal_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from portrea.base.errors import Diagnostic
    from portrea.offer.importing.mapping import Mapping as ColumnMapping
    from portrea.offer.record import Place

REASON, LINE = "raison", "ligne d’origine"


class Severity(StrEnum):
    """What became of a faulty row or value."""

    REFUSED = "refused"
    LEFT_ASIDE = "left_aside"
    WARNING = "warning"

    @property
    def label(self) -> str:
        """French word shown beside the fault."""
        return _SEVERITIES[self]


_SEVERITIES = {
    Severity.REFUSED: "ligne refusée",
    Severity.LEFT_ASIDE: "valeur laissée de côté",
    Severity.WARNING: "à vérifier",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to know about a row."""

    severity: Severity
    diagnostic: Diagnostic

    def __str__(self) -> str:
        return f"{self.diagnostic} [{self.severity.label}]"


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that gives no place: its line in the file, its cells as received, and why."""

    line: int
    cells: tuple[str, ...]
    reasons: tuple[Diagnostic, ...]


class Listing(Protocol):
    """An opened list (:class:`portrea.sources.lists.ListFile`)."""

    @property
    def name(self) -> str:
        """Name of the file."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Cells as text."""

    @property
    def lines(self) -> tuple[int, ...]:
        """Line of each row in the file."""

    @property
    def extra(self) -> dict[int, tuple[str, ...]] | None:
        """Cells beyond the last column, by position of the row."""

    @property
    def empty(self) -> int:
        """Rows without any value."""


@dataclass(frozen=True, slots=True)
class Imported:
    """Result of reading a list: ``accepted + refused + left_out + empty`` is always ``read``.

    ``lines`` gives, by identifier of place, the lines that tell it; ``to_locate`` the identifiers
    of the places without position.
    """

    name: str
    columns: tuple[str, ...]
    mapping: ColumnMapping
    places: tuple[Place, ...]
    accepted: tuple[int, ...]
    refused: tuple[RefusedRow, ...]
    left_out: tuple[RefusedRow, ...]
    empty: int
    faults: tuple[Fault, ...] = ()
    people: People = field(default_factory=People)
    lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def read(self) -> int:
        """Rows of the file below the header."""
        return len(self.accepted) + len(self.refused) + len(self.left_out) + self.empty

    @property
    def to_locate(self) -> tuple[str, ...]:
        """Places without position, to be geocoded."""
        return tuple(place.id for place in self.places if place.latitude is None)

    def reasons(self) -> dict[str, int]:
        """Return how many rows are refused for each first reason."""
        counts: dict[str, int] = {}
        for row in self.refused:
            message = row.reasons[0].message
            message = re.sub(r"ligne \d+", "une autre ligne", message)
            counts[message] = counts.get(message, 0) + 1
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def to_mend(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Return the file to mend and send again: same columns, then the reason and the line.

        Cells of columns about persons are emptied; cells that a spreadsheet would run as a formula
        get an apostrophe, which reading them again takes off.
        """
        hidden = [personal_column(column) for column in self.columns]
        columns = tuple(c for c in self.columns if c not in (REASON, LINE))
        kept = [i for i, c in enumerate(self.columns) if c not in (REASON, LINE)]
        rows = [
            (
                *("" if hidden[i] else inert(row.cells[i]) for i in kept),
                inert(" / ".join(_sentence(reason) for reason in row.reasons)),
                str(row.line),
            )
            for row in self.refused
        ]
        return (*map(inert, columns), REASON, LINE), rows


def sent_again(columns: Iterable[str]) -> bool:
    """Whether a list is a file of refused rows, mended: it adds, and nothing left the list."""
    return {REASON, LINE} <= set(columns)


def _sentence(reason: Diagnostic) -> str:
    return f"{reason.message}{' — ' + reason.remedy if reason.remedy else ''}"


def by_severity(faults: Sequence[Fault]) -> dict[Severity, int]:
    """Count the faults of each severity."""
    return {kind: sum(1 for fault in faults if fault.severity is kind) for kind in Severity}
