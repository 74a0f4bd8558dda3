"""Places that look like one, in a territory: computed by the matching, less what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portrea.offer.matching import find_duplicates, score_pairs
from portrea.offer.rows import frame_of
from portrea.web.offer.census import records_of
from portrea.web.offer.models import Merge, PairVerdict, Place
from portrea.web.offer.queue import narrowed, places_of
from portrea.web.offer.services.alike import words_of

if TYPE_CHECKING:
    import polars as pl

MOST_PLACES = 6_000
"""Places compared while a person waits (about a second)."""
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Pair:
    """Two places, why they look like one, how likely."""

    left: Place
    right: Place
    probability: float
    why: tuple[str, ...]
    later: bool = False

    @property
    def url(self) -> str:
        """Page of the pair."""
        return f"/espace/doublons/{self.left.pk}/{self.right.pk}/"


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Pairs to judge, the likeliest first; ``too_many`` places are not compared."""

    pairs: list[Pair]
    total: int
    places: int
    too_many: bool = False


def pair_key(one: str, other: str) -> tuple[str, str]:
    """Return two identifiers in order."""
    return (one, other) if one < other else (other, one)


def duplicates_of(who: Any, territory: str = "") -> Duplicates:
    """Return the pairs that someone may judge in her territories, those put off last."""
    places = places_of(narrowed(who, "board.read", territory)).filter(status=Place.Status.OPEN)
    count = places.count()
    if count > MOST_PLACES:
        return Duplicates([], 0, count, too_many=True)
    records = list(records_of(places))
    if len(records) < 2:
        return Duplicates([], 0, count)
    rows = _likely(frame_of(records))
    later, apart = _answered()
    kept = [row for row in rows if pair_key(row["id_left"], row["id_right"]) not in apart]
    kept.sort(key=lambda row: pair_key(row["id_left"], row["id_right"]) in later)
    found = Place.objects.in_bulk(
        [row[side] for row in kept[:SHOWN] for side in ("id_left", "id_right")]
    )
    pairs = [
        Pair(
            found[row["id_left"]],
            found[row["id_right"]],
            row["probability"],
            words_of(row),
            later=pair_key(row["id_left"], row["id_right"]) in later,
        )
        for row in kept[:SHOWN]
    ]
    return Duplicates(pairs, len(kept), count)


def _likely(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the pairs of sure groups, one by card beyond the first, then the doubtful ones."""
    found = find_duplicates(frame)
    rows = []
    for group in found.groups.partition_by("group", maintain_order=True):
        first, *others = sorted(group["row"].to_list())
        rows += [(first, other) for other in others]
    sure = _scored(frame, rows) if rows else []
    return [*sure, *found.queue.iter_rows(named=True)]


def _scored(frame: pl.DataFrame, rows: list[tuple[int, int]]) -> list[dict[str, Any]]:
    import polars as pl

    pairs = pl.DataFrame(rows, schema={"left": pl.UInt32, "right": pl.UInt32}, orient="row")
    scored = score_pairs(frame, pairs)
    ids = frame["id"]
    told = scored.with_columns(
        id_left=ids.gather(scored["left"]), id_right=ids.gather(scored["right"])
    )
    return list(told.sort("probability", "id_left", descending=[True, False]).iter_rows(named=True))


def pair_of(left: Place, right: Place) -> Pair:
    """Compare two places, whatever the matching thinks of them."""
    frame = frame_of([left.content, right.content])
    (row,) = _scored(frame, [(0, 1)])
    return Pair(left, right, row["probability"], words_of(row, most=9))


def _answered() -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Return the pairs put off, and those that are two places (said, or parted again)."""
    rows = PairVerdict.objects.order_by("pk").values_list("left", "right", "verdict")
    told = {(left, right): verdict for left, right, verdict in rows}
    later = {pair for pair, verdict in told.items() if verdict == PairVerdict.Verdict.LATER}
    apart = {pair for pair, verdict in told.items() if verdict == PairVerdict.Verdict.APART}
    parted = Merge.objects.exclude(undone=None).order_by("pk")
    return later, apart | {pair_key(*pair) for pair in parted.values_list("kept_id", "absorbed_id")}
