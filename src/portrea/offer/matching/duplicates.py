"""Duplicates of a list of places: groups merged without asking, and pairs for a person to judge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from portrea.offer.content import to_row
from portrea.offer.matching.blocking import EARTH_M, pairs_of
from portrea.offer.matching.cards import COLUMNS, prepare
from portrea.offer.matching.clusters import content_keys, grouped, sure
from portrea.offer.matching.lexicon import load_lexicon
from portrea.offer.matching.scoring import explained, score

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.offer.matching.cards import Cards
    from portrea.offer.matching.lexicon import Lexicon
    from portrea.offer.record import Place


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What a list holds more than once.

    ``groups``: one row per card of a group of several (``group``, ``row``, ``id``); ``queue``:
    pairs that a person must judge, the likeliest first (``left``, ``right``, ``id_left``,
    ``id_right``, ``probability``, ``metres`` and contributions). Rows are those of the frame.
    """

    groups: pl.DataFrame
    queue: pl.DataFrame


def candidate_pairs(frame: pl.DataFrame, *, lexicon: Lexicon | None = None) -> pl.DataFrame:
    """Return the pairs of rows worth comparing in a frame ``places``: ``left`` < ``right``."""
    lexicon = lexicon or load_lexicon()
    return pairs_of(prepare(frame, lexicon), lexicon.blocking)


def score_pairs(
    frame: pl.DataFrame, pairs: pl.DataFrame, *, lexicon: Lexicon | None = None
) -> pl.DataFrame:
    """Return pairs with ``probability``, ``metres``, ``same_source``, contributions ``c_…``."""
    lexicon = lexicon or load_lexicon()
    return score(prepare(frame, lexicon), pairs, lexicon)


def explain(row: Mapping[str, Any], *, lexicon: Lexicon | None = None) -> tuple[str, ...]:
    """Return, in French, what brings together and sets apart the cards of a scored pair."""
    return explained(row, lexicon or load_lexicon())


def cluster(
    frame: pl.DataFrame, scored: pl.DataFrame, *, lexicon: Lexicon | None = None
) -> pl.DataFrame:
    """Return the groups of several cards that are one place: ``group``, ``row``, ``id``."""
    lexicon = lexicon or load_lexicon()
    cards = prepare(frame, lexicon)
    return _groups_of(cards, grouped(cards, scored, lexicon))


def find_duplicates(frame: pl.DataFrame, *, lexicon: Lexicon | None = None) -> Duplicates:
    """Return the groups to merge and the pairs to show of a frame ``places``."""
    lexicon = lexicon or load_lexicon()
    cards = prepare(frame, lexicon)
    scored = score(cards, pairs_of(cards, lexicon.blocking), lexicon)
    groups = grouped(cards, scored, lexicon)
    doubtful = scored.filter(pl.col("probability") >= lexicon.thresholds.queue)
    return Duplicates(_groups_of(cards, groups), _queue_of(cards, doubtful, groups))


def _groups_of(cards: Cards, groups: np.ndarray[Any, np.dtype[np.int64]]) -> pl.DataFrame:
    """Return groups of several cards, numbered by content: rows may be in any order."""
    rows = cards.table.select("row", "id").with_columns(
        group=pl.Series(groups), _key=content_keys(cards)
    )
    rows = rows.filter(pl.len().over("group") > 1)
    first = pl.col("_key").min().over("group")
    rows = rows.sort(first, "group", "_key", "row")
    return rows.select(group=pl.col("group").rle_id(), row=pl.col("row"), id=pl.col("id"))


