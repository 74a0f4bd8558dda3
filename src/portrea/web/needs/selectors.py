"""One measure over the zones of a territory: the table, the drawing and the values of the map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from portrea.base.errors import ParameterError
from portrea.steering import opendata
from portrea.steering.display import count_cell, share_cell, shown_count, shown_share
from portrea.steering.figures_map import Reading, Zone, bound_words, choropleth, class_breaks
from portrea.steering.figures_style import SEQUENCE, Caption, spread
from portrea.steering.measures import bounds_only, middle_share, words
from portrea.steering.reading import AreaEstimate
from portrea.steering.wording import territory_name
from portrea.territory.codes import Level
from portrea.territory.naming import normalise
from portrea.web.territories.selectors import reader, territory_find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.territory import Selection, Territory

MEASURES = ("a1", "a2", "a3", "b", "c")
LEVELS = ("region", "departement", "epci", "commune")
LAYERS = {
    "region": "departements",
    "departement": "departements",
    "epci": "epci",
    "commune": "communes",
}
"""Layer of the tiles that draws each level; a région is drawn by its départements."""
INSIDE = {
    "france": ("region", "departement", "epci", "commune"),
    "region": ("departement", "epci", "commune"),
    "departement": ("epci", "commune"),
    "epci": ("commune",),
    "commune": ("commune",),
    "iris": ("commune",),
}
USUAL_LEVEL = {"france": "departement", "region": "epci", "departement": "commune"}
MOST_DRAWN = 1_300
PAGE = 200
WIDEST = 0.3
"""Bounds further apart (30 points) say too little to choose a colour."""
FRANCE = "france:FR"


@dataclass(frozen=True, slots=True)
class Row:
    """One zone of the map: numbers as written, class of its share (``None``: no data)."""

    reference: str
    code: str
    name: str
    count: str
    share: str
    quality: str
    value: float | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One class: its colour, the rank that gives its pattern, its upper bound as written."""

    rank: int
    colour: str
    label: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A link of the measure or level chooser."""

    label: str
    query: str
    current: bool


@dataclass(frozen=True, slots=True)
class MeasureMap:
    """A measure over the zones of a territory, ready for a page or for the map's script."""

    measure: str
    level: str
    reference: str
    place: str
    rows: tuple[Row, ...]
    legend: tuple[LegendEntry, ...]
    bounds: tuple[float, float, float, float] | None
    members: dict[str, str]


def measure_map(measure: str, level: str, reference: str) -> MeasureMap:
    """Return a measure over the zones of ``level`` inside a territory.

    Raises
    ------
    ParameterError
        Unknown measure, or a level that the territory does not contain.
    """
    if measure not in MEASURES:
        raise ParameterError(
            f"La mesure « {measure} » n’existe pas.",
            remedy=f"Mesures : {', '.join(MEASURES)}.",
        )
    selection = surroundings(territory_find(reference or FRANCE))
    chosen = level or usual_level(selection)
    if chosen not in levels_inside(selection):
        raise ParameterError(
            f"Le niveau « {chosen} » ne convient pas à {selection.label}.",
            remedy=f"Niveaux possibles : {', '.join(levels_inside(selection))}.",
        )
    current = reader()
    return _measure_map(
        str(current.store.home), current.computation_id, measure, chosen, selection.key
    )


def surroundings(selection: Selection) -> Selection:
    """Return the EPCI of a lone commune or IRIS, else its département: one shape is no map."""
    if not selection.is_single or selection.territories[0].level.value not in ("commune", "iris"):
        return selection
    territory = selection.territories[0]
    for level in (Level.EPCI, Level.DEPARTEMENT):
        code = territory.parent_code(level)
        if code:
            return territory_find(f"{level.value}:{code}")
    return selection


def levels_inside(selection: Selection) -> tuple[str, ...]:
    """Return the levels a map of these territories may show, largest first."""
    sets = [INSIDE.get(t.level.value, ("commune",)) for t in selection.territories]
    return tuple(level for level in LEVELS if all(level in s for s in sets)) or ("commune",)


