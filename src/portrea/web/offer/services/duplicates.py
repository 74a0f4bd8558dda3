"""Duplicates of the whole census, by likeness: what is sure is joined, the rest waits for a person.

What people parted is neither joined again nor asked again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone

from portrea.offer.matching import explain, find_duplicates, score_pairs
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import require
from portrea.web.offer.models import Alias, Fix, Merge, PairVerdict, Place
from portrea.web.offer.services.merges import SYSTEM, merge_many

if TYPE_CHECKING:
    from collections.abc import Mapping

_FLAT = {
    **dict.fromkeys(("id", "name", "kind", "commune", "city", "phone"), pl.String),
    "longitude": pl.Float64,
    "latitude": pl.Float64,
    "updated": pl.Date,
}
_TOLD = {
    **dict.fromkeys(("address", "postcode", "siret", "source"), pl.String),
    "emails": pl.List(pl.String),
}
Links = dict[str, tuple[str, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class CensusDuplicates:
    """Of the open places: absorbed → (kept, reasons), and the pairs to judge."""

    places: pl.DataFrame
    links: Links
    queue: pl.DataFrame


def duplicates_find() -> CensusDuplicates:
    """Return what the census tells several times, without changing anything."""
    places = _compared()
    found = find_duplicates(places)
    parted = parted_pairs()
    ends = zip(found.queue["id_left"], found.queue["id_right"], strict=True)
    asked = [frozenset(pair) not in parted for pair in ends]
    links = _links(places, found.groups, parted)
    return CensusDuplicates(places, links, found.queue.filter(pl.Series(asked, dtype=pl.Boolean)))


def duplicates_join(*, actor: Any, links: Mapping[str, tuple[str, Mapping[str, Any]]]) -> int:
    """Join the places found to be one; return how many were absorbed. It can be undone."""
    require(actor, "place.merge")
    with transaction.atomic():
        merges = merge_many(links, origin=SYSTEM, now=timezone.now())
        if merges:
            journal.record(act="place.merge", actor=actor, after={"joined": len(merges)})
    return len(merges)


def places_join(*, actor: Any) -> tuple[int, int]:
    """Join what is surely one place; return how many were absorbed, how many pairs to judge.

    Cards put together tell more: they are compared again until nothing more is sure.
    """
    require(actor, "place.merge")
    joined = 0
    with transaction.atomic():
        while (found := duplicates_find()).links:
            joined += duplicates_join(actor=actor, links=found.links)
    return joined, found.queue.height


def _compared() -> pl.DataFrame:
    """Return the columns that are compared, of every open place.

    The commune is that of the searched columns: found by the position when no list tells it.
    """
    rows = Place.objects.filter(status=Place.Status.OPEN).order_by("pk")
    rows = rows.annotate(text=Cast("record", TextField())).values_list(*_FLAT, "text")
    frame = pl.DataFrame(list(rows), schema={**_FLAT, "text": pl.String}, orient="row")
    told = frame["text"].str.json_decode(pl.Struct(_TOLD)).struct.unnest()
    return (
        frame.drop("text")
        .hstack(told)
        .with_columns(
            pl.col("kind", "commune", "city", "phone").replace("", None),
            email=pl.col("emails").list.first(),
        )
    )


def parted_pairs() -> set[frozenset[str]]:
    """Return the pairs that a person said are two, or parted and did not join again.

    Each place is told by the identifier that answers for it now.
    """
    merges = Merge.objects.order_by("pk").values_list("kept_id", "absorbed_id", "undone")
    last = {frozenset(pair[:2]): pair[2] for pair in merges}
    parted = {pair for pair, undone in last.items() if undone}
    apart = PairVerdict.objects.filter(verdict=PairVerdict.Verdict.APART).order_by("pk")
    parted |= {frozenset(pair) for pair in apart.values_list("left", "right")}
    now = dict(Alias.objects.values_list("pk", "place_id"))
    told = {frozenset(now.get(key, key) for key in pair) for pair in parted}
    return {pair for pair in told if len(pair) > 1}


def _links(places: pl.DataFrame, groups: pl.DataFrame, parted: set[frozenset[str]]) -> Links:
    """Keep in each group who people touched, then the newest; the others are absorbed by it."""
    touched = {*Alias.objects.values_list("place_id", flat=True)}
    touched |= {*Fix.objects.values_list("place_id", flat=True)}
    rows = groups.with_columns(
        updated=places["updated"].gather(groups["row"]),
        touched=pl.col("id").is_in(list(touched)),
    ).sort(
        "group", "touched", "updated", "id", descending=[False, True, True, False], nulls_last=True
    )
    pairs = _pairs(rows, parted)
    scored = score_pairs(places, pairs.select("left", "right"))
    return {
        absorbed: (kept, {"probability": row["probability"], "reasons": list(explain(row))})
        for kept, absorbed, row in zip(
            pairs["kept"], pairs["absorbed"], scored.iter_rows(named=True), strict=True
        )
    }


def _pairs(rows: pl.DataFrame, parted: set[frozenset[str]]) -> pl.DataFrame:
    """Return each kept place with those it absorbs, none of which a person parted from another."""
    schema = {"left": pl.UInt32, "right": pl.UInt32, "kept": pl.String, "absorbed": pl.String}
    told: list[tuple[int, int, str, str]] = []
    for group in rows.partition_by("group", maintain_order=True):
        (first, kept), *others = group.select("row", "id").rows()
        together = [kept]
        for row, absorbed in others:
            if all(frozenset((absorbed, one)) not in parted for one in together):
                together.append(absorbed)
                told.append((first, row, kept, absorbed))
    return pl.DataFrame(told, schema=schema, orient="row")
