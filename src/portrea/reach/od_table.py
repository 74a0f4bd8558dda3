"""A user's own table of travel times, long or wide, checked cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import yaml

from portrea.base.errors import DataError, Diagnostic, ParameterError
from portrea.reach.engines import ORIGIN, ORIGIN_CLASS, zone_pace
from portrea.reach.times import Times, version_of
from portrea.territory.naming import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from portrea.reach.travel import Travel

TABLE = "table"
EDITION = "table 1"
UNITS = {"minute": 1.0, "second": 60.0}
"""Units of time → how many make a minute."""
ZONE = (*ORIGIN, *ORIGIN_CLASS, "commune")
HEADER_LINES = 2
"""Line of the first row of values, for a person who counts from 1 and has a header."""
MOST_TOLD = 200
SHAPES = (
    "Deux formes sont lues : en long, une ligne par trajet, avec les colonnes « origine », "
    "« lieu » et « minutes » ; en large, une ligne par origine et une colonne par lieu."
)
ZERO_REMEDY = (
    "Portrea met à la place le temps moyen à l’intérieur de la zone quand il en connaît la "
    "superficie ; sinon, écrivez un temps."
)


@dataclass(frozen=True, slots=True)
class _Shape:
    """Where things are: the column of origins; of places and times when the table is long."""

    origin: str
    place: str | None
    time: str | None
    unit: str


def table_times(
    frame: pl.DataFrame,
    *,
    origins: pl.DataFrame,
    places: pl.DataFrame,
    t_max: float,
    profile: str = "car",
    unit: str | None = None,
    travel: Travel | None = None,
) -> Times:
    """Return the times of a user's table, for the origins and places of the territory.

    Parameters
    ----------
    frame
        The table as read, cells as text or numbers: long (origin, place, time) or wide (origins in
        the first column, one column per place, empty = out of reach). French or English headers
        (``params/od_words.yaml``).
    origins, places
        As for :func:`portrea.reach.engines.crow_fly_times`. With a column ``commune``, a table from
        commune to commune serves their quarters and their places.
    t_max
        Longest time kept, in minutes.
    profile
        Whose times they are.
    unit
        ``minute`` or ``second``, when the header does not say it (minutes by default).
    travel
        Parameters of the time imposed inside a zone; the shipped ones by default.

    Raises
    ------
    DataError
        Columns not recognised, a cell that is no time, two times for a pair, codes all unknown.

    Notes
    -----
    A time of zero (METRIC gives it inside a commune) becomes the time the default model imposes
    inside the zone. Codes that lost their first zero are mended. Rows of unknown codes are left
    out: a table may cover more than the territory.
    """
    if unit is not None and unit not in UNITS:
        raise ParameterError(
            f"Unité de temps inconnue : « {unit} ».", remedy=f"Unités : {', '.join(UNITS)}."
        )
    shape = _shape(frame, unit)
    pairs = _pairs(frame, shape)
    _refuse_unlike(pairs, shape)
    version = version_of(
        EDITION,
        {"t_max": float(t_max), "profile": profile},
        [pairs.drop("line"), _known(origins, *ZONE), _known(places, "id", "commune")],
    )
    found = _matched(pairs, origins, places)
    row, column, minutes = (found[name].to_numpy() for name in ("row", "column", "minutes"))
    minutes = np.where(minutes > 0, minutes, _inside(origins, profile, travel)[row])
    _refuse_zeros(found, minutes)
    _refuse_far(minutes, t_max)
    return Times.of_pairs(
        (origins["code"].to_list(), places["id"].to_list()),
        (row, column, minutes),
        t_max=float(t_max),
        engine=TABLE,
        profile=profile,
        version=version,
    )


# -- reading ---------------------------------------------------------------------------------------


@cache
def _words() -> dict[str, list[str]]:
    text = files("portrea.reach").joinpath("params/od_words.yaml").read_text("utf-8")
    words: dict[str, list[str]] = yaml.safe_load(text)
    return words


def _column(frame: pl.DataFrame, role: str) -> str | None:
    """Return the column called by the first word of a role that some column bears."""
    names = {normalise(name.replace("_", " ")): name for name in reversed(frame.columns)}
    return next((names[word] for word in _words()[role] if word in names), None)


def _shape(frame: pl.DataFrame, unit: str | None) -> _Shape:
    origin, place = _column(frame, "origin"), _column(frame, "place")
    said = {name: _column(frame, name) for name in UNITS}
    time, found = next(
        ((column, name) for name, column in said.items() if column),
        (_column(frame, "unsaid"), unit or "minute"),
    )
    if origin and place and time:
        return _Shape(origin, place, time, found)
    if place or time or frame.width < 2 or not _numeric_share(frame):
        raise DataError(
            f"Ce tableau de temps n’est pas reconnu (colonnes : {', '.join(frame.columns)}).",
            remedy=SHAPES,
        )
    return _Shape(frame.columns[0], None, None, unit or "minute")


def _numeric_share(frame: pl.DataFrame) -> bool:
    """Whether some cell beyond the first column is a number: else it is another kind of file."""
    cells = frame.select(_number(pl.col(name)).is_not_null().any() for name in frame.columns[1:])
    return any(cells.row(0))


def _number(cell: pl.Expr) -> pl.Expr:
    text = cell.cast(pl.String).str.replace_all(r"[\s\u00a0\u202f]", "").str.replace(",", ".")
    return text.cast(pl.Float64, strict=False)


def _pairs(frame: pl.DataFrame, shape: _Shape) -> pl.DataFrame:
    """Return ``line``, ``origin``, ``place``, ``minutes``, every cell checked."""
    text = frame.with_columns(pl.all().cast(pl.String)).with_row_index("line", HEADER_LINES)
    if shape.place and shape.time:
        long = text.select("line", origin=shape.origin, place=shape.place, cell=shape.time)
        long = long.with_columns(field=pl.lit(shape.time))
    else:
        kept = [name for name in frame.columns if name != shape.origin]
        long = text.unpivot(kept, index=["line", shape.origin], variable_name="place")
        long = long.select("line", "place", origin=shape.origin, cell="value", field="place")
        long = long.drop_nulls("cell")
    long = long.with_columns(number=_number(pl.col("cell")))
    _refuse(_cell_faults(long, shape))
    return long.select(
        "line", "origin", "place", minutes=pl.col("number") / UNITS[shape.unit]
    ).sort("line")


def _cell_faults(long: pl.DataFrame, shape: _Shape) -> Iterable[Diagnostic]:
    for name, column in (("origin", shape.origin), ("place", shape.place)):
        for line in long.filter(pl.col(name).is_null())["line"].head(MOST_TOLD):
            yield Diagnostic("missing-code", "code absent", row=line, field=column)
    number = pl.col("number")
    faults = (
        ("not-a-number", "ce n’est pas un nombre", number.is_null() | ~number.is_finite()),
        ("negative", "temps négatif", number < 0),
    )
    for code, words, wrong in faults:
        for row in long.filter(wrong).head(MOST_TOLD).iter_rows(named=True):
            yield Diagnostic(code, words, row=row["line"], field=row["field"], value=row["cell"])


def _refuse(faults: Iterable[Diagnostic]) -> None:
    told = sorted(faults, key=lambda fault: fault.row or 0)[:MOST_TOLD]
    if told:
        raise DataError(
            "Le tableau de temps contient des cases qui ne sont pas des temps.",
            diagnostics=tuple(told),
            remedy="Corrigez-les, ou laissez la case vide si le lieu est hors d’atteinte.",
        )


def _refuse_unlike(pairs: pl.DataFrame, shape: _Shape) -> None:
    """Refuse two different times for the same pair."""
    first = pl.col("minutes").first().over("origin", "place")
    unlike = pairs.filter(pl.col("minutes") != first).head(MOST_TOLD)
    _refuse(
        Diagnostic(
            "two-times",
            "deux temps différents pour le même trajet",
            row=row["line"],
            field=shape.time,
            value=f"{row['origin']} → {row['place']}",
        )
        for row in unlike.iter_rows(named=True)
    )


# -- matching --------------------------------------------------------------------------------------


def _matched(pairs: pl.DataFrame, origins: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Return ``row``, ``column``, ``minutes``, ``line``: pairs of known origins and places."""
    pairs = pairs.unique(["origin", "place"], keep="first", maintain_order=True)
    starts = _keys(pairs["origin"], origins, "code").rename({"key": "origin", "at": "row"})
    ends = _keys(pairs["place"], places, "id").rename({"key": "place", "at": "column"})
    for keys, column, words in (
        (starts, "origin", "aucun point de départ du territoire"),
        (ends, "place", "aucun lieu du territoire"),
    ):
        if keys.is_empty() and pairs.height:
            raise DataError(
                f"Le tableau de temps ne contient {words} (reçu : « {pairs[column][0]} »…).",
                remedy="Les codes sont ceux des communes, des IRIS et des lieux chargés.",
            )
    return pairs.join(starts, on="origin").join(ends, on="place")


