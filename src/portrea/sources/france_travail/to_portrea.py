"""From tables of job-seekers to observations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.sources.areas import keep_communes, level_of, with_codes
from portrea.sources.cards import card
from portrea.sources.figures import hide, mark_rounded, to_observations
from portrea.sources.france_travail.check import check
from portrea.sources.france_travail.read import read
from portrea.sources.source import Loaded

if TYPE_CHECKING:
    from portrea.sources.areas import Areas
    from portrea.sources.figures import Figure
    from portrea.sources.france_travail.read import JobseekersTable
    from portrea.sources.source import Peek


def load(peek: Peek) -> list[Loaded]:
    """Return one dataset per year of the file."""
    table = read(peek)
    level = level_of(peek, table.code, table.frame[table.code], where=peek.name)
    areas = with_codes(table.frame, table.code, level, where=peek.name)
    return [_load_year(peek, table, areas, year, figures) for year, figures in table.years.items()]


def _load_year(
    peek: Peek, table: JobseekersTable, areas: Areas, year: str, figures: tuple[Figure, ...]
) -> Loaded:
    level = areas.frame["level"][0]
    long = to_observations(areas.frame, figures, where=peek.name, blank="suppressed")
    long = hide(long, pl.col("value") == 0)
    whole = keep_communes(mark_rounded(long))
    observations = whole.frame.sort("level", "code", "variable")
    checks = check(observations, peek.name)
    dataset = "france-travail-iris" if level == "iris" else "france-travail-communes"
    remarks = (*table.remarks, *areas.remarks, *whole.remarks, *checks)
    return Loaded(card(dataset, year), {"observations": observations}, part=level, remarks=remarks)
