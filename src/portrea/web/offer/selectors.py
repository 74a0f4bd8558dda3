"""Places that help, near a territory, for a situation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl
from django.http import Http404

from portrea.base.errors import ParameterError
from portrea.reach.nearest import located_places
from portrea.reach.travel import crow_fly_km, default_travel, travel_minutes
from portrea.vocab.situations import Situation
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.territory import Selection, Territory

PAGE = 25
FEWEST = 5
"""Places shown around a commune even when they are all far."""


@dataclass(frozen=True, slots=True)
class PlaceList:
    """One page of places: rows, how many in all, where the next page begins (or empty)."""

    label: str
    reference: str
    code: str
    situation: str
    around: bool
    rows: tuple[Mapping[str, Any], ...]
    total: int
    after: str


def place_list(selection: Selection, situation: str, after: str) -> PlaceList:
    """Return places, from the one that follows ``after``.

    Around one commune: every place within the last travel threshold, nearest first. In a larger
    territory, or several: the places inside, by town then name.
    """
    around = selection.is_single and selection.territories[0].level.value in {"commune", "iris"}
    frame = _around(selection, situation) if around else _inside(selection, situation)
    rest = _after(frame, after)
    rows = tuple(rest.head(PAGE).iter_rows(named=True))
    more = str(rows[-1]["id"]) if rest.height > PAGE else ""
    code = selection.territories[0].code if selection.is_single else selection.key
    return PlaceList(
        selection.label, selection.key, code, situation, around, rows, frame.height, more
    )


def check_situation(situation: str) -> None:
    """Raise :class:`ParameterError` when a situation does not exist (none is fine)."""
    if situation and situation not in set(Situation):
        raise ParameterError(
            f"La situation « {situation} » n’existe pas.",
            remedy=f"Situations : {', '.join(Situation)}.",
        )


def place_get(place_id: str) -> Mapping[str, Any]:
    """Return one place, or raise :class:`django.http.Http404`."""
    frame = _places().filter(pl.col("id") == place_id)
    if frame.is_empty():
        raise Http404(place_id)
    return frame.row(0, named=True)


def place_total() -> int:
    """Return how many places the computation knows."""
    return _places().height


def _inside(selection: Selection, situation: str) -> pl.DataFrame:
    current = reader()
    communes = {code for territory in selection.territories for code in _communes(territory)}
    return current.places(sorted(communes), situation or None)


def _communes(territory: Territory) -> list[str]:
    if territory.level.value in {"commune", "iris"}:
        return [str(territory.commune)]
    return reader().codes("commune", territory.level.value, territory.code)


def _around(selection: Selection, situation: str) -> pl.DataFrame:
    row = reader().territory("commune", str(selection.territories[0].commune))
    frame = _located(str(reader().store.home), reader().computation_id)
    if situation:
        frame = frame.filter(pl.col("situations").list.contains(situation))
    if row is None or row["longitude"] is None or frame.is_empty():
        return _inside(selection, situation)
    km = crow_fly_km(row["longitude"], row["latitude"], frame["longitude"], frame["latitude"])
    area = row["area_km2"] if row["area_km2"] is not None else float("nan")
    minutes = travel_minutes(km, persons=float("nan"), area_km2=area)
    measured = frame.with_columns(km=pl.Series(km), minutes=pl.Series(minutes)).sort("km", "id")
    near = measured.filter(pl.col("minutes") <= default_travel().thresholds[-1])
    return near if near.height >= FEWEST else measured.head(FEWEST)


def _after(frame: pl.DataFrame, after: str) -> pl.DataFrame:
    if not after:
        return frame
    found = frame["id"].index_of(after)
    return frame if found is None else frame.slice(found + 1)


def _places() -> pl.DataFrame:
    return _all(str(reader().store.home), reader().computation_id)


@lru_cache(maxsize=2)
def _all(_home: str, _computation: str) -> pl.DataFrame:
    return reader().computation.table("places")


@lru_cache(maxsize=2)
def _located(home: str, computation: str) -> pl.DataFrame:
    frame = located_places(reader().gazetteer.table, _all(home, computation))
    return frame.filter(pl.col("located") != "none")
