"""Which buildings may receive a permanence: real ones of the offer, one per address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import ParameterError
from portrea.reach.siting.params import default_parameters

if TYPE_CHECKING:
    from collections.abc import Sequence


def candidate_buildings(
    places: pl.DataFrame,
    *,
    kinds: Sequence[str] | None = None,
    communes: Sequence[str] | None = None,
    existing: Sequence[str] = (),
) -> pl.DataFrame:
    """Return ``id``, ``name``, ``kind``, ``commune``, ``longitude``, ``latitude`` of the buildings.

    Parameters
    ----------
    places
        Table ``places`` of a computation: what the offer knows.
    kinds
        Typologies kept; the parameter ``candidate_kinds`` by default (town halls, libraries, post
        offices…).
    communes
        Communes where a place may open; all when None.
    existing
        Places open today: one of them is no candidate, whatever its kind.

    Raises
    ------
    ParameterError
        When no building is left.

    Notes
    -----
    A building without position is left out: nobody knows how far it is. Two of the same kind at
    the same point are one building, the first identifier standing for it.
    """
    kinds = kinds or default_parameters().candidate_kinds
    kept = places.filter(
        pl.col("kind").is_in(list(kinds)),
        ~pl.col("id").is_in(list(existing)),
        pl.col("longitude").is_not_null() & pl.col("latitude").is_not_null(),
    )
    if communes is not None:
        kept = kept.filter(pl.col("commune").is_in(list(communes)))
    kept = kept.sort("id").unique(
        ["kind", "longitude", "latitude"], keep="first", maintain_order=True
    )
    if kept.is_empty():
        raise ParameterError(
            "Aucun bâtiment candidat avec une position connue "
            f"(types cherchés : {', '.join(kinds)}).",
            remedy="Chargez des lieux de ces types, ou élargissez le territoire.",
        )
    return kept.select("id", "name", "kind", "commune", "longitude", "latitude")
