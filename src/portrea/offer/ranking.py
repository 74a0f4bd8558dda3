"""Where to send a person: the nearest places that answer her situation, with the reason why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.base.estimates import integer
from portrea.offer.calendar import MONTHS, Timing, openings
from portrea.offer.listing import list_places, situation_named
from portrea.offer.quality import freshness
from portrea.territory.codes import departement_of
from portrea.vocab.hours import NAMES, NARROW, say_spans

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from numpy.typing import NDArray

    Minutes = NDArray[np.float64]
    Travel = Callable[[tuple[float, float], Minutes, Minutes], Minutes]
    """(origin longitude and latitude, longitudes, latitudes) → minutes."""

MOST = 10


def rank_places(
    places: pl.DataFrame,
    *,
    origin: tuple[float, float],
    situation: str,
    date: date,
    travel: Travel,
    most: int = MOST,
) -> pl.DataFrame:
    """Return the nearest suited places first, with ``rank``, ``minutes`` and a French ``reason``.

    Parameters
    ----------
    places
        Table ``places``.
    origin
        Longitude and latitude of the person's point of departure.
    situation
        What she needs: information, equipement, aide, formation.
    date
        Day of the visit: opening hours (French holidays included) and age of the cards.
    travel
        Travel times; ``portrea.reach.travel.minutes_between`` for instance.
    most
        How many places at most.

    Notes
    -----
    A place without position comes last: its time is unknown, not zero.
    """
    suited = list_places(places, situation=situation)
    minutes = np.full(suited.height, np.nan)
    known = (suited["longitude"].is_not_null() & suited["latitude"].is_not_null()).to_numpy()
    there = suited.filter(pl.Series(known))
    if there.height:
        minutes[known] = travel(origin, there["longitude"].to_numpy(), there["latitude"].to_numpy())
    ranked = (
        suited.with_columns(pl.Series("minutes", minutes, nan_to_null=True))
        .sort("minutes", "id", nulls_last=True)
        .head(most)
        .with_row_index("rank", offset=1)
    )
    tiers = freshness(ranked, on=date)
    reasons = [
        _reason(row, tier, situation, date)
        for row, tier in zip(ranked.iter_rows(named=True), tiers, strict=True)
    ]
    return ranked.with_columns(pl.Series("reason", reasons, dtype=pl.String))


def _reason(place: dict[str, object], tier: str, situation: str, day: date) -> str:
    parts = [_far(place, situation), _opened(place, day), _fresh(place, tier)]
    text = f"{NARROW}; ".join(parts)
    return text[0].upper() + text[1:] + "."


def _far(place: dict[str, object], situation: str) -> str:
    minutes = place["minutes"]
    if not isinstance(minutes, float):
        return "position inconnue, temps de trajet non calculé"
    whole = round(minutes)
    words = f"à environ {integer(whole)} minute{'s' if whole > 1 else ''}"
    words = words if whole else "à moins d’une minute"
    if place["rank"] != 1:
        return words
    label = situation_named(situation).label
    return f"le plus proche pour {label[0].lower()}{label[1:]}{NARROW}: {words}"


def _opened(place: dict[str, object], day: date) -> str:
    osm, commune = place["hours"], place["commune"]
    departement = departement_of(commune) if isinstance(commune, str) else None
    timing = Timing(osm if isinstance(osm, str) else None, departement)
    found = openings(timing, start=day, end=day)
    if found is None:
        return "horaires inconnus, à demander avant de vous déplacer"
    name = NAMES[day.weekday()]
    spans = [(one.start, one.end) for one in found if one.start is not None and one.end is not None]
    if not spans:
        told = next((one.comment for one in found if one.comment), None)
        return f"{told} {name}" if told else f"fermé {name}"
    return f"ouvert {name}{NARROW}: {say_spans(spans)}"


def _fresh(place: dict[str, object], tier: str) -> str:
    updated = place["updated"]
    check = ", à vérifier avant de vous déplacer"
    if updated is None:
        return f"fiche sans date{check}"
    month = MONTHS[updated.month - 1]  # type: ignore[attr-defined]
    of = "d’" if month[0] in "ao" else "de "
    card = f"fiche {of}{month} {updated.year}"  # type: ignore[attr-defined]
    old = f", ancienne{NARROW}: téléphonez avant de vous déplacer"
    return card + {"recent": "", "to_check": check}.get(tier, old)
