"""The columns of a place that lists are searched by, computed from its record, many at once."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl
from django.conf import settings

from portrea.base.errors import StoreError
from portrea.offer.locating import with_communes
from portrea.offer.quality import completeness
from portrea.offer.record import Block
from portrea.offer.rows import frame_of
from portrea.offer.searching import tags_of, week_of_place
from portrea.sources.store import Store
from portrea.steering.reading import Reader
from portrea.territory import complete_territories
from portrea.territory.codes import departement_expr, departement_regions
from portrea.territory.naming import normalise_all
from portrea.territory.vintage import today_expr
from portrea.vocab.standards.mednum import kind_label
from portrea.web.offer.models.census import BITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.offer.record import Place as Record

NAMES = (
    "name", "kind", "city", "commune", "epci", "departement", "region", "longitude", "latitude",
    "phone", "situations", "updated", "confirmed", "completeness", "sort", "search", "tags", "week",
)  # fmt: skip
"""Columns of the model ``Place`` that this module fills."""
_BY_RECORD = {"confirmed", "tags", "week"}
_LIMITS = {"name": 300, "kind": 80, "city": 120, "phone": 40, "sort": 160}


def columns_of(records: Sequence[Record]) -> list[dict[str, Any]]:
    """Return, for each record in its order, the values of :data:`NAMES`."""
    if not records:
        return []
    frame = _with_territories(located_frame(frame_of(records)))
    frame = frame.with_columns(
        completeness=completeness(frame),
        _plain=normalise_all(frame["name"]),
        _city=normalise_all(frame["city"].fill_null("")),
        _kind=pl.col("kind").replace_strict(
            {k: kind_label(k) for k in frame["kind"].drop_nulls().unique()}, default=""
        ),
    )
    frame = frame.with_columns(
        sort=pl.format("{}|{}", "_city", "_plain"),
        search=_searched(frame),
        situations=_bits(),
        **{name: pl.col(name).fill_null("") for name in _texts()},
    ).with_columns(pl.col(name).str.slice(0, most) for name, most in _LIMITS.items())
    rows = frame.select([name for name in NAMES if name not in _BY_RECORD]).to_dicts()
    for row, record in zip(rows, records, strict=True):
        row["confirmed"] = max((s.confirmed for s in record.services if s.confirmed), default=None)
        row["tags"], row["week"] = "\n".join(tags_of(record)), _week(record)
        if any(service.block is Block.DEPANNAGE for service in record.services):
            row["situations"] |= BITS[str(Block.DEPANNAGE)]
    return rows


def _week(record: Record) -> str:
    return " ".join(f"{start}-{end}" for start, end in week_of_place(record))


def _texts() -> tuple[str, ...]:
    return ("kind", "city", "commune", "epci", "departement", "region", "phone")


def _searched(frame: pl.DataFrame) -> pl.Series:
    """Return what a person may type to find a place, folded like what she types."""
    words = frame.select(
        pl.concat_str(
            "name",
            "city",
            "postcode",
            "address",
            "_kind",
            pl.col("programmes").list.join(" "),
            separator=" ",
            ignore_nulls=True,
        ).alias("search")
    )
    return normalise_all(words["search"])


def _bits() -> pl.Expr:
    told = pl.col("situations")
    return pl.sum_horizontal(
        pl.when(told.list.contains(name)).then(bit).otherwise(0)
        for name, bit in BITS.items()
        if name != str(Block.DEPANNAGE)
    )


# -- where ----------------------------------------------------------------------------------------


def located_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """Find the commune of places that only give a position, and today's commune of old codes."""
    lost = frame.filter(
        pl.col("commune").is_null() & pl.all_horizontal("longitude", "latitude").is_not_null()
    )
    if lost.height:
        contours = Store(settings.PORTREA_HOME).gather("contours")
        frame = with_communes(frame, contours) if contours.height else frame
    return frame.with_columns(commune=today_expr(pl.col("commune")))


def _with_territories(frame: pl.DataFrame) -> pl.DataFrame:
    """Add what contains the commune; an unknown commune still tells its departement."""
    frame = frame.join(communes(), on="commune", how="left", maintain_order="left")
    departement = pl.coalesce("departement", departement_expr(pl.col("commune")))
    return frame.with_columns(departement=departement).with_columns(
        region=pl.coalesce(
            "region", pl.col("departement").replace_strict(departement_regions(), default=None)
        )
    )


def communes() -> pl.DataFrame:
    """Return ``commune``, ``epci``, ``departement``, ``region`` as the store knows them."""
    store = Store(settings.PORTREA_HOME)
    manifest = store.root / "manifest.json"
    pointer = store.root / "current"
    stamp = tuple(p.stat().st_mtime_ns if p.exists() else 0 for p in (manifest, pointer))
    return _communes(str(store.home), stamp)


@lru_cache(maxsize=2)
def _communes(_home: str, _stamp: tuple[int, ...]) -> pl.DataFrame:
    store = Store(settings.PORTREA_HOME)
    names = ("commune", "epci", "departement", "region")
    try:
        table = Reader(store).gazetteer.table
    except StoreError:
        gathered = store.gather("territories")
        if not gathered.height:
            return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
        table = complete_territories(gathered)
    return table.filter(pl.col("level") == "commune").select(names).unique("commune")
