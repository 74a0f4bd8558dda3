"""The places of this site in the shapes of the national map of digital inclusion.

Routes, parameters and fields were read in November 2026 in the public code of
``anct-cartographie-nationale/cartographie`` (``src/app/api``, ``src/web-components/api``,
``src/libraries``, ``docs/codes-territoires.md``). Two versions name the total otherwise
(``total``, ``totalLieux``): both are given. A parameter that is not understood is left aside, as
there. Not verified: the web component itself was not run against these routes.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils import timezone
from django.utils.text import slugify

from portrea.web.api.national_told import detail, item, number_of
from portrea.web.api.places_data import read_places
from portrea.web.offer import selectors
from portrea.web.offer.filters import Asked
from portrea.web.offer.search import catalogue
from portrea.web.territories.selectors import reader, territory_find

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import QueryDict
    from numpy.typing import NDArray

    from portrea.web.offer.selectors import Search

STEP_X, STEP_Y = 0.4, 0.2
"""Degrees of a square of the map: their ``MAP_CHUNK_OPTIONS``."""
ZOOMS = {"region": 7.0, "departement": 9.3}
"""Zoom of the map on a territory; theirs is 9.3 for most départements, that of régions is ours."""
LEVELS = {"regions": "region", "departements": "departement", "communes": "commune"}
MOST, FOUND = 100, 10
FURTHEST = 100_000
MOST_CODES = 60
FACETS = {
    "services": "theme",
    "publics_specifiquement_adresses": "public",
    "prise_en_charge_specifique": "public",
    "frais_a_charge": "cout",
    "dispositif_programmes_nationaux": "dispositif",
}
"""Their filters of lists of values → our facets."""
LONGEST = 1_000


# -- territories ----------------------------------------------------------------------------------


def territories(level: str) -> tuple[dict[str, Any], ...]:
    """Return the régions or départements of the computation in force."""
    return _territories(reader().computation_id, level)


@lru_cache(maxsize=4)
def _territories(computation: str, level: str) -> tuple[dict[str, Any], ...]:  # noqa: ARG001
    rows = reader().members(level, "france", "FR")
    return tuple(_territory(row, level) for row in rows)


def _territory(row: Mapping[str, Any], level: str) -> dict[str, Any]:
    told = {
        "code": row["code"],
        "nom": row["name"],
        "slug": slug_of(row["name"], level),
        "zoom": ZOOMS[level],
        "localisation": {"latitude": row["latitude"], "longitude": row["longitude"]},
    }
    if level == "region":
        told["departements"] = sorted(reader().codes("departement", "region", row["code"]))
    return told


def slug_of(name: str, level: str) -> str:
    """Return a name as their addresses write it: « cote-d-or », « …-cote-dazur »."""
    between = "" if level == "region" else "-"
    return slugify(re.sub("[’']", between, name))


def by_slug(level: str, slug: str) -> dict[str, Any] | None:
    """Return a territory by the slug of its name, or by its code."""
    return next((one for one in territories(level) if slug in (one["slug"], one["code"])), None)


@lru_cache(maxsize=8192)
def slugs_of(computation: str, commune: str) -> tuple[str, str]:  # noqa: ARG001
    """Return the slugs of the département and région of a commune, empty when unknown."""
    row = reader().territory("commune", commune) or {}
    found = []
    for level in ("departement", "region"):
        code = row.get(level)
        told = next((one["slug"] for one in territories(level) if one["code"] == code), "")
        found.append(told)
    return found[0], found[1]


# -- what is asked --------------------------------------------------------------------------------


def search(query: QueryDict, level: str = "", code: str = "") -> Search:
    """Find the places of a request, inside a territory when one is told."""
    told = ",".join(_territories_of(query))
    selection = territory_find(f"{level}:{code}" if code else told or "france")
    found = selectors.place_inside(selection, Asked(selection.key, "", {}), timezone.now())
    kept = _kept(found, query)
    if code and told:
        both = selectors.place_inside(territory_find(told), Asked(told, "", {}), timezone.now())
        kept &= np.isin(found.found.rows, both.found.rows)
    return replace(found, found=replace(found.found, rows=found.found.rows[kept]))


def _territories_of(query: QueryDict) -> list[str]:
    level = LEVELS.get(query.get("territoire_type", ""))
    known = reader().gazetteer
    codes = [code.strip().upper() for code in query.get("territoires", "")[:LONGEST].split(",")]
    return [f"{level}:{code}" for code in codes[:MOST_CODES] if level and (level, code) in known]


def _kept(search: Search, query: QueryDict) -> NDArray[np.bool_]:
    """Tell the rows found that have one of the values of each filter."""
    index, rows = search.index, search.found.rows
    kept = np.ones(rows.size, dtype=bool)
    for name, facet in FACETS.items():
        values = [v.strip() for v in query.get(name, "")[:LONGEST].split(",") if v.strip()]
        if values:
            kept &= np.logical_or.reduce([index.tagged(facet, v)[rows] for v in values])
    if query.get("ouvert_le_week_end") == "true":
        kept &= index.tagged("samedi", "oui")[rows]
    source = query.get("source", "").strip()
    return kept & index.tagged("liste", source)[rows] if source else kept


def whole(text: str | None, usual: int, most: int) -> int:
    """Read a number, the usual one when it is none."""
    told = text or ""
    return min(int(told), most) if told.isdecimal() and 0 < len(told) < 9 and int(told) else usual


# -- what is answered -----------------------------------------------------------------------------


def counted(query: QueryDict, level: str) -> list[dict[str, Any]]:
    """Return the territories of a level with the number of their places."""
    found = search(query)
    wanted = _shown(query, level)
    inside = np.zeros(found.index.size, dtype=bool)
    inside[found.found.rows] = True
    return [
        dict(one) | {"nombreLieux": int((found.index.inside(level, [one["code"]]) & inside).sum())}
        for one in territories(level)
        if wanted is None or one["code"] in wanted
    ]


def _shown(query: QueryDict, level: str) -> set[str] | None:
    """Return the codes of a level that hold the territories asked for; ``None``: all."""
    told = _territories_of(query)
    if not told:
        return None
    found: set[str] = set()
    for reference in told:
        territory = territory_find(reference).territories[0]
        above = getattr(territory, level)
        below = reader().gazetteer.children(territory, level) if above is None else []
        found |= {above} if above else {one.code for one in below}
    return found


def listed(found: Search, page: int, limit: int) -> dict[str, Any]:
    """Return one page of places."""
    start = min((page - 1) * limit, FURTHEST)
    rows = found.found.rows[start : start + limit]
    ids = [found.index.ids[row] for row in rows.tolist()]
    read = read_places(found.origin, ids)
    total = int(found.found.rows.size)
    told = [item(read[key], *_slugs(read[key])) for key in ids if key in read]
    return {"lieux": told, "total": total, "totalLieux": total}


def told_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything of one place."""
    return detail(row, *_slugs(row))


