"""From sure pairs to groups, without letting a chain bring together two cards that are apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from portrea.offer.matching.scoring import score

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.offer.matching.cards import Cards
    from portrea.offer.matching.lexicon import Lexicon, Thresholds

SEPARATOR = "\x1f"


def sure(thresholds: Thresholds) -> pl.Expr:
    """Return whether a scored pair is merged without asking; one list is trusted to be clean."""
    needed = pl.when("same_source").then(thresholds.merge_same_source).otherwise(thresholds.merge)
    return pl.col("probability") >= needed


def grouped(cards: Cards, scored: pl.DataFrame, lexicon: Lexicon) -> NDArray[np.int64]:
    """Return the group of each card, a number; cards alone have a group of their own.

    Notes
    -----
    Sure pairs are joined from the most to the least likely; two groups are joined only when no
    card of one is clearly another place than a card of the other (probability under
    ``opposed``). Ties follow the content of cards, so that the order of rows changes nothing.
    """
    pairs = scored.filter(sure(lexicon.thresholds)).select("left", "right", "probability")
    groups = _components(cards.height, pairs)
    rows = pl.DataFrame({"row": np.arange(cards.height, dtype=np.uint32), "group": groups})
    several = rows.filter(pl.len().over("group") > 2)
    if several.is_empty():
        return groups
    inside = several.join(several, on="group", suffix="_right").filter(
        pl.col("row") < pl.col("row_right")
    )
    inside = inside.select(left="row", right="row_right").sort("left", "right")
    likely = score(cards, inside, lexicon)
    kept = pairs.join(likely.select("left", "right"), on=["left", "right"], how="semi")
    return _without_chains(cards, groups, kept, likely, lexicon.thresholds.opposed)


def _components(count: int, pairs: pl.DataFrame) -> NDArray[np.int64]:
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    links = coo_array((np.ones(len(left)), (left, right)), shape=(count, count))
    _, labels = connected_components(links, directed=False)
    result: NDArray[np.int64] = labels.astype(np.int64)
    return result


def content_keys(cards: Cards) -> pl.Series:
    """Return a text that tells cards apart by what they say, whatever their row."""
    told = ("id", "source", "name", "address", "postcode", "city", "longitude", "latitude")
    return cards.table.select(
        pl.concat_str([pl.col(c).cast(pl.String).fill_null("") for c in told], separator=SEPARATOR)
    ).to_series()


def _without_chains(
    cards: Cards,
    groups: NDArray[np.int64],
    sure_pairs: pl.DataFrame,
    likely: pl.DataFrame,
    opposed: float,
) -> NDArray[np.int64]:
    """Join again the cards of groups of three and more, refusing groups that oppose each other."""
    keys = content_keys(cards)
    against: dict[int, set[int]] = {}
    for left, right in (
        likely.filter(pl.col("probability") < opposed).select("left", "right").rows()
    ):
        against.setdefault(left, set()).add(right)
        against.setdefault(right, set()).add(left)
    ends = [keys.gather(sure_pairs[side]) for side in ("left", "right")]
    ordered = sure_pairs.with_columns(
        low=pl.select(pl.min_horizontal(*ends)).to_series(),
        high=pl.select(pl.max_horizontal(*ends)).to_series(),
    ).sort("probability", "low", "high", descending=[True, False, False])
    members = {row: {row} for row in set(ordered["left"]) | set(ordered["right"])}
    for left, right in ordered.select("left", "right").rows():
        one, other = members[left], members[right]
        if one is other or any(not against.get(row, set()).isdisjoint(other) for row in one):
            continue
        one |= other
        for row in other:
            members[row] = one
    result = groups.copy()
    free = int(np.max(groups)) + 1
    for group in {id(rows): rows for rows in members.values()}.values():
        result[list(group)] = free
        free += 1
    return result
