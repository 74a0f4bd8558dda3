"""Read Filosofi in the long layout of the data service of INSEE: one line per area and measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError, Diagnostic
from portrea.sources.areas import Areas, refuse_bad_codes
from portrea.sources.figures import read_words
from portrea.sources.reading import number, read_table

if TYPE_CHECKING:
    from portrea.sources.source import Peek

COLUMNS = frozenset(
    {
        "GEO",
        "GEO_OBJECT",
        "FILOSOFI_MEASURE",
        "CONF_STATUS",
        "OBS_STATUS",
        "TIME_PERIOD",
        "OBS_VALUE",
    }
)
CONFIDENTIAL = "C"


def is_long(columns: tuple[str, ...]) -> bool:
    """Tell whether a header is the one of the data service."""
    return set(columns) >= COLUMNS


def read_long(peek: Peek) -> tuple[str, Areas]:
    """Return the year and the observations (every level of the file, shares not yet divided).

    Raises
    ------
    DataError
        The file holds several years, no known measure, or a bad code.
    """
    frame = read_table(peek, COLUMNS).with_columns(pl.col(pl.String).str.strip_chars())
    measured = frame.filter(pl.col("FILOSOFI_MEASURE").is_in(list(_words("measures"))))
    years = measured["TIME_PERIOD"].cast(pl.String).unique().sort().to_list()
    if len(years) != 1:
        raise DataError(
            f"Le fichier {peek.name} doit contenir une année et une seule de revenus"
            f" (trouvé : {', '.join(map(str, years)) or 'aucune'}).",
            remedy="Téléchargez le fichier Filosofi d’un seul millésime.",
        )
    known = measured.filter(pl.col("GEO_OBJECT").is_in(list(_words("levels"))))
    long = _observations(known)
    for (level,), part in long.group_by("level"):
        refuse_bad_codes(part, str(level), peek.name)
    return str(years[0]), Areas(long, _left_out(measured.height - known.height))


def _words(name: str) -> dict[str, str]:
    return read_words("insee_filosofi", name)


def _observations(frame: pl.DataFrame) -> pl.DataFrame:
    hidden = pl.col("CONF_STATUS") == CONFIDENTIAL
    value = pl.when(~hidden).then(pl.col("OBS_VALUE"))
    rate = pl.col("variable") == "poverty_rate"
    return (
        frame.with_columns(number("OBS_VALUE"))
        .select(
            level=pl.col("GEO_OBJECT").replace_strict(_words("levels")),
            code=pl.col("GEO").cast(pl.String),
            variable=pl.col("FILOSOFI_MEASURE").replace_strict(_words("measures")),
            value=value,
            status=pl.when(hidden)
            .then(pl.lit("suppressed"))
            .when(pl.col("OBS_VALUE").is_null())
            .then(pl.lit("missing"))
            .otherwise(pl.lit("ok")),
        )
        .with_columns(value=pl.when(rate).then(pl.col("value") / 100).otherwise(pl.col("value")))
    )


def _left_out(count: int) -> tuple[Diagnostic, ...]:
    if not count:
        return ()
    text = f"{count} ligne(s) d’autres découpages (bassins de vie, métropole…) laissées de côté"
    return (Diagnostic("other-levels", text),)
