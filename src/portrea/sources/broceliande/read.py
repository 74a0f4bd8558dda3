"""Read the committed extract: one dataset per producer and vintage.

The file is made by ``scripts/extract_broceliande.py`` from the producers' tables. What PorTReA
published about this territory is a result to compare with, and is not in it.
"""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.provenance import Provenance
from portrea.sources.catalogue import entry
from portrea.sources.source import Loaded
from portrea.territory.codes import departement_expr
from portrea.territory.naming import normalise

if TYPE_CHECKING:
    from collections.abc import Collection

SOURCE_ID = "broceliande"
DATASET = "broceliande-extrait"
FIGURES = ("level", "code", "variable", "value", "status")


def table() -> pl.DataFrame:
    """Return the extract as committed (numbers as floats, the rest as text)."""
    with as_file(files("portrea.sources.broceliande").joinpath("data", "broceliande.csv")) as path:
        return pl.read_csv(path, infer_schema=False).with_columns(pl.col("value").cast(pl.Float64))


def embedded(*, departements: Collection[str] | None = None) -> list[Loaded]:
    """Return the datasets of the extract (none when Ille-et-Vilaine is not asked for)."""
    frame = table()
    if departements is not None:
        frame = frame.filter(departement_expr(pl.col("code")).is_in(list(departements)))
    groups = frame.partition_by("producer", "vintage", as_dict=True, maintain_order=True)
    return [_loaded(str(key[0]), str(key[1]), rows) for key, rows in groups.items()]


def _loaded(producer: str, vintage: str, rows: pl.DataFrame) -> Loaded:
    provenance = Provenance(
        source=SOURCE_ID,
        title=" ; ".join(rows["title"].unique(maintain_order=True)),
        producer=producer,
        vintage=vintage,
        licence=entry(DATASET).licence,
        page=next(iter(rows["page"].drop_nulls().to_list()), None),
        verified=True,
        note="Extrait de 33 communes ; lu dans des tableaux recodés par des tiers.",
    )
    part = normalise(producer).replace(" ", "-")
    return Loaded(provenance, {"observations": rows.select(FIGURES)}, part)