def _slugs(row: Mapping[str, Any]) -> tuple[str, str]:
    return slugs_of(reader().computation_id, row["commune"] or "")


def chunk(query: QueryDict) -> list[dict[str, Any]] | None:
    """Return the places of the square of the map around a position, ``None`` without position."""
    x, y = number_of(query.get("longitude")), number_of(query.get("latitude"))
    if x is None or y is None:
        return None
    west, south, east, north = square(x, y)
    found = search(query)
    index, rows = found.index, found.found.rows
    a, b = index.longitude[rows], index.latitude[rows]
    rows = rows[(a > west) & (a <= east) & (b > south) & (b <= north)]
    ids = [index.ids[row] for row in rows.tolist()]
    names = selectors.names_of(found.origin, ids)
    return [
        {"id": key, "nom": names[key], "latitude": float(index.latitude[row]),
         "longitude": float(index.longitude[row])}
        for key, row in zip(ids, rows.tolist(), strict=True) if key in names
    ]  # fmt: skip


def square(x: float, y: float) -> tuple[float, float, float, float]:
    """Return west, south, east, north of the square of a position, as their ``mapChunk``."""
    west, east = math.floor(x / STEP_X) * STEP_X, math.ceil(x / STEP_X) * STEP_X
    south, north = math.floor(y / STEP_Y) * STEP_Y, math.ceil(y / STEP_Y) * STEP_Y
    east = east + STEP_X if east == west else east
    north = north + STEP_Y if north == south else north
    return round(west, 1), round(south, 1), round(east, 1), round(north, 1)


def named(words: str) -> list[dict[str, Any]]:
    """Return ten places by their name at most."""
    asked = Asked("france", words, {})
    found = selectors.place_inside(territory_find("france"), asked, timezone.now())
    ids = [found.index.ids[row] for row in found.found.rows[:FOUND].tolist()]
    read = read_places(found.origin, ids)
    kept = ("id", "nom", "adresse", "latitude", "longitude")
    told = [detail_of_item(read[key]) for key in ids if key in read]
    return [{name: one[name] for name in kept} for one in told]


def detail_of_item(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a place of a list with its position."""
    record = row["record"]
    position = {name: record.get(name) for name in ("latitude", "longitude")}
    return item(row, *_slugs(row)) | position


def lists() -> list[str]:
    """Return the names of the lists that places come from."""
    held = catalogue()
    return sorted(held.index.counts(np.ones(held.index.size, dtype=bool), "liste"))
