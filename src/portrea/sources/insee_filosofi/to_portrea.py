"""From the Filosofi tables to observations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.sources.areas import keep_communes, level_of, with_codes
from portrea.sources.cards import card
from portrea.sources.figures import to_observations
from portrea.sources.insee_filosofi.check import check
from portrea.sources.insee_filosofi.read import read
from portrea.sources.source import Loaded

if TYPE_CHECKING:
    from portrea.sources.source import Peek


def load(peek: Peek) -> list[Loaded]:
    """Return the dataset of the file: rates as shares (0–1), medians in euros a year."""
    table = read(peek)
    level = level_of(peek, table.code, table.frame[table.code], where=peek.name)
    areas = with_codes(table.frame, table.code, level, where=peek.name)
    long = to_observations(areas.frame, table.figures, where=peek.name, blank="missing")
    whole = keep_communes(long)
    observations = whole.frame.sort("level", "code", "variable")
    checks = check(observations, peek.name)
    dataset = "insee-filosofi-iris" if level == "iris" else "insee-filosofi-communes"
    part = "_".join((level, *sorted({figure.variable for figure in table.figures})))
    return [
        Loaded(
            card(dataset, table.year),
            {"observations": observations},
            part=part,
            remarks=(*areas.remarks, *whole.remarks, *checks),
        )
    ]