def _keys(written: pl.Series, known: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return ``key`` (as written), ``at`` (position): by code, else by commune, zeros mended."""
    left = pl.DataFrame({"written": written.unique(maintain_order=True)})
    found = []
    for codes in (known.select(key=name).with_row_index("at"), _of_communes(known)):
        width = int(str(codes["key"].str.len_chars().max() or 0))
        for key in (pl.col("written"), pl.col("written").str.zfill(width)):
            found.append(left.with_columns(key=key).join(codes, on="key"))
            left = left.join(found[-1], on="written", how="anti")
    return pl.concat(found).select("at", key="written")


def _of_communes(known: pl.DataFrame) -> pl.DataFrame:
    if "commune" not in known.columns:
        return pl.DataFrame(schema={"at": pl.UInt32, "key": pl.String})
    return known.select(key="commune").with_row_index("at").drop_nulls("key")


# -- times -----------------------------------------------------------------------------------------


def _inside(origins: pl.DataFrame, profile: str, travel: Travel | None) -> NDArray[np.float64]:
    """Return the minutes the default model imposes inside each zone, 0 when unknown."""
    moving, km = zone_pace(origins, profile=profile, travel=travel)
    return np.where(km > 0, moving.minutes(km), 0.0)


def _known(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    return frame.select(name for name in names if name in frame.columns)


def _refuse_zeros(found: pl.DataFrame, minutes: NDArray[np.float64]) -> None:
    wrong = found.filter(pl.Series(~(minutes > 0))).head(MOST_TOLD)
    faults = tuple(
        Diagnostic("zero", "un temps nul rapproche tout", row=row["line"], value="0")
        for row in wrong.iter_rows(named=True)
    )
    if faults:
        raise DataError(
            "Le tableau de temps contient des temps nuls.", diagnostics=faults, remedy=ZERO_REMEDY
        )


def _refuse_far(minutes: NDArray[np.float64], t_max: float) -> None:
    if minutes.size and not (minutes <= t_max).any():
        raise DataError(
            f"Le tableau de temps ne contient aucun temps d’au plus {t_max:g} min "
            f"(le plus court : {np.min(minutes):g}).",
            remedy="S’il est en secondes, nommez la colonne « secondes ».",
        )
