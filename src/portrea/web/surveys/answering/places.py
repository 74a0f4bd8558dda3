"""Where a typed place is: a commune, the end of an address, or a latitude and a longitude."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portrea.base.errors import TerritoryError
from portrea.offer.orientation.address import split_address
from portrea.offer.orientation.named import named
from portrea.territory.codes import arrondissement_points
from portrea.web.accounts.scope import gazetteer

if TYPE_CHECKING:
    from portrea.territory import Gazetteer

_NUMBER = r"(-?\d{1,3}(?:[.,]\d+)?)"
_NUMBERS = re.compile(rf"{_NUMBER}(?:\s*;\s*|,\s+|\s+){_NUMBER}|{_NUMBER},{_NUMBER}")
_POSTCODE = re.compile(r"\d{5}\b\s*")
_NORTH, _EAST = 90, 180
MOST = 8
_AREA_KM2 = 15.0
"""Area of a commune whose own is not known: about the mean of France."""


@dataclass(frozen=True, slots=True)
class Located:
    """What a text designates: ``point`` as a form keeps it, else the communes perhaps meant."""

    point: str = ""
    label: str = ""
    communes: tuple[tuple[str, str], ...] = ()
    why: str = ""


def place_named(text: str) -> Located:
    """Return where a text is. The street of an address is not kept: its commune is enough."""
    numbers = _NUMBERS.fullmatch(text.strip())
    if numbers:
        north, east = (float(one.replace(",", ".")) for one in numbers.groups() if one)
        if abs(north) <= _NORTH and abs(east) <= _EAST:
            return Located(f"{north:.5f} {east:.5f}", text.strip())
    if _POSTCODE.fullmatch(text.strip()):
        return Located(why=_("Écrivez le nom de la commune : un code postal en sert plusieurs."))
    known = gazetteer()
    if known is None:
        return Located(why=_("Les communes ne sont pas connues ici : écrivez latitude, longitude."))
    cut = split_address(text)
    town = _POSTCODE.sub("", (cut[1] or cut[0]) if cut else text)
    try:
        found = named(town, known, postcodes=lambda _code: ())
    except TerritoryError:
        return Located(why=_("Cette commune n’est pas connue : vérifiez son nom."))
    if len(found) == 1:
        return place_of(found[0].code)
    told = tuple((one.code, f"{one.name} ({one.departement})") for one in found[:MOST])
    return Located(communes=told, why=_("Plusieurs communes ont ce nom : choisissez la bonne."))


def place_of(commune: str) -> Located:
    """Return the centre of a commune by its official code; its precision is a disc as wide."""
    if commune in arrondissement_points():
        east, north, area = arrondissement_points()[commune]
        return _disc(north, east, area, "")
    known: Gazetteer | None = gazetteer()
    unknown = Located(why=_("La position de cette commune n’est pas connue."))
    if known is None or ("commune", commune) not in known:
        return unknown
    found = known.get("commune", commune)
    row = known.row(found)
    if row["latitude"] is None or row["longitude"] is None:
        return unknown
    return _disc(row["latitude"], row["longitude"], row["area_km2"], found.name)


def _disc(north: float, east: float, area_km2: float | None, label: str) -> Located:
    metres = round(1000 * math.sqrt((area_km2 or _AREA_KM2) / math.pi))
    return Located(f"{north:.5f} {east:.5f} 0 {metres}", label)
