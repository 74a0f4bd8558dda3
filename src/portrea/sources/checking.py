"""Verify the store: files against their cards, and whether the vintages join."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.progress import silent
from portrea.territory.vintage import today_expr

if TYPE_CHECKING:
    from portrea.base.progress import Progress
    from portrea.sources.datasets import Dataset
    from portrea.sources.store import Store

LEVELS = ("iris", "commune", "epci")
NEGLIGIBLE = 0.001
"""Share of orphan codes below which nothing is said."""
GRAVE = 0.05
"""Share above which the dataset and the territories are of two geographies: a fault."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """French sentences: faults (damaged files, vintages that do not join) and small remarks."""

    datasets: int
    faults: tuple[str, ...]
    remarks: tuple[str, ...]


def check_store(store: Store, progress: Progress = silent) -> CheckReport:
    """Read every dataset in force; compare its files with its card, its codes with territories."""
    datasets = store.datasets()
    faults: list[str] = []
    whole: list[Dataset] = []
    for rank, dataset in enumerate(datasets):
        progress(0.8 * rank / len(datasets), dataset.id)
        found = store.faults(dataset)
        faults += [f"{dataset.id} : {fault}" for fault in found]
        whole += [] if found else [dataset]
    progress(0.8, "raccord des millésimes")
    known = _known_codes(store, whole)
    orphans = [found for dataset in whole for found in _orphans(store, dataset, known)]
    grave = [found for found in orphans if found.share > GRAVE]
    slight = [found for found in orphans if found.share <= GRAVE]
    progress(1.0, "terminé")
    return CheckReport(len(datasets), (*faults, *_sentences(grave)), tuple(_sentences(slight)))


def _known_codes(store: Store, datasets: list[Dataset]) -> dict[str, set[str]]:
    codes: dict[str, set[str]] = {level: set() for level in LEVELS}
    for dataset in datasets:
        if dataset.rows.get("territories"):
            table = store.read(dataset, "territories")
            for level in LEVELS:
                codes[level] |= set(table.filter(pl.col("level") == level)["code"])
    return codes


@dataclass(frozen=True, slots=True)
class _Orphans:
    """Codes of a dataset that no list of territories knows, even carried to today."""

    dataset: Dataset
    level: str
    codes: tuple[str, ...]
    total: int

    @property
    def share(self) -> float:
        return len(self.codes) / self.total


def _orphans(store: Store, dataset: Dataset, known: dict[str, set[str]]) -> list[_Orphans]:
    table = store.read(dataset, "observations").select("level", "code").unique()
    found = []
    for level in LEVELS:
        codes = table.filter(pl.col("level") == level)["code"]
        if not codes.len() or not known[level]:
            continue
        carried = codes.to_frame().select(today_expr(pl.col("code")))["code"]
        lost = tuple(sorted(set(carried) - known[level]))
        if len(lost) > NEGLIGIBLE * codes.len():
            found.append(_Orphans(dataset, level, lost, codes.len()))
    return found


def _sentences(orphans: list[_Orphans]) -> list[str]:
    """One sentence per source and list of codes, its vintages together."""
    groups: dict[tuple[str, str, tuple[str, ...]], list[_Orphans]] = {}
    for found in orphans:
        key = (found.dataset.provenance.source, found.level, found.codes)
        groups.setdefault(key, []).append(found)
    return [_sentence(group) for group in groups.values()]


def _sentence(group: list[_Orphans]) -> str:
    first = group[0]
    card = first.dataset.provenance
    vintages = ", ".join(sorted({found.dataset.provenance.vintage for found in group}))
    return (
        f"{card.producer}, {card.title} ({vintages}) : {len(first.codes)} {first.level} sur"
        f" {first.total} ne se raccordent à aucun découpage chargé (par exemple"
        f" {', '.join(first.codes[:3])}). Chargez les contours ou la table d’appartenance du même"
        " millésime, ou retirez ce jeu."
    )
