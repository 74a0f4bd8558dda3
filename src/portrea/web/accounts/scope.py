"""Which territory lies in which: the subtree that a role is given on."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q

from portrea.base.errors import StoreError, TerritoryError
from portrea.sources.store import Store
from portrea.steering.reading import Reader
from portrea.territory import Level, Territory
from portrea.territory.codes import commune_of_iris, departement_of, departement_regions

if TYPE_CHECKING:
    from portrea.territory import Gazetteer

FRANCE = (Level.FRANCE.value, "FR")
SMALL = (Level.IRIS, Level.COMMUNE, Level.QPV)
"""Levels that lie whole in one commune or are kept by their own columns."""
COMMUNAL = (Level.IRIS, Level.COMMUNE)
"""Levels whose codes begin with that of a commune."""
INSIDE = (Level.IRIS, Level.COMMUNE, Level.EPCI, Level.DEPARTEMENT, Level.REGION)

Key = tuple[str, str]
"""Level and code: ``("epci", "243500618")``."""


def gazetteer() -> Gazetteer | None:
    """Return the territories of the computation in force, ``None`` before the first one."""
    try:
        return Reader(Store(settings.PORTREA_HOME)).gazetteer
    except StoreError:
        return None


def key_of(territory: Territory | Key | str | None) -> Key:
    """Return level and code of a territory however it is given; ``None`` is France."""
    if territory is None:
        return FRANCE
    if isinstance(territory, Territory):
        return territory.level.value, territory.code
    if isinstance(territory, str):
        level, _, code = territory.partition(":")
        return (level, code) if code else FRANCE
    return str(territory[0]), territory[1]


def name_of(territory: Territory | Key | str | None) -> str:
    """Return the French name of a territory that stands alone, else how it is written."""
    key = key_of(territory)
    if key == FRANCE:
        return "France"
    found = find(key)
    return found.title if found.title else f"{found.level.label} {found.code}"


def find(key: Key) -> Territory:
    """Return a territory by level and code; what the code alone says when it is unknown."""
    known = gazetteer()
    if known is not None:
        try:
            return known.get(*key)
        except TerritoryError:
            pass
    return _from_code(*key)


def contains(outer: Territory | Key | str, inner: Territory | Key | str | None) -> bool:
    """Tell whether all of ``inner`` lies in ``outer``.

    An epci across two departements lies in neither; each of its communes lies in one.
    """
    above, below = key_of(outer), key_of(inner)
    if FRANCE in (above, below) or above == below:
        return above in (FRANCE, below)
    if Level(below[0]) in SMALL:
        return find(below).parent_code(Level(above[0])) == above[1]
    if Level(above[0]) in SMALL:
        return False
    return _all_inside(above, below)


def inside(
    territory: Territory | Key | str | None, *, level: str = "level", code: str = "code"
) -> Q:
    """Return the condition « lies in this territory » on two columns of a model."""
    key = key_of(territory)
    if key == FRANCE:
        return Q()
    condition = Q(**{level: key[0], code: key[1]})
    for below, codes in _inside(_computation(), key):
        condition |= Q(**{level: below, f"{code}__in": codes})
    return condition


def _computation() -> str:
    try:
        return Reader(Store(settings.PORTREA_HOME)).computation_id
    except StoreError:
        return ""


@lru_cache(maxsize=64)
def _inside(computation: str, key: Key) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Codes of each level inside a territory, in one computation."""
    known = gazetteer() if computation else None
    if known is None:
        return ()
    found = []
    for level in INSIDE:
        below = known.children(find(key), level)
        if level not in SMALL:  # the gazetteer also gives those that only overlap
            below = [one for one in below if contains(key, one)]
        if below:
            found.append((level.value, tuple(territory.code for territory in below)))
    return tuple(found)


def _all_inside(above: Key, below: Key) -> bool:
    known = gazetteer()
    if known is None:
        return find(below).parent_code(Level(above[0])) == above[1]
    communes = known.children(find(below), Level.COMMUNE)
    level = Level(above[0])
    return bool(communes) and all(t.parent_code(level) == above[1] for t in communes)


def _from_code(level: str, code: str) -> Territory:
    """Read what a code says by itself: departement and region of a commune."""
    kind = Level(level)
    commune = {Level.IRIS: commune_of_iris(code), Level.COMMUNE: code}.get(kind)
    if kind is Level.DEPARTEMENT:
        departement = code
    else:
        departement = departement_of(commune) if commune else None
    region = departement_regions().get(departement) if departement else None
    return Territory(kind, code, code, commune, None, departement, region)
