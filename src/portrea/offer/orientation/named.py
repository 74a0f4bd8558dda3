"""What a person writes of where she lives → communes of today.

Names, codes and postcodes, and what people go on saying long after the official list forgot it:
former communes, arrondissements.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.errors import TerritoryError
from portrea.offer.orientation.where import MOST, communes_named
from portrea.territory.codes import ARRONDISSEMENTS, Level
from portrea.territory.naming import normalise, typographic
from portrea.territory.vintage import changes, to_today
from portrea.vocab.languages import FRENCH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from portrea.territory import Gazetteer, Territory
    from portrea.vocab.languages import Words

CITIES = {
    "paris": ("75056", 75100, 75000),
    "lyon": ("69123", 69380, 69000),
    "marseille": ("13055", 13200, 13000),
}
"""Name → code, and what is added to the rank of an arrondissement in codes and in postcodes."""
MOST_HOMONYMS = 400
"""Names beginning alike looked at when the département is written."""
_ARRONDISSEMENT = re.compile(
    r"(paris|lyon|marseille) (\d{1,2}) ?(?:er|e|eme|ieme)?(?: arr\w*)?"
    r"|(\d{1,2}) ?(?:er|e|eme|ieme) arr\w*(?: (?:de )?(paris|lyon|marseille))"
)
_DEPARTEMENT = re.compile(r"(.+?) (\d{2,3}|2[ab])")


@dataclass(frozen=True, slots=True)
class Named:
    """A commune perhaps meant; ``code`` may be that of an arrondissement.

    ``former`` is the name written, when it is that of a commune that joined another.
    """

    code: str
    name: str
    departement: str
    former: str = ""


def named(
    text: str,
    gazetteer: Gazetteer,
    *,
    postcodes: Callable[[str], Sequence[str]],
    words: Words = FRENCH,
) -> tuple[Named, ...]:
    """Return the communes perhaps meant: one when it is sure, a choice otherwise.

    Parameters
    ----------
    text
        A name, a code, a postcode, a name and its département (« Montfort 35 »).
    gazetteer
        Territories of today.
    postcodes
        Codes of the communes that a postcode serves; none when it is not one.
    words
        The language of what is wrong.

    Raises
    ------
    TerritoryError
        Nothing typed, or nothing that looks like a commune.
    """
    wanted = normalise(text)
    sure = _arrondissement(wanted, gazetteer) or _city(wanted, gazetteer)
    if sure:
        return sure
    served = [code for code in postcodes(wanted) if (Level.COMMUNE, code) in gazetteer]
    if served:
        return _of(served, gazetteer)
    inside = _inside(wanted, gazetteer)
    if inside:
        return inside
    former = _former(wanted, gazetteer)
    try:
        found = communes_named(text, gazetteer, words)
    except TerritoryError:
        if former:
            return former
        raise
    kept = tuple(_named(one) for one in found)
    if former and not any(normalise(one.name) == wanted for one in found):
        return former
    return (*kept, *(one for one in former if one.code not in {k.code for k in kept}))[:MOST]


def _inside(wanted: str, gazetteer: Gazetteer) -> tuple[Named, ...]:
    """Return the communes of a name followed by its département: « Montfort 35 »."""
    match = _DEPARTEMENT.fullmatch(wanted)
    if match is None:
        return ()
    place, departement = match[1], match[2].upper()
    pool = gazetteer.search(place, limit=MOST_HOMONYMS, levels=[Level.COMMUNE])
    found = [_named(one) for one in pool if one.departement == departement]
    whole = [one for one in found if normalise(one.name) == place]
    return tuple(whole or found)[:MOST]


def _named(one: Territory) -> Named:
    return Named(one.code, one.name, one.departement or "")


def _of(codes: Sequence[str], gazetteer: Gazetteer) -> tuple[Named, ...]:
    return tuple(_named(gazetteer.get(Level.COMMUNE, code)) for code in codes)


# -- arrondissements ------------------------------------------------------------------------------


def _arrondissement(wanted: str, gazetteer: Gazetteer) -> tuple[Named, ...]:
    """Return the arrondissement written: « Paris 12e », « 69003 », « 13208 »."""
    match = _ARRONDISSEMENT.fullmatch(wanted)
    if match:
        name, rank = match[1] or match[4], int(match[2] or match[3])
        return tuple(_of_city(name, gazetteer, rank)) or _city(name, gazetteer)
    for name, (_, codes, posts) in CITIES.items():
        for base in (codes, posts):
            rank = int(wanted) - base if wanted.isdecimal() and len(wanted) == 5 else 0
            if rank > 0 and str(codes + rank) in ARRONDISSEMENTS:
                return tuple(_of_city(name, gazetteer, rank))
    return ()


def _city(wanted: str, gazetteer: Gazetteer) -> tuple[Named, ...]:
    """Return a city of arrondissements, then each of them: they are far from one another."""
    if wanted not in CITIES or (Level.COMMUNE, CITIES[wanted][0]) not in gazetteer:
        return ()
    whole = _of([CITIES[wanted][0]], gazetteer)
    return (*whole, *(one for rank in range(1, 21) for one in _of_city(wanted, gazetteer, rank)))


def _of_city(name: str, gazetteer: Gazetteer, rank: int) -> Iterator[Named]:
    code, base, _ = CITIES[name]
    if str(base + rank) in ARRONDISSEMENTS and (Level.COMMUNE, code) in gazetteer:
        city = gazetteer.get(Level.COMMUNE, code)
        said = f"{city.name} {rank}{'er' if rank == 1 else 'e'} arrondissement"
        yield Named(str(base + rank), said, city.departement or "")


# -- former communes ------------------------------------------------------------------------------


def _former(wanted: str, gazetteer: Gazetteer) -> tuple[Named, ...]:
    """Return the communes of today that hold a commune of yesterday, by its whole name."""
    found = {}
    for change in changes():
        code = to_today().get(change.before)
        if code is None or normalise(change.name_before) != wanted:
            continue
        if (Level.COMMUNE, code) in gazetteer and code not in found:
            now = gazetteer.get(Level.COMMUNE, code)
            if normalise(now.name) != wanted:
                former = typographic(change.name_before)
                found[code] = Named(code, now.name, now.departement or "", former)
    return tuple(found.values())
