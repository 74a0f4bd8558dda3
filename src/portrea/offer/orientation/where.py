"""Where the person is: words typed, a code, or a position → one commune, or a choice to make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.base.errors import TerritoryError
from portrea.offer.orientation.rules import rules
from portrea.territory.codes import Level, arrondissement_points
from portrea.territory.naming import normalise
from portrea.vocab.languages import FRENCH

if TYPE_CHECKING:
    from portrea.offer.orientation.asked import Asked
    from portrea.territory import Gazetteer, Territory
    from portrea.vocab.languages import Words

MOST = 20
LONGEST = 80
_WRITE = "Écrivez le nom de votre commune, par exemple « Montfort-sur-Meu »."


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the person sets off from; ``exact`` when it is her own position."""

    commune: Territory
    longitude: float
    latitude: float
    area_km2: float | None
    exact: bool
    note: str = ""
    part: str = ""
    """Name of the arrondissement, of Paris, Lyon or Marseille."""


def communes_named(text: str, gazetteer: Gazetteer, words: Words = FRENCH) -> tuple[Territory, ...]:
    """Return the communes perhaps meant by words: one when it is sure, a choice otherwise.

    A whole name that only one commune bears is sure, were it the beginning of others; a name borne
    by several, as there are many « Saint-Aubin », is a choice, told with their départements.

    Raises
    ------
    TerritoryError
        Nothing typed, or nothing that looks like a commune.
    """
    typed = "".join(c for c in text[:LONGEST] if c.isprintable()).strip()
    name = normalise(typed)
    if not name:
        raise TerritoryError(words.say("Aucune commune n’est écrite."), remedy=words.say(_WRITE))
    found = gazetteer.search(typed, limit=MOST, levels=[Level.COMMUNE])
    if not found:
        said = words.say("Commune inconnue : « {typed} ».", typed=typed)
        raise TerritoryError(said, remedy=words.say(_WRITE))
    whole = tuple(one for one in found if name in (normalise(one.name), one.code.lower()))
    return whole or tuple(found)


def departure(asked: Asked, gazetteer: Gazetteer, words: Words = FRENCH) -> Departure:
    """Return where a person sets off from.

    Raises
    ------
    TerritoryError
        Not told yet, a commune that does not exist, or a position outside France.
    """
    if asked.point is not None:
        return _at_point(asked.point, gazetteer, words)
    if asked.commune is None:
        said = words.say("On ne sait pas encore où vous êtes.")
        raise TerritoryError(said, remedy=words.say(_WRITE))
    selection = gazetteer.resolve(f"commune:{asked.commune}")
    commune = selection.territories[0]
    row = gazetteer.row(commune)
    if row["longitude"] is None or row["latitude"] is None:
        said = words.say("La position de la {commune} n’est pas connue.", commune=commune.title)
        raise TerritoryError(said, remedy=words.say("Donnez votre adresse."))
    if asked.commune in arrondissement_points():
        x, y, area = arrondissement_points()[asked.commune]
        return Departure(commune, x, y, area, exact=False, part=_part_of(asked.commune, commune))
    note = " ".join(selection.notes)
    return Departure(
        commune, row["longitude"], row["latitude"], row["area_km2"], exact=False, note=note
    )


def _part_of(code: str, city: Territory) -> str:
    rank = int(code[-2:]) - (80 if city.code == "69123" else 0)
    return f"{city.name} {rank}{'er' if rank == 1 else 'e'} arrondissement"


def _at_point(point: tuple[float, float], gazetteer: Gazetteer, words: Words) -> Departure:
    commune = gazetteer.nearest(*point)
    row = gazetteer.row(commune)
    area = row["area_km2"]
    rule = rules().outside
    radius = np.sqrt((area or 0.0) / np.pi)
    most = max(float(rule["least_km"]), float(rule["radii"]) * float(radius))
    if _km(point, (row["longitude"], row["latitude"])) > most:
        raise TerritoryError(
            words.say("Cette position est hors de France, ou en mer."),
            remedy=words.say("Écrivez plutôt le nom de la commune où vous cherchez de l’aide."),
        )
    return Departure(commune, *point, area, exact=True)


def _km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the distance, on a flat map good enough for some tens of km."""
    east = (one[0] - other[0]) * np.cos(np.radians((one[1] + other[1]) / 2))
    per_degree = float(rules().outside["km_per_degree"])
    return float(np.hypot(east, one[1] - other[1]) * per_degree)
