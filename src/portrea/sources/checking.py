"""Verify the store: files against their cards, and whether the vintages join."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.progress import silent
from portrea.territory.vintage import today_expr

if TYPE_CHECKING:
    from portrea.base.progress import Progress
    from portrea.sources.store import Dataset, Store

LEVELS = ("iris", "commune", "epci")
NEGLIGIBLE = 0.001
"""Share of orphan codes below which nothing is said."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Faults (damaged files) and remarks (codes that do not join), as French sentences."""

    datasets: int
    faults: tuple[str, ...]
    remarks: tuple[str, ...]


def check_store(store: Store, progress: Progress = silent) -> CheckReport:
    """Read every dataset in force; compare its files with its card, its codes with territories."""
    datasets = store.datasets()
    known = _known_codes(store)
    faults: list[str] = []
    remarks: list[str] = []
    for rank, dataset in enumerate(datasets):
        progress(rank / len(datasets), dataset.id)
        found = [f"{dataset.id} : {fault}" for fault in store.faults(dataset)]
        faults += found
        if not found:
            remarks += _orphans(store, dataset, known)
    progress(1.0, "terminé")
    return CheckReport(len(datasets), tuple(faults), tuple(remarks))


def _known_codes(store: Store) -> dict[str, set[str]]:
    codes: dict[str, set[str]] = {level: set() for level in LEVELS}
    for dataset in store.datasets():
        if dataset.rows.get("territories") and not store.faults(dataset):
            table = store.read(dataset, "territories")
            for level in LEVELS:
                codes[level] |= set(table.filter(pl.col("level") == level)["code"])
    return codes


def _orphans(store: Store, dataset: Dataset, known: dict[str, set[str]]) -> list[str]:
    """Say how many areas of a dataset no list of territories knows, even carried to today."""
    table = store.read(dataset, "observations").select("level", "code").unique()
    lines = []
    for level in LEVELS:
        codes = table.filter(pl.col("level") == level)["code"]
        if not codes.len() or not known[level]:
            continue
        carried = codes.to_frame().select(today_expr(pl.col("code")))["code"]
        lost = sorted(set(carried) - known[level])
        if len(lost) > NEGLIGIBLE * codes.len():
            lines.append(
                f"{dataset.id} : {len(lost)} {level} sur {codes.len()} ne se raccordent à aucun"
                f" découpage chargé (par exemple {', '.join(lost[:3])}). Chargez les contours ou la"
                " table d’appartenance du même millésime."
            )
    return lines
