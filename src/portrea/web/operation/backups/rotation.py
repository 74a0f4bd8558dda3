"""Which backups of a folder are kept: the newest of each of the last days, then of each week."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable
    from pathlib import Path

NAME = "portrea-%Y%m%dT%H%M%SZ"


def kept(dates: Iterable[datetime], keep: int) -> set[datetime]:
    """Return the backups to keep: the newest of ``keep`` days and of ``keep`` weeks (ISO).

    Only days and weeks that have a backup count: a site that was stopped loses nothing.
    """
    newest_first = sorted(set(dates), reverse=True)
    days: dict[Hashable, datetime] = {}
    weeks: dict[Hashable, datetime] = {}
    for date in newest_first:
        days.setdefault(date.date(), date)
        weeks.setdefault(date.isocalendar()[:2], date)
    return {*list(days.values())[:keep], *list(weeks.values())[:keep]}


def dated(folder: Path) -> dict[Path, datetime]:
    """Return the backups of a folder with their dates, read in their names."""
    found = {}
    for path in folder.glob("portrea-*Z*.tar*"):
        try:
            moment = datetime.strptime(path.name.split(".")[0], NAME).replace(tzinfo=UTC)
        except ValueError:
            continue
        found[path] = moment
    return found


def rotate(folder: Path, keep: int) -> list[Path]:
    """Remove the backups of a folder that are no longer kept; return them."""
    found = dated(folder)
    stay = kept(found.values(), keep)
    gone = sorted(path for path, date in found.items() if date not in stay)
    for path in gone:
        path.unlink(missing_ok=True)
    return gone
