"""The outlines of the areas of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.steering.catalogue.made import GEOMETRY, rounded_wkb

if TYPE_CHECKING:
    from portrea.steering.reading import Reader
    from portrea.territory.geometry import Shapes

MADE_OF_COMMUNES = ("epci", "departement", "region")


def outlines_of(reader: Reader, frame: pl.DataFrame) -> pl.Series | None:
    """Return the outline of each row (``level``, ``code``) as WKB, ``None`` when none is known.

    An EPCI, département or région without an outline of its own is made of its communes.
    """
    parts = []
    for level in frame["level"].unique(maintain_order=True).to_list():
        codes = frame.filter(pl.col("level") == level)["code"].to_list()
        shapes = _shapes(reader, level, codes)
        if shapes is not None:
            told = {"level": level, "code": shapes.codes.tolist(),
                    GEOMETRY: rounded_wkb(shapes.polygons)}  # fmt: skip
            parts.append(pl.DataFrame(told, schema_overrides={GEOMETRY: pl.Binary}))
    if not parts:
        return None
    keys = ["level", "code"]
    return frame.select(keys).join(pl.concat(parts), on=keys, how="left", maintain_order="left")[
        GEOMETRY
    ]


def _shapes(reader: Reader, level: str, codes: list[str]) -> Shapes | None:
    found = reader.outlines.pick(level, codes)
    if found is not None or level not in MADE_OF_COMMUNES:
        return found
    communes = reader.snapshot.territories.filter(
        pl.col("level") == "commune", pl.col(level).is_in(codes)
    )
    parents = dict(communes.select("code", level).iter_rows())
    return reader.outlines.united(level, parents) if parents else None
