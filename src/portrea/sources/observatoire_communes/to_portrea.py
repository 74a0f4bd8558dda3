"""From a multi-level table to observations, one dataset per family and year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.sources.areas import keep_communes
from portrea.sources.cards import card
from portrea.sources.figures import mark_rounded, to_observations
from portrea.sources.observatoire_communes.check import (
    check,
    drop_ept,
    mark_averaged,
    settle_zeros,
)
from portrea.sources.observatoire_communes.read import MultiLevelTable, params, read
from portrea.sources.source import Loaded

if TYPE_CHECKING:
    from portrea.sources.figures import Figure
    from portrea.sources.source import Peek


def load(peek: Peek) -> list[Loaded]:
    """Return the datasets of the file, latest year first."""
    table = read(peek)
    return [
        _load(peek, table, family, year, figures)
        for (family, year), figures in table.figures.items()
    ]


def _load(
    peek: Peek,
    table: MultiLevelTable,
    family: str,
    year: str,
    figures: tuple[Figure, ...],
) -> Loaded:
    long = to_observations(table.frame, figures, where=peek.name)
    whole = keep_communes(mark_averaged(mark_rounded(long)))
    single, grand_paris = drop_ept(whole.frame)
    settled, zeros = settle_zeros(single, table.frame.select("level", "code", "departement"))
    observations = settled.sort("level", "code", "variable")
    checks = check(observations, peek.name)
    dataset = params("families")[family]["dataset"]
    return Loaded(
        card(dataset, year),
        {"observations": observations},
        part=family,
        remarks=(*table.remarks, *whole.remarks, *grand_paris, *zeros, *checks),
    )
