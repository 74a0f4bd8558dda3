"""Which pairs of cards are compared: same commune, near, same door, same key, same rare name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.offer.matching.cards import Cards
    from portrea.offer.matching.lexicon import Blocking

EARTH_M = 6_371_008.8


def pairs_of(cards: Cards, blocking: Blocking) -> pl.DataFrame:
    """Return the pairs to compare, columns ``left`` < ``right`` (rows of the cards), sorted.

    Notes
    -----
    Every pair of a commune of at most ``crowded`` cards, told by its code or by its name; in a
    larger one, the pairs that share a word of their own name or a street. Everywhere: at most
    ``near_m`` apart; same SIRET, telephone, e-mail or door; same own name within ``wide_m``.
    """
    table = cards.table
    own = table.with_columns(pl.when(pl.col("core") != "").then("core").alias("core"))
    found = [
        _sharing(table, ["commune"], blocking.crowded),
        _sharing(table, ["place_key"], blocking.crowded),
        *(_crowded(table, key, blocking) for key in ("commune", "place_key")),
        *(_sharing(table, [key], blocking.key_at_most) for key in ("siret", "phone", "email")),
        _sharing(_streets(table), ["street", "postcode"], blocking.key_at_most),
        _near(table, blocking.near_m),
        _near(own, blocking.wide_m, same="core"),
    ]
    pairs = pl.concat(found).select(
        left=pl.min_horizontal("left", "right"), right=pl.max_horizontal("left", "right")
    )
    return pairs.unique().sort("left", "right")


def _streets(table: pl.DataFrame) -> pl.DataFrame:
    return table.filter(pl.col("street") != "")


def _sharing(table: pl.DataFrame, keys: list[str], at_most: int) -> pl.DataFrame:
    """Return the pairs of equal keys, for keys that at most ``at_most`` cards bear."""
    kept = table.select("row", *keys).drop_nulls(keys)
    kept = kept.filter((pl.len().over(keys) <= at_most) & (pl.len().over(keys) > 1))
    both = kept.join(kept, on=keys, suffix="_right")
    both = both.filter(pl.col("row") < pl.col("row_right"))
    return both.select(left=pl.col("row"), right=pl.col("row_right"))


def _crowded(table: pl.DataFrame, key: str, blocking: Blocking) -> pl.DataFrame:
    """Return, in communes of too many cards, the pairs that share a word or a street."""
    large = table.drop_nulls(key).filter(pl.len().over(key) > blocking.crowded)
    words = large.select(key, "row", word=pl.col("core").str.split(" ")).explode("word")
    streets = large.select(key, "row", word=pl.lit("@") + pl.col("street"))
    both = pl.concat([words, streets]).filter(~pl.col("word").is_in(["", "@"]))
    return _sharing(both, [key, "word"], blocking.token_at_most)


def _near(table: pl.DataFrame, metres: float, *, same: str | None = None) -> pl.DataFrame:
    """Return the pairs at most so many metres apart, of same value of a column if given."""
    located = table.drop_nulls(["longitude", "latitude", *([same] if same else [])])
    if same:
        located = located.filter(pl.len().over(same) > 1)
    rows = located["row"].to_numpy()
    pairs: NDArray[np.int64] = np.empty((0, 2), dtype=np.int64)
    if len(rows) > 1:
        tree = cKDTree(on_sphere(located["longitude"].to_numpy(), located["latitude"].to_numpy()))
        pairs = tree.query_pairs(metres, output_type="ndarray")
    if same and len(pairs):
        values = located[same].to_physical().rank("dense").to_numpy()
        pairs = pairs[values[pairs[:, 0]] == values[pairs[:, 1]]]
    ends = rows[pairs].reshape(-1, 2)
    return pl.DataFrame({"left": ends[:, 0], "right": ends[:, 1]}).cast(pl.UInt32)


def on_sphere(longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points in metres from the centre of the Earth (n × 3)."""
    lon, lat = np.radians(longitude), np.radians(latitude)
    along = np.cos(lat)
    return EARTH_M * np.column_stack((along * np.cos(lon), along * np.sin(lon), np.sin(lat)))
