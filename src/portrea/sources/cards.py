"""Build the identity card of a dataset from its catalogue entry."""

from __future__ import annotations

from portrea.base.provenance import Provenance
from portrea.sources.catalogue import entry


def card(
    dataset_id: str,
    vintage: str,
    *,
    source: str | None = None,
    geography: int | None = None,
    note: str | None = None,
) -> Provenance:
    """Return the provenance of a dataset described in ``catalogue.yaml``.

    Parameters
    ----------
    source
        Identifier written in the store, the entry's source package by default.
    geography
        Year of the official geographic code, ``None`` when the file does not tell.
    """
    known = entry(dataset_id)
    return Provenance(
        source=source or known.source,
        title=known.title,
        producer=known.producer,
        vintage=vintage,
        licence=known.licence,
        page=known.page,
        url=known.url,
        geography=geography,
        verified=known.verified,
        note=note or known.note,
    )
