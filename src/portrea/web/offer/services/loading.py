"""Load the store's lists of places in the census, and join the places that several lists tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from portrea.base.progress import silent
from portrea.offer.rows import of_row, undescribed
from portrea.sources.census import SOURCE as CENSUS
from portrea.sources.datasets import identity_of
from portrea.web.offer.models import ImportBatch
from portrea.web.offer.services.duplicates import places_join
from portrea.web.offer.services.imports import import_apply, import_receive

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from portrea.base.progress import Progress
    from portrea.sources.datasets import Dataset
    from portrea.sources.store import Store


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What loading did: one import by list that told something new, how many were joined.

    ``asked``: pairs that look like one place, for a person to judge.
    """

    batches: tuple[ImportBatch, ...]
    unchanged: int
    joined: int
    asked: int = 0


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
    import. Places that :mod:`portrea.offer.matching` is sure are one are then joined, but for those
    that a person parted.
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
    joined, asked = places_join(actor=actor) if batches else (0, 0)
    progress(1.0, "recensement à jour")
    return LoadReport(tuple(batches), unchanged, joined, asked)


def _in_force(key: str) -> str | None:
    """Return the dataset that a list's last applied import came from."""
    applied = ImportBatch.objects.filter(source=key, state=ImportBatch.State.APPLIED)
    last = applied.order_by("-pk").first()
    return last.report.get("dataset") if last else None


def _load_one(
    actor: Any, store: Store, key: str, dataset: Dataset, today: date | None
) -> ImportBatch:
    rows = store.read(dataset, "places").to_dicts()
    records = [of_row(row) for row in rows]
    lost = sum(map(undescribed, rows, records))
    provenance = dataset.provenance
    with transaction.atomic():
        batch = import_receive(
            actor=actor,
            source=key,
            title=f"{provenance.title} ({provenance.vintage})",
            file_name=provenance.file_name or "",
            sha256=provenance.sha256 or "",
            report={"dataset": dataset.id, "licence": provenance.licence, "undescribed": lost},
        )
        return import_apply(actor=actor, batch=batch, places=records, today=today)