def usual_level(selection: Selection) -> str:
    """Return the level shown when the reader has not chosen one."""
    wanted = USUAL_LEVEL.get(selection.territories[0].level.value, "commune")
    return wanted if wanted in levels_inside(selection) else levels_inside(selection)[-1]


def still_map(shown: MeasureMap) -> str | None:
    """Draw the map on the server; ``None`` with too many zones, no outline or no value."""
    if len(shown.rows) > MOST_DRAWN:
        return None
    current = reader()
    return _still(
        str(current.store.home), current.computation_id, shown.measure, shown.level, shown.reference
    )


def zone_codes(selection: Selection, level: str) -> tuple[str, ...]:
    """Return the codes of the zones of ``level`` inside a territory."""
    return tuple(zone.code for zone in _zones(selection, level))


def page_of(rows: Sequence[Row], after: str) -> tuple[tuple[Row, ...], str]:
    """Return the rows that follow the zone ``after``, and the zone to continue from (or empty)."""
    codes = [row.code for row in rows]
    start = codes.index(after) + 1 if after in codes else 0
    shown = tuple(rows[start : start + PAGE])
    more = start + PAGE < len(rows)
    return shown, shown[-1].code if shown and more else ""


def choices(shown: MeasureMap) -> dict[str, list[Choice]]:
    """Return the links to the other measures and levels of the same territory."""
    levels = levels_inside(territory_find(shown.reference))
    return {
        "measures": [
            Choice(words(name).short, _query(shown, measure=name), current=name == shown.measure)
            for name in MEASURES
        ],
        "levels": [
            Choice(Level(level).plural, _query(shown, level=level), current=level == shown.level)
            for level in levels
        ],
    }


def _query(shown: MeasureMap, *, measure: str = "", level: str = "") -> str:
    parts = {
        "mesure": measure or shown.measure,
        "niveau": level or shown.level,
        "territoire": shown.reference,
    }
    return urlencode(parts, safe=":,")


def departements(shown: MeasureMap) -> list[Choice]:
    """Return the maps of each département, to choose from when a table is too long to page."""
    if len(shown.rows) <= PAGE:
        return []
    selection = territory_find(shown.reference)
    return [
        Choice(zone.name, zone.key, current=False)
        for zone in sorted(_zones(selection, "departement"), key=lambda zone: zone.name)
    ]


def values(shown: MeasureMap) -> dict[str, Any]:
    """Return what the map's script needs: layer, class and words of each shape, legend, bounds."""
    words_of = {
        row.code: (
            row.rank,
            f"{row.name} : {row.share} ({row.count} personnes), note {row.quality}",
        )
        for row in shown.rows
    }
    if shown.level == "region":
        table = reader().gazetteer.table.filter(level="departement").drop_nulls("region")
        owners = zip(table["code"].to_list(), table["region"].to_list(), strict=True)
        words_of = {code: words_of[region] for code, region in owners if region in words_of}
    return {
        "layer": LAYERS[shown.level],
        "zones": words_of,
        "colours": [entry.colour for entry in shown.legend],
        "bounds": shown.bounds,
    }


def table_csv(shown: MeasureMap) -> str:
    """Return the table of the map as CSV, with vintages and quality."""
    codes = [row.code for row in shown.rows]
    return opendata.zones_csv(reader(), shown.level, codes, shown.measure)


@lru_cache(maxsize=48)
def _measure_map(_home: str, _computation: str, measure: str, level: str, key: str) -> MeasureMap:
    selection = territory_find(key)
    zones = _zones(selection, level)
    rows, breaks = _rows(zones, level, measure)
    colours = [SEQUENCE[index] for index in spread(len(breaks))] if breaks else []
    legend = tuple(
        LegendEntry(rank, colour, f"≤\u00a0{bound}")
        for rank, (colour, bound) in enumerate(zip(colours, bound_words(breaks), strict=True))
    )
    members, bounds = _ground(selection, level)
    return MeasureMap(measure, level, key, selection.label, rows, legend, bounds, members)


