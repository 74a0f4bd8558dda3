"""``portrea portrait 'epci:*'``: a batch told in French, with what failed and why."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING

import click

from portrea.base.errors import DataError, Diagnostic
from portrea.base.estimates import integer
from portrea.cli.progress import progress_bar
from portrea.steering.batch import expand, make_portraits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from portrea.steering.batch import Outcome
    from portrea.steering.reading import Reader

MOST_NAMED = 10
"""Territories named for one fault."""


def write_batch(
    reader: Reader, wanted: str, folder: Path, form: str, processes: int | None
) -> None:
    """Write the portraits of the territories that answer to a pattern, and say what was done.

    Raises
    ------
    DataError
        Some could not be made; the others are written.
    """
    territories = expand(reader, wanted)
    started = time.monotonic()
    with progress_bar("Portraits") as progress:
        outcome = make_portraits(
            reader, territories, folder, form=form, processes=processes, progress=progress
        )
    seconds = time.monotonic() - started
    click.echo(
        f"{_portraits(outcome.total)} dans {folder} : {integer(len(outcome.made))} "
        f"{_plural('fait', outcome.made)} en {_lasted(seconds)}, {integer(len(outcome.kept))} déjà "
        f"à jour, {integer(len(outcome.faults))} en échec."
    )
    if outcome.faults:
        raise DataError(
            f"{_portraits(len(outcome.faults))} n’ont pas pu être faits ; les autres le sont."
            if len(outcome.faults) > 1
            else "Un portrait n’a pas pu être fait ; les autres le sont.",
            remedy="Après correction, relancez la même commande : seuls ceux-là seront refaits.",
            diagnostics=tuple(_diagnostics(outcome)),
        )


def _diagnostics(outcome: Outcome) -> Iterator[Diagnostic]:
    """Tell each fault once, with the territories it touches."""
    by_fault: dict[str, list[str]] = defaultdict(list)
    for key, fault in outcome.faults.items():
        by_fault[fault].append(key)
    for fault, keys in by_fault.items():
        more = len(keys) - MOST_NAMED
        others = f" et {integer(more)} {'autres' if more > 1 else 'autre'}" if more > 0 else ""
        yield Diagnostic("portrait", f"{', '.join(keys[:MOST_NAMED])}{others} : {fault}")


def _portraits(count: int) -> str:
    return f"{integer(count)} {'portraits' if count > 1 else 'portrait'}"


def _plural(word: str, items: list[str]) -> str:
    return f"{word}s" if len(items) > 1 else word


def _lasted(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
