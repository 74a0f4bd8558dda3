"""Make one consistent table of territories out of what several datasets say."""

from __future__ import annotations

import polars as pl

from portrea.territory.codes import (
    Level,
    commune_expr,
    departement_expr,
    departement_regions,
    official_names,
    well_formed,
)
from portrea.territory.vintage import changes, today_expr

SCHEMA: dict[str, type[pl.DataType]] = {
    "level": pl.String,
    "code": pl.String,
    "name": pl.String,
    "commune": pl.String,
    "epci": pl.String,
    "departement": pl.String,
    "region": pl.String,
    "kind": pl.String,
    "longitude": pl.Float64,
    "latitude": pl.Float64,
    "area_km2": pl.Float64,
}
"""Columns of the table ``territories`` (declared in ``portrea.vocab.tables``, one floor above)."""

FULL_LISTING = 0.97
"""A dataset lists all the IRIS of a departement's communes when it has at least this share of the
longest lists of the communes it knows there: two yearly vintages differ by less, a file of habitat
IRIS only by more."""

_DETAILS = ("name", "epci", "kind", "longitude", "latitude", "area_km2")
_READ = ("level", "code", "commune", *_DETAILS, "dataset")
"""Columns read: the other parents are worked out again from the code."""
_CITIES = {"75056": "Paris", "69123": "Lyon", "13055": "Marseille"}


def complete_territories(gathered: pl.DataFrame) -> pl.DataFrame:
    """Return one row per territory of today, parents and names filled, from iris to France.

    Parameters
    ----------
    gathered
        Rows of ``TERRITORIES`` from any number of datasets, with ``dataset``, ``vintage`` and
        ``source`` columns (``Store.gather("territories")``). Order does not matter.

    Returns
    -------
    A table in the schema of ``TERRITORIES``, sorted by level then code.

    Notes
    -----
    - A commune of a former vintage gives its epci to the commune of today when nothing newer does;
      its name, point and area are not those of today's commune and are left out.
    - The IRIS of a commune come from one dataset, the newest that lists them all
      (:data:`FULL_LISTING`): two vintages of IRIS never overlap.
    - The newest non-null detail wins. An IRIS without a point of its own keeps a null one.
    - An epci lying in several departements gets the one holding most of its communes.
    """
    rows = _prepare(gathered)
    communes = _communes(rows)
    parents = communes.select("commune", "departement", "region", "epci", commune_name="name")
    uppers = [
        _upper(rows, communes, level) for level in (Level.EPCI, Level.DEPARTEMENT, Level.REGION)
    ]
    tables = [_iris(rows, parents), communes, *uppers, _france(communes), _qpv(rows, parents)]
    return pl.concat(
        [table.select(pl.col(n).cast(t) for n, t in SCHEMA.items()) for table in tables]
    )


def _prepare(gathered: pl.DataFrame) -> pl.DataFrame:
    """Newest first, names that say nothing made null, malformed codes left out."""
    absent = [name for name in ("dataset", "vintage", "source") if name not in gathered.columns]
    frame = gathered.with_columns(pl.lit("").alias(name) for name in absent)
    frame = frame.filter(well_formed(pl.col("level"), pl.col("code")))
    says_nothing = pl.col("name").str.contains(r"^\s*\d*\s*$") | (pl.col("name") == pl.col("code"))
    vintages = frame["vintage"].unique()
    years = vintages.str.extract(r"(\d{4})").cast(pl.Int32).fill_null(0)
    frame = frame.select(
        *(pl.col(name) for name in _READ if name != "name"),
        name=pl.when(says_nothing.fill_null(True)).then(None).otherwise(pl.col("name")),
        year=pl.col("vintage").replace_strict(vintages, years, return_dtype=pl.Int32),
    )
    parts = frame.partition_by("year", "dataset", as_dict=True)
    ordered = (parts[key].sort("code") for key in sorted(parts, reverse=True))
    return pl.concat([frame.clear(), *ordered])


def _best(frame: pl.DataFrame) -> pl.DataFrame:
    """One row per code: for each detail the first value known, the point taken as a pair."""
    point = pl.col("longitude").is_not_null() & pl.col("latitude").is_not_null()
    simple = [pl.col(n).drop_nulls().first() for n in ("name", "epci", "kind", "area_km2")]
    pair = [pl.col(n).filter(point).first() for n in ("longitude", "latitude")]
    return frame.group_by("code", maintain_order=True).agg(*simple, *pair)


def _communes(rows: pl.DataFrame) -> pl.DataFrame:
    own = rows.filter(pl.col("level") == Level.COMMUNE)
    named = pl.col("level").is_in([Level.IRIS, Level.QPV]) & pl.col("commune").is_not_null()
    of_iris = rows.filter(pl.col("level") == Level.IRIS).select(code=pl.col("code").str.head(5))
    of_parts = rows.filter(named).select(code="commune")
    mentioned = pl.concat([of_iris, of_parts]).unique().join(own, on="code", how="anti")
    frame = pl.concat([own, mentioned.sort("code")], how="diagonal")
    frame = frame.with_columns(today=today_expr(commune_expr(pl.col("code"))))
    moved = pl.col("today") != pl.col("code")
    gone = [pl.when(~moved).then(pl.col(n)).alias(n) for n in _DETAILS if n != "epci"]
    best = _best(frame.with_columns(gone).with_columns(code="today")).sort("code")
    names = {change.after: change.name_after for change in changes()} | _CITIES
    known = pl.col("code").replace_strict(names, default=None, return_dtype=pl.String)
    return best.with_columns(
        level=pl.lit(Level.COMMUNE.value),
        commune="code",
        name=pl.coalesce("name", known, pl.format("Commune {}", "code")),
        departement=departement_expr(pl.col("code")),
    ).with_columns(region=_region(pl.col("departement")))