@lru_cache(maxsize=48)
def _still(_home: str, _computation: str, measure: str, level: str, key: str) -> str | None:
    shown = measure_map(measure, level, key)
    outlines = reader().outlines
    if level == "commune":
        shapes = outlines.pick(level, [row.code for row in shown.rows])
    else:
        shapes = outlines.united(level, shown.members)
    if shapes is None or not shown.legend:
        return None
    zones = {row.code: Zone(row.code, row.value, _short(row.value)) for row in shown.rows}
    said = words(measure)
    caption = Caption("dessin", said.title, f"{shown.place}. Le tableau dit la même chose.")
    reading = Reading(f"part des {said.universe} (milieu de l’intervalle)")
    return choropleth(caption, zones, shapes, reading=reading)


def _short(value: float | None) -> str:
    return "" if value is None else f"{value * 100:.0f}"


def _zones(selection: Selection, level: str) -> tuple[Territory, ...]:
    current = reader()
    return _zones_of(str(current.store.home), current.computation_id, selection.key, level)


@lru_cache(maxsize=16)
def _zones_of(_home: str, _computation: str, key: str, level: str) -> tuple[Territory, ...]:
    selection, gazetteer = territory_find(key), reader().gazetteer
    found: dict[str, Territory] = {}
    for territory in selection.territories:
        parent = territory.parent_code(Level(level))
        inside = [gazetteer.get(level, parent)] if parent else gazetteer.children(territory, level)
        found.update({t.code: t for t in inside})
    return tuple(found.values())


def _rows(
    zones: Sequence[Territory], level: str, measure: str
) -> tuple[tuple[Row, ...], list[float]]:
    estimates = reader().estimates(level, [zone.code for zone in zones], measure)
    known = {row["code"]: AreaEstimate.from_row(row) for row in estimates.iter_rows(named=True)}
    values = {code: _drawn(estimate) for code, estimate in known.items()}
    breaks = class_breaks([value for value in values.values() if value is not None])
    rows = [
        _row(zone, level, known.get(zone.code), values.get(zone.code), breaks) for zone in zones
    ]
    return tuple(sorted(rows, key=lambda row: (normalise(row.name), row.code))), breaks


def _drawn(estimate: AreaEstimate) -> float | None:
    """Value that colours a zone; bounds too far apart have no colour, only their numbers."""
    share = estimate.share
    if bounds_only(estimate) and (share.high or 0.0) - (share.low or 0.0) > WIDEST:
        return None
    return middle_share(estimate)


def _row(
    zone: Territory,
    level: str,
    estimate: AreaEstimate | None,
    value: float | None,
    breaks: Sequence[float],
) -> Row:
    name = territory_name(level, zone.code, zone.name).short if level == "epci" else zone.name
    if estimate is None or not estimate.available:
        return Row(zone.key, zone.code, name, "–", "–", "N", None, None)
    rank = None
    if value is not None:
        rank = next(i for i, bound in enumerate(breaks) if value <= bound)
    count = count_cell(shown_count(estimate.count, level))
    share = share_cell(shown_share(estimate.share))
    return Row(zone.key, zone.code, name, count, share, estimate.quality.value, value, rank)


def _ground(
    selection: Selection, level: str
) -> tuple[dict[str, str], tuple[float, float, float, float] | None]:
    """Return the zone of each commune, and the rectangle of their reference points."""
    table = reader().gazetteer.table
    communes = table.filter(table["level"] == "commune")
    if all(t.level.value != "france" for t in selection.territories):
        wanted = {t.code for t in _zones(selection, "commune")}
        communes = communes.filter(communes["code"].is_in(list(wanted)))
    inside = communes.drop_nulls(["longitude", "latitude"])
    metropole = inside.filter(inside["latitude"] > 40)
    inside = metropole if metropole.height > inside.height / 2 else inside
    owners = communes.select("code", level).drop_nulls() if level != "commune" else communes.clear()
    members = (
        dict(zip(owners["code"].to_list(), owners[level].to_list(), strict=True))
        if owners.height
        else {}
    )
    if not inside.height:
        return members, None
    lon, lat = inside["longitude"], inside["latitude"]
    margin = 0.05
    box = (lon.min() - margin, lat.min() - margin, lon.max() + margin, lat.max() + margin)
    return members, tuple(round(edge, 3) for edge in box)
