"""From the Filosofi tables to observations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.sources.areas import Areas, keep_communes, level_of, with_codes
from portrea.sources.cards import card
from portrea.sources.figures import to_observations
from portrea.sources.insee_filosofi.check import check
from portrea.sources.insee_filosofi.long import is_long, read_long
from portrea.sources.insee_filosofi.read import read
from portrea.sources.source import Loaded

if TYPE_CHECKING:
    from portrea.base.provenance import Provenance
    from portrea.sources.source import Peek


def load(peek: Peek) -> list[Loaded]:
    """Return the dataset of the file: rates as shares (0–1), medians in euros a year."""
    return [_load_long(peek) if is_long(peek.columns) else _load_wide(peek)]


def _load_wide(peek: Peek) -> Loaded:
    table = read(peek)
    level = level_of(peek, table.code, table.frame[table.code], where=peek.name)
    areas = with_codes(table.frame, table.code, level, where=peek.name)
    long = to_observations(areas.frame, table.figures, where=peek.name, blank="missing")
    dataset = "insee-filosofi-iris" if level == "iris" else "insee-filosofi-communes"
    part = "_".join((level, *sorted({figure.variable for figure in table.figures})))
    return _finish(peek, Areas(long, areas.remarks), card(dataset, table.year), part)


def _load_long(peek: Peek) -> Loaded:
    year, areas = read_long(peek)
    return _finish(peek, areas, card("insee-filosofi-tous-niveaux", year), "tous_niveaux")


def _finish(peek: Peek, areas: Areas, provenance: Provenance, part: str) -> Loaded:
    whole = keep_communes(areas.frame)
    observations = whole.frame.sort("level", "code", "variable")
    remarks = (*areas.remarks, *whole.remarks, *check(observations, peek.name))
    return Loaded(provenance, {"observations": observations}, part=part, remarks=remarks)
