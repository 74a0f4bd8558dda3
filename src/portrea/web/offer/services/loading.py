"""Load the store's lists of places in the census, and join the places that several lists tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from django.db import transaction
from django.utils import timezone

from portrea.base.progress import silent
from portrea.offer.merging import same_places
from portrea.offer.rows import of_row
from portrea.sources.census import SOURCE as CENSUS
from portrea.sources.datasets import identity_of
from portrea.vocab.tables import PLACES
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import require
from portrea.web.offer.models import Alias, Fix, ImportBatch, Merge, Place
from portrea.web.offer.services.imports import import_apply, import_receive
from portrea.web.offer.services.merges import SYSTEM, merge_many

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from portrea.base.progress import Progress
    from portrea.sources.datasets import Dataset
    from portrea.sources.store import Store

RULES = {"rule": "même nom à moins de 500 m, ou même guichet unique à moins de 100 m"}


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What loading did: one import by list that told something new, and how many were joined."""

    batches: tuple[ImportBatch, ...]
    unchanged: int
    joined: int


def list_key(dataset: Dataset) -> str:
    """Return the name of a list, the same for each of its vintages: ``mairies``."""
    source, vintage = dataset.provenance.source, dataset.provenance.vintage
    part = identity_of(dataset).removeprefix(f"{source}_{vintage}").lstrip("_")
    return f"{source}:{part}" if part else source


def newest_lists(datasets: Iterable[Dataset]) -> dict[str, Dataset]:
    """Return the datasets of places, for each list its newest vintage."""
    found: dict[str, Dataset] = {}
    for dataset in datasets:
        key = list_key(dataset)
        held = found.get(key)
        if not dataset.rows.get("places") or dataset.provenance.source == CENSUS:
            continue
        if held is None or held.provenance.vintage <= dataset.provenance.vintage:
            found[key] = dataset
    return found


def census_load(
    *, actor: Any, store: Store, today: date | None = None, progress: Progress = silent
) -> LoadReport:
    """Bring the census up to date with the store: each list is an import of its own.

    A list whose dataset was already applied is skipped; a list of which no row changed leaves no
    import. Places that the rules of :mod:`portrea.offer.merging` find to be one are then joined,
    but for those that a person parted.
    """
    lists = newest_lists(store.datasets())
    batches, unchanged = [], 0
    for rank, (key, dataset) in enumerate(lists.items()):
        share = 0.9 * rank / len(lists)
        progress(share, dataset.provenance.title)
        if _in_force(key) == dataset.id:
            unchanged += 1
            continue
        batch = _load_one(actor, store, key, dataset, today)
        batches.append(batch)
    progress(0.9, "lieux dits par plusieurs listes")
    joined = places_join(actor=actor) if batches else 0
    progress(1.0, "recensement à jour")
    return LoadReport(tuple(batches), unchanged, joined)


def _in_force(key: str) -> str | None:
    """Return the dataset that a list's last applied import came from."""
    applied = ImportBatch.objects.filter(source=key, state=ImportBatch.State.APPLIED)
    last = applied.order_by("-pk").first()
    return last.report.get("dataset") if last else None


def _load_one(
    actor: Any, store: Store, key: str, dataset: Dataset, today: date | None
) -> ImportBatch:
    records = [of_row(row) for row in store.read(dataset, "places").iter_rows(named=True)]
    provenance = dataset.provenance
    with transaction.atomic():
        batch = import_receive(
            actor=actor,
            source=key,
            title=f"{provenance.title} ({provenance.vintage})",
            file_name=provenance.file_name or "",
            sha256=provenance.sha256 or "",
            report={"dataset": dataset.id, "licence": provenance.licence},
        )
        return import_apply(actor=actor, batch=batch, places=records, today=today)


# -- places told by several lists -----------------------------------------------------------------


def places_join(*, actor: Any) -> int:
    """Join the open places that are one by the rules; return how many were absorbed."""
    require(actor, "place.merge")
    with transaction.atomic():
        frame = _compared()
        if frame.height < 2:
            return 0
        links = _links(frame.with_columns(same_places(frame)))
        merges = merge_many(links, origin=SYSTEM, now=timezone.now())
        if merges:
            journal.record(act="place.merge", actor=actor, after={"joined": len(merges)})
    return len(merges)


def _compared() -> pl.DataFrame:
    """Return the columns that the rules compare, of every open place."""
    names = ("id", "name", "kind", "commune", "longitude", "latitude", "updated", "record__source")
    rows = Place.objects.filter(status=Place.Status.OPEN).order_by("pk").values_list(*names)
    schema = {**{name: PLACES.schema[name] for name in names[:-1]}, "source": pl.String}
    frame = pl.DataFrame(list(rows), schema=schema, orient="row")
    return frame.with_columns(pl.col("commune").replace("", None))


def _links(frame: pl.DataFrame) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return absorbed → (kept, reasons): who people touched is kept, then the newest."""
    several = frame.filter(pl.len().over("place") > 1).select("id", "place", "updated")
    touched = {*Alias.objects.values_list("place_id", flat=True)}
    touched |= {*Fix.objects.values_list("place_id", flat=True)}
    ranked = several.with_columns(pl.col("id").is_in(list(touched)).alias("touched")).sort(
        "place", "touched", "updated", "id", descending=[False, True, True, False], nulls_last=True
    )
    parted = parted_pairs()
    links: dict[str, tuple[str, dict[str, Any]]] = {}
    for group in ranked.partition_by("place"):
        kept, *others = group["id"].to_list()
        for other in others:
            if frozenset((kept, other)) not in parted:
                links[other] = (kept, RULES)
    return links


def parted_pairs() -> set[frozenset[str]]:
    """Return the pairs that a person parted, and did not join again."""
    pairs = Merge.objects.values_list("kept_id", "absorbed_id", "undone")
    undone = {frozenset(pair[:2]) for pair in pairs if pair[2]}
    return undone - {frozenset(pair[:2]) for pair in pairs if not pair[2]}
