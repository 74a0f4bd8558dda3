"""The guard at creation, asked while one types: processor of ``same_as`` among real places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from benchmarks import Measure, clock
from benchmarks.duplicates import LIST, ROOT, stacked
from portrea.offer.matching import same_as
from portrea.offer.matching.duplicates import compared_with
from portrea.offer.record import Place
from portrea.vocab.tables import PLACES

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 0.1
"""Seconds: what is felt as « at once »."""
EVERY = 631
"""Step between the places asked about: a hundred of the list."""


def run() -> list[Measure]:
    """Ask about a hundred places of the national stacked list, each written anew."""
    path = ROOT.parent / "shared/data" / LIST
    if not path.exists():
        return []
    frame = stacked(path)
    kinds = {column.name: column.dtype for column in PLACES.columns}
    absent = [pl.lit(None, kind).alias(name) for name, kind in kinds.items() if name not in frame]
    frame = frame.with_columns(absent).select(list(kinds))
    times, compared = [], []
    for place in _asked(frame):
        with clock() as taken:
            same_as(place, frame)
        times.append(taken.cpu)
        compared.append(compared_with(place, frame).height)
    times.sort()
    return [
        Measure(
            "offer-same-as",
            f"« Ce lieu existe peut-être déjà », parmi {frame.height} fiches (processeur, p95)",
            times[int(len(times) * 0.95)],
            limit=LIMIT,
            note=f"{len(times)} lieux ; médiane {times[len(times) // 2] * 1e3:.0f} ms ; "
            f"au plus {max(compared)} fiches comparées",
        )
    ]


def _asked(frame: pl.DataFrame) -> Iterator[Place]:
    told = ("name", "address", "postcode", "city", "commune", "longitude", "latitude")
    for row in frame.gather_every(EVERY).iter_rows(named=True):
        yield Place(id="portrea--new", **{n: row[n] for n in told if row[n] is not None})