def _queue_of(
    cards: Cards, doubtful: pl.DataFrame, groups: np.ndarray[Any, np.dtype[np.int64]]
) -> pl.DataFrame:
    """Keep one pair, the likeliest, between two groups that are not one."""
    keys, ids = content_keys(cards), cards.table["id"]
    left, right = doubtful["left"], doubtful["right"]
    ends = [groups[side.to_numpy()] for side in (left, right)]
    told = doubtful.with_columns(
        id_left=ids.gather(left),
        id_right=ids.gather(right),
        _key=pl.select(
            pl.concat_str(
                pl.min_horizontal(keys.gather(left), keys.gather(right)),
                pl.max_horizontal(keys.gather(left), keys.gather(right)),
            )
        ).to_series(),
        _low=pl.Series(np.minimum(*ends)),
        _high=pl.Series(np.maximum(*ends)),
    )
    told = told.filter(pl.col("_low") != pl.col("_high"))
    told = told.sort("probability", "_key", descending=[True, False])
    kept = told.unique(["_low", "_high"], keep="first", maintain_order=True)
    return kept.drop("_key", "_low", "_high")


def same_as(place: Place, frame: pl.DataFrame, *, lexicon: Lexicon | None = None) -> pl.DataFrame:
    """Return the cards of a frame that may already tell this place, the likeliest first.

    Columns ``row``, ``id``, ``name``, ``probability``, ``sure``, ``metres`` and contributions;
    what the place is already known by (same ``id``) is left out.
    """
    lexicon = lexicon or load_lexicon()
    card, near = to_row(place), compared_with(place, frame, lexicon=lexicon)
    mine = pl.DataFrame([{name: card.get(name) for name in COLUMNS}], schema=COLUMNS)
    told = [pl.col(name).cast(kind) for name, kind in COLUMNS.items() if name in near.columns]
    cards = prepare(pl.concat([mine, near.select(told)], how="diagonal"), lexicon)
    pairs = pl.DataFrame(
        {"left": np.zeros(near.height, dtype=np.uint32), "right": np.arange(near.height) + 1}
    ).cast(pl.UInt32)
    scored = score(cards, pairs, lexicon).with_columns(
        row=near["_row"], id=near["id"], name=near["name"], sure=sure(lexicon.thresholds)
    )
    kept = scored.filter(pl.col("probability") >= lexicon.thresholds.queue)
    return kept.sort("probability", "row", descending=[True, False]).drop("left", "right")


def compared_with(
    place: Place, frame: pl.DataFrame, *, lexicon: Lexicon | None = None
) -> pl.DataFrame:
    """Return the few cards of a frame, and their row ``_row``, worth comparing with a place."""
    worth = _worth(to_row(place), lexicon or load_lexicon())
    return frame.with_row_index("_row").filter(worth)


def _worth(card: Mapping[str, Any], lexicon: Lexicon) -> pl.Expr:
    """Return which cards of a frame a new card is compared with: cheap tests only."""
    keys = [name for name in ("commune", "postcode", "siret") if card.get(name)]
    tests = [pl.lit(value=False), *(pl.col(name) == card[name] for name in keys)]
    if card.get("phone"):
        tests.append(pl.col("phone").str.ends_with(str(card["phone"])[-2:]) & _same_phone(card))
    if card.get("email"):
        tests.append(pl.col("email").str.to_lowercase() == str(card["email"]).lower())
    longitude, latitude = card.get("longitude"), card.get("latitude")
    if longitude is not None and latitude is not None:
        gap = np.degrees(lexicon.blocking.near_m / EARTH_M)
        wide = gap / max(np.cos(np.radians(latitude)), 0.01)
        tests.append(
            pl.col("latitude").is_between(latitude - gap, latitude + gap)
            & pl.col("longitude").is_between(longitude - wide, longitude + wide)
        )
    other = pl.col("id").ne_missing(card.get("id"))
    return pl.any_horizontal(tests).fill_null(value=False) & other


def _same_phone(card: Mapping[str, Any]) -> pl.Expr:
    digits = "".join(c for c in str(card["phone"]) if c.isdigit())[-9:]
    return pl.col("phone").str.replace_all(r"\D", "").str.ends_with(digits)