def _region(departement: pl.Expr) -> pl.Expr:
    return departement.replace_strict(departement_regions(), default=None, return_dtype=pl.String)


def _iris(rows: pl.DataFrame, parents: pl.DataFrame) -> pl.DataFrame:
    iris = rows.filter(pl.col("level") == Level.IRIS)
    origin = pl.coalesce("commune", pl.col("code").str.head(5))
    iris = iris.with_columns(commune=today_expr(commune_expr(origin)))
    iris = iris.with_columns(departement=departement_expr(pl.col("commune")))
    kept = _reference_listing(iris)
    best = _best(iris.join(kept, on="code", how="semi")).drop("epci")
    frame = best.join(kept, on="code").join(parents, on="commune", how="left")
    single = pl.col("code").str.ends_with("0000") | (pl.col("kind") == "Z").fill_null(False)
    made = pl.format("{} – IRIS {}", "commune_name", pl.col("code").str.tail(4))
    made = pl.when(single).then(pl.col("commune_name")).otherwise(made)
    return frame.with_columns(level=pl.lit(Level.IRIS.value), name=pl.coalesce("name", made)).sort(
        "code"
    )


def _reference_listing(iris: pl.DataFrame) -> pl.DataFrame:
    """IRIS codes in force with their commune: those of one dataset per commune."""
    lists = iris.group_by("departement", "commune", "dataset", "year").agg(
        size=pl.col("code").n_unique()
    )
    longest = lists.with_columns(longest=pl.col("size").max().over("commune"))
    share = pl.col("size").sum() / pl.col("longest").sum()
    full = (share >= FULL_LISTING).over("departement", "dataset")
    chosen = (
        longest.with_columns(full=full)
        .with_columns(year=pl.when("full").then("year"))
        .sort("year", "size", "dataset", descending=True, nulls_last=True)
        .unique("commune", keep="first")
    )
    kept = iris.select("code", "commune", "dataset").join(
        chosen, on=["commune", "dataset"], how="semi"
    )
    return kept.select("code", "commune").unique("code", keep="first", maintain_order=True)


def _upper(rows: pl.DataFrame, communes: pl.DataFrame, level: Level) -> pl.DataFrame:
    """Rows of a level made of communes: only those that hold at least one."""
    column = level.value
    held = communes.filter(pl.col(column).is_not_null()).sort("code")
    whole = pl.col("area_km2").is_not_null().all()
    made = held.group_by(code=column).agg(
        departement=pl.col("departement").mode().sort().first(),
        region=pl.col("region").mode().sort().first(),
        made_longitude=pl.col("longitude").mean(),
        made_latitude=pl.col("latitude").mean(),
        made_area=pl.when(whole).then(pl.col("area_km2").sum()),
    )
    said = _best(rows.filter(pl.col("level") == column)).drop("epci")
    frame = made.join(said, on="code", how="left").with_columns(
        level=pl.lit(column),
        name=pl.coalesce("name", _fallback_name(level)),
        longitude=pl.coalesce("longitude", "made_longitude"),
        latitude=pl.coalesce("latitude", "made_latitude"),
        area_km2=pl.coalesce("area_km2", "made_area"),
        commune=pl.lit(None, dtype=pl.String),
        epci=pl.col("code") if level is Level.EPCI else pl.lit(None, dtype=pl.String),
    )
    if level is Level.REGION:
        frame = frame.with_columns(departement=pl.lit(None, dtype=pl.String))
    return frame.sort("code")


def _fallback_name(level: Level) -> pl.Expr:
    generic = pl.format("{} {}", pl.lit(level.label.capitalize()), "code")
    if level is Level.EPCI:
        return generic
    official = official_names(level)
    named = pl.col("code").replace_strict(official, default=None, return_dtype=pl.String)
    return pl.coalesce(named, generic)


def _france(communes: pl.DataFrame) -> pl.DataFrame:
    row = {"level": Level.FRANCE.value, "code": "FR", "name": "France"}
    whole = communes.height and not communes["area_km2"].null_count()
    area = communes["area_km2"].sum() if whole else None
    frame = pl.DataFrame([row | {"area_km2": area}], schema=SCHEMA)
    return frame if communes.height else frame.clear()


def _qpv(rows: pl.DataFrame, parents: pl.DataFrame) -> pl.DataFrame:
    qpv = rows.filter(pl.col("level") == Level.QPV)
    owner = qpv.group_by("code").agg(pl.col("commune").drop_nulls().first())
    owner = owner.with_columns(commune=today_expr(commune_expr(pl.col("commune"))))
    frame = _best(qpv).drop("epci").join(owner, on="code")
    frame = frame.join(parents, on="commune", how="left").sort("code")
    return frame.with_columns(
        level=pl.lit(Level.QPV.value),
        name=pl.coalesce("name", pl.format("Quartier {}", "code")),
    )
