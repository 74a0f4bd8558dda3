"""Loaded datasets: identity, card, content digest, and which of several to read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from portrea.base.provenance import Provenance
from portrea.vocab.tables import KINDS, OBSERVATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from portrea.sources.source import Loaded


@dataclass(frozen=True, slots=True)
class Dataset:
    """One loaded dataset: an identifier, its provenance and what its tables hold."""

    id: str
    provenance: Provenance
    rows: Mapping[str, int]
    levels: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON-ready values."""
        return {
            "id": self.id,
            "provenance": self.provenance.to_dict(),
            "rows": dict(self.rows),
            "levels": list(self.levels),
            "variables": list(self.variables),
        }

    @classmethod
    def from_dict(cls, card: dict[str, Any]) -> Self:
        """Read what :meth:`to_dict` wrote."""
        return cls(
            id=card["id"],
            provenance=Provenance.from_dict(card["provenance"]),
            rows=card["rows"],
            levels=tuple(card["levels"]),
            variables=tuple(card["variables"]),
        )


def identity_of(dataset: Dataset) -> str:
    """Return what two versions of a dataset share: source, vintage and part."""
    return dataset.id.rsplit(".", 1)[0]


def checked(loaded: Loaded) -> tuple[Dataset, dict[str, pl.DataFrame]]:
    """Check the tables of a loaded file and describe the dataset they make."""
    tables = {
        kind: KINDS[kind].conform(frame, where=loaded.provenance.source)
        for kind, frame in loaded.tables.items()
    }
    return _describe(loaded.provenance, tables, loaded.part), tables


def content_digest(frame: pl.DataFrame) -> bytes:
    """Return a digest of a table's rows that does not depend on their order.

    The 64-bit hashes of the rows are sorted, then digested: linear in the size, no copy of large
    columns (contours) and no sort of the rows themselves.
    """
    hashes = frame.hash_rows(seed=1).sort().to_numpy()
    return hashlib.sha256(hashes.tobytes()).digest()


def _describe(provenance: Provenance, tables: Mapping[str, pl.DataFrame], part: str) -> Dataset:
    digest = hashlib.sha256()
    for kind in sorted(tables):
        digest.update(kind.encode())
        digest.update(content_digest(tables[kind]))
    digest.update(json.dumps(provenance.to_dict() | {"retrieved": None}, sort_keys=True).encode())
    name = "_".join(filter(None, (provenance.source, provenance.vintage, part)))
    observations = tables.get("observations", OBSERVATIONS.empty())
    levels = {
        level for f in tables.values() if "level" in f.columns for level in f["level"].unique()
    }
    return Dataset(
        id=f"{name}.{digest.hexdigest()[:12]}",
        provenance=provenance,
        rows={kind: frame.height for kind, frame in tables.items()},
        levels=tuple(sorted(levels)),
        variables=tuple(sorted(observations["variable"].unique())),
    )


def newest_alike(
    datasets: Sequence[Dataset], variables: Sequence[str] | None, newest: int
) -> list[Dataset]:
    """Keep the last vintages of the datasets that have the same levels and wanted variables."""
    alike: dict[object, set[str]] = {}
    keys = []
    for dataset in datasets:
        wanted = set(dataset.variables) & set(variables or dataset.variables)
        keys.append((dataset.levels, frozenset(wanted)))
        alike.setdefault(keys[-1], set()).add(dataset.provenance.vintage)
    last = {key: sorted(vintages)[-newest:] for key, vintages in alike.items()}
    return [d for d, key in zip(datasets, keys, strict=True) if d.provenance.vintage in last[key]]
