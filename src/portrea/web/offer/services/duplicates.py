"""Duplicates of the whole census, by likeness: what is sure is joined, the rest waits for a person.

What people parted is neither joined again nor asked again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from django.db import transaction
from django.utils import timezone

from portrea.offer.matching import explain, find_duplicates, score_pairs
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import require
from portrea.web.offer.census import census_frame
from portrea.web.offer.models import Alias, Fix
from portrea.web.offer.services.loading import parted_pairs
from portrea.web.offer.services.merges import SYSTEM, merge_many

if TYPE_CHECKING:
    from collections.abc import Mapping

Links = dict[str, tuple[str, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class CensusDuplicates:
    """Of the open places: absorbed → (kept, reasons), and the pairs to judge."""

    places: pl.DataFrame
    links: Links
    queue: pl.DataFrame


def duplicates_find() -> CensusDuplicates:
    """Return what the census tells several times, without changing anything."""
    places = census_frame()
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
    pairs = rows.select(
        left=pl.col("row").first().over("group"), right="row",
        kept=pl.col("id").first().over("group"), absorbed="id",
    ).filter(pl.col("left") != pl.col("right"))  # fmt: skip
    scored = score_pairs(places, pairs.select("left", "right").cast(pl.UInt32))
    return {
        absorbed: (kept, {"probability": row["probability"], "reasons": list(explain(row))})
        for kept, absorbed, row in zip(
            pairs["kept"], pairs["absorbed"], scored.iter_rows(named=True), strict=True
        )
        if frozenset((kept, absorbed)) not in parted
    }
