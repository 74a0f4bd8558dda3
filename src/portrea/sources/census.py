"""The census as the store keeps it: one dataset of places, photographed before each computation.

The living census is in the site's database and changes every day. A computation reads a photograph
of it, immutable and named by its content like any dataset, so that its card is enough to make it
again. While there is one, the lists it was made from are not read beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.base.provenance import Provenance

if TYPE_CHECKING:
    import polars as pl

    from portrea.sources.datasets import Dataset
    from portrea.sources.store import Store

SOURCE = "recensement"


def photograph(store: Store) -> Dataset | None:
    """Return the photograph of the census in force, ``None`` when there is none."""
    found = [d for d in store.datasets() if d.provenance.source == SOURCE]
    return found[-1] if found else None


def put_photograph(store: Store, places: pl.DataFrame, *, state: str) -> Dataset:
    """Put a photograph in force in place of the former one.

    Parameters
    ----------
    places
        Table ``places``, each place once.
    state
        What tells two states of the census apart, kept on the card.
    """
    newest = places["updated"].max()
    card = Provenance(
        source=SOURCE,
        title="Recensement des lieux tenu dans Portrea",
        producer="Recensement local",
        vintage=str(newest) if newest else "s.d.",
        retrieved=state,
        note="Photographie du recensement au moment du calcul.",
    )
    dataset = store.write_dataset(card, {"places": places})
    _remove(store, but=dataset.id)
    return dataset


def remove_photograph(store: Store) -> None:
    """Read the lists again: the census holds no place."""
    _remove(store, but="")


def _remove(store: Store, *, but: str) -> None:
    for dataset in store.datasets():
        if dataset.provenance.source == SOURCE and dataset.id != but:
            store.remove_dataset(dataset.id)
