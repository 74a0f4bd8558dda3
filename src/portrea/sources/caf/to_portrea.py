"""From the CAF tables to observations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import Diagnostic
from portrea.sources.areas import keep_communes, level_of, with_codes
from portrea.sources.caf.check import check, check_notes
from portrea.sources.caf.read import CafTable, read
from portrea.sources.cards import card
from portrea.sources.figures import hide, mark_rounded, to_observations
from portrea.sources.source import Loaded

if TYPE_CHECKING:
    from portrea.sources.source import Peek


def load(peek: Peek) -> list[Loaded]:
    """Return one dataset per year of the file."""
    return [_load_year(peek, table) for table in read(peek)]


def _load_year(peek: Peek, table: CafTable) -> Loaded:
    check_notes(table, peek.name)
    level = level_of(peek, table.code, table.frame[table.code], where=peek.name)
    areas = with_codes(table.frame, table.code, level, where=peek.name)
    long = to_observations(areas.frame, table.figures, where=peek.name, blank="suppressed")
    zeros, long = _hide_zeros(long)
    whole = keep_communes(mark_rounded(long))
    observations = whole.frame.sort("level", "code", "variable")
    checks = check(observations, table.year, peek.name)
    remarks = (*table.remarks, *areas.remarks, *whole.remarks, *zeros, *checks)
    dataset = "caf-iris" if level == "iris" else "caf-communes"
    return Loaded(
        card(dataset, table.year), {"observations": observations}, part=level, remarks=remarks
    )


def _hide_zeros(long: pl.DataFrame) -> tuple[tuple[Diagnostic, ...], pl.DataFrame]:
    zero = pl.col("value") == 0
    count = long.filter(zero).height
    if not count:
        return (), long
    text = (
        f"{count} valeur(s) à 0 : aucune personne, ou effectif masqué ; elles sont tenues pour"
        " inconnues"
    )
    return (Diagnostic("zero-or-hidden", text),), hide(long, zero)
