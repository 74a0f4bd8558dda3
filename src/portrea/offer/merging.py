"""One place told by several lists is one place: find the cards that match, keep the best of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from portrea.offer.parameters import OfferParameters, load_parameters

if TYPE_CHECKING:
    from numpy.typing import NDArray

EARTH_KM_PER_RADIAN = 6371.0088
LISTS = ("services", "publics", "access_modes", "support_modes", "cost", "programmes")


def merge_places(
    places: pl.DataFrame, *, parameters: OfferParameters | None = None
) -> pl.DataFrame:
    """Return places with one row per place, whatever the number of lists that tell it.

    Notes
    -----
    Same identifier: the newest card. Then two cards are the same place when they bear the same
    name (case, accents and spaces aside) less than 500 m apart, or are both of a kind with one
    counter (town hall, France services, library…) less than 100 m apart; without position, when
    they bear the same name in the same commune. The newest card is kept, completed by the others:
    lists are united, blanks are filled. The order of rows changes nothing.
    """
    parameters = parameters or load_parameters()
    newest = ["updated", "source", "name"]
    order = [True, False, False]
    cards = places.sort("id", *newest, descending=[False, *order], nulls_last=True).unique(
        "id", keep="first", maintain_order=True
    )
    cards = cards.with_columns(same_places(cards, parameters=parameters).alias("_place"))
    return _best_of_each(cards, places.columns)


def same_places(places: pl.DataFrame, *, parameters: OfferParameters | None = None) -> pl.Series:
    """Return the number of the place that each row tells; the rules of :func:`merge_places`."""
    parameters = parameters or load_parameters()
    cards = places.with_columns(_name_key().alias("_name"))
    pairs = np.vstack([_near_pairs(cards, parameters), _unlocated_pairs(cards)])
    return pl.Series("place", _groups(cards.height, pairs))


def _name_key() -> pl.Expr:
    """Return a name without accent, case, nor anything but letters and digits."""
    plain = pl.col("name").str.normalize("NFKD").str.to_lowercase()
    return plain.str.replace_all(r"[^a-z0-9]", "")


def _near_pairs(cards: pl.DataFrame, parameters: OfferParameters) -> NDArray[np.int64]:
    located = cards.with_row_index("_row").drop_nulls(["longitude", "latitude"])
    if located.height < 2:
        return np.empty((0, 2), dtype=np.int64)
    lon, lat = (np.radians(located[name].to_numpy()) for name in ("longitude", "latitude"))
    points = np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
    pairs = cKDTree(points).query_pairs(
        parameters.same_name_km / EARTH_KM_PER_RADIAN, output_type="ndarray"
    )
    km = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1) * EARTH_KM_PER_RADIAN
    names = located["_name"].to_numpy()
    same_name = names[pairs[:, 0]] == names[pairs[:, 1]]
    kinds = located["kind"].fill_null("").to_numpy()
    single = np.isin(kinds, parameters.same_kinds)
    same_kind = (kinds[pairs[:, 0]] == kinds[pairs[:, 1]]) & single[pairs[:, 0]]
    sources = located["source"].to_numpy()
    apart = sources[pairs[:, 0]] != sources[pairs[:, 1]]
    same = same_name | (same_kind & apart & (km <= parameters.same_kind_km))
    rows = located["_row"].to_numpy().astype(np.int64)
    result: NDArray[np.int64] = rows[pairs[same]].reshape(-1, 2)
    return result


def _unlocated_pairs(cards: pl.DataFrame) -> NDArray[np.int64]:
    """Pairs of cards of same name and commune of which one at least has no position."""
    rows = cards.with_row_index("_row").filter(
        pl.col("commune").is_not_null() & (pl.col("_name") != "")
    )
    blind = rows.filter(pl.col("longitude").is_null() | pl.col("latitude").is_null())
    both = blind.select("_row", "_name", "commune").join(
        rows.select("_row", "_name", "commune"), on=["_name", "commune"], suffix="_other"
    )
    pairs = both.filter(pl.col("_row") != pl.col("_row_other")).select("_row", "_row_other")
    return pairs.to_numpy().astype(np.int64).reshape(-1, 2)


def _groups(count: int, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    _, labels = connected_components(links, directed=False)
    result: NDArray[np.int64] = labels.astype(np.int64)
    return result


def _best_of_each(cards: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    alone = pl.len().over("_place") == 1
    single = cards.filter(alone)
    several = cards.filter(~alone).sort(
        "_place", "updated", "id", descending=[False, True, False], nulls_last=True
    )
    plain = [c for c in columns if c not in (*LISTS, "situations", "longitude", "latitude")]
    united = several.group_by("_place", maintain_order=True).agg(
        *(pl.col(name).drop_nulls().first() for name in plain),
        *(_united(name) for name in (*LISTS, "situations")),
        *(_first_position(name) for name in ("longitude", "latitude")),
    )
    result = pl.concat([single.select(columns), united.select(columns)]) if columns else single
    return result.sort("id")


def _united(name: str) -> pl.Expr:
    """Return the values of every card, once each, in a settled order; null when none tells any."""
    values = pl.col(name).drop_nulls().explode(empty_as_null=True).drop_nulls().unique()
    told = pl.col(name).is_not_null().any()
    return pl.when(told).then(values.sort().implode()).alias(name)


def _first_position(name: str) -> pl.Expr:
    known = pl.col("longitude").is_not_null() & pl.col("latitude").is_not_null()
    return pl.col(name).filter(known).first()
