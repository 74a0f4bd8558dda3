"""A round to keep: calendar (ICS), road sheet to print (HTML, text), drawing data (GeoJSON)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from portrea.offer.calendar import Opening
from portrea.offer.icalendar import calendar_file, event
from portrea.reach.tours.changes import revisions
from portrea.steering.tour_words import day_words, hours_words, span_words, sure_persons, time_words
from portrea.territory.timezones import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from portrea.reach.tours.plan import DayRoute, Plan
    from portrea.steering.tours import Answer

STYLE = (
    "body{font:14px/1.4 sans-serif;margin:1.5em;color:#161616}"
    "h2{margin:1.4em 0 .3em;font-size:1.15em;break-after:avoid}"
    "table{border-collapse:collapse;inline-size:100%;break-inside:avoid}"
    "th,td{border-block-end:1px solid #999;padding:.3em .5em;text-align:start;vertical-align:top}"
    "th{font-size:.85em}@media print{body{margin:0}}"
)


@dataclass(frozen=True, slots=True)
class Leg:
    """One line of a road sheet, as written: hours, what, where, road before it."""

    hours: str
    what: str
    where: str
    road: str
    stop: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One day of a crew, as written."""

    day: date
    title: str
    summary: str
    legs: tuple[Leg, ...]


def sheets(answer: Answer) -> tuple[Sheet, ...]:
    """Return the road sheet of every day."""
    several = len(answer.ground.request.crews) > 1
    return tuple(_sheet(answer, route, several) for route in answer.plan.routes)


def _sheet(answer: Answer, route: DayRoute, several: bool) -> Sheet:
    title = day_words(route.day)
    count = len(route.visits)
    summary = (
        f"{count} arrêt{'s' if count > 1 else ''}, {span_words(route.road)} de route, "
        f"de {time_words(route.departure)} à {time_words(route.back)}"
    )
    name = f"{title} – {route.crew}" if several else title
    return Sheet(route.day, name, summary, (*_legs(answer, route),))


def _legs(answer: Answer, route: DayRoute) -> Iterator[Leg]:
    stops = {stop.id: stop for stop in answer.ground.request.stops}
    yield Leg(time_words(route.departure), "Départ du dépôt", "", "")
    paused = route.pause is None
    for visit in route.visits:
        if not paused and route.pause and route.pause[0] < visit.start:
            yield _pause(route.pause)
            paused = True
        stop = stops[visit.stop]
        what = stop.name
        if visit.instead_of is not None:
            what += f" (remplace le passage du {day_words(visit.instead_of)})"
        where = stop.address or ""
        yield Leg(hours_words(visit), what, where, span_words(visit.road), stop.id)
    if not paused and route.pause:
        yield _pause(route.pause)
    yield Leg(time_words(route.back), "Retour au dépôt", "", span_words(route.last_road))


def _pause(span: tuple[int, int]) -> Leg:
    return Leg(f"{time_words(span[0])} – {time_words(span[1])}", "Pause", "", "")


# -- to print -------------------------------------------------------------------------------------


def sheet_text(answer: Answer, title: str) -> str:
    """Return the road sheet as plain text."""
    lines = [title, "=" * len(title), *told(answer)]
    for sheet in sheets(answer):
        lines += ["", sheet.title, sheet.summary]
        for leg in sheet.legs:
            road = f" ({leg.road} de route)" if leg.road else ""
            where = f", {leg.where}" if leg.where else ""
            lines.append(f"  {leg.hours} : {leg.what}{where}{road}")
    return "\n".join(lines) + "\n"


def sheet_html(answer: Answer, title: str) -> str:
    """Return the road sheet as one page to print, that needs no other file."""
    head = (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>'
    )
    head_lines = "".join(f"<p>{escape(line)}</p>" for line in told(answer))
    days = "".join(_html_day(sheet) for sheet in sheets(answer))
    return f"{head}<main><h1>{escape(title)}</h1>{head_lines}{days}</main></body></html>\n"


def _html_day(sheet: Sheet) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(leg.hours)}</th><td>{escape(leg.what)}'
        f"{'<br>' + escape(leg.where) if leg.where else ''}</td><td>{escape(leg.road)}</td></tr>"
        for leg in sheet.legs
    )
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("Heures", "Étape", "Route avant"))
    return (
        f"<h2>{escape(sheet.title)}</h2><table><caption>{escape(sheet.summary)}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def told(answer: Answer, *, absences: bool = True) -> Iterator[str]:
    """Yield what must be read before the sheet: totals, people, what is lost or left out."""
    plan = answer.plan
    visits = sum(1 for _ in plan.visits)
    yield f"{visits} passages en {len(plan.routes)} journées, {span_words(plan.road)} de route."
    if answer.covered is not None:
        yield sure_persons(answer.covered, answer.helped, answer.ground.measure)
    names = {stop.id: stop.name for stop in answer.ground.request.stops}
    for lost in plan.missed:
        nowhere = ", et aucun jour proche ne convient" if lost.sought else ""
        yield (
            f"{names[lost.stop]} : pas de passage le {day_words(lost.day)}, {lost.reason}{nowhere}."
        )
    for left in plan.unserved if absences else ():
        changes = " ou ".join(c.sentence.rstrip(".") for c in left.relaxations)
        yield f"{left.sentence} Il suffirait de : {changes}." if changes else left.sentence
    for stop, window in plan.idle:
        when = (
            f" ; prochain passage entre le {day_words(window[0])} et le {day_words(window[1])}"
            if window
            else ""
        )
        yield f"{names[stop]} : aucun passage prévu par son rythme dans ces semaines{when}."


# -- for machines ---------------------------------------------------------------------------------


def tour_calendar(
    answer: Answer, *, name: str, stamp: datetime, plans: Sequence[Plan] = (), first: int = 0
) -> bytes:
    """Return the calendar of the visits (RFC 5545): the same visit keeps its identifier.

    Parameters
    ----------
    answer, name
        The round and what to call it.
    stamp
        Instant of writing.
    plans
        Every plan announced, the one in force last: passages called off are there as cancelled, and
        those that changed have a ``SEQUENCE`` higher than before.
    first
        Revisions already announced before the first of ``plans``.
    """
    stops = {stop.id: stop for stop in answer.ground.request.stops}
    depot = answer.ground.depot
    events = []
    for one in revisions(plans or (answer.plan,)):
        visit, stop = one.visit, stops.get(one.visit.stop)
        label = stop.name if stop else visit.stop
        told = {
            "SUMMARY": f"{'ANNULÉ – ' if one.cancelled else ''}{name} : {label}",
            "LOCATION": (stop.address if stop else None) or label,
            "SEQUENCE": str(first + one.rank if one.rank else 0),
            "STATUS": "CANCELLED" if one.cancelled else "CONFIRMED",
        }
        zone = zone_of((stop.commune if stop else None) or depot)
        key = f"tour|{depot}|{visit.stop}|{visit.day.isoformat()}"
        opening = Opening(visit.day, visit.start, visit.end)
        events.append(event(key, opening, told, zone=zone, stamp=stamp))
    return calendar_file(events, product="tournee", heading={"X-WR-CALNAME": name})


def tour_geojson(answer: Answer) -> str:
    """Return the stops and the days as GeoJSON; lines are as the crow flies, not the roads."""
    request = answer.ground.request
    stops = {stop.id: stop for stop in request.stops}
    crews = {crew.name: crew for crew in request.crews}
    features = []
    for stop in request.stops:
        visits = answer.plan.of(stop.id)
        told = {
            "name": stop.name, "visits": len(visits), "persons": stop.persons,
            "dates": [visit.day.isoformat() for visit in visits],
        }  # fmt: skip
        features.append(_feature("Point", [stop.longitude, stop.latitude], told))
    for route in answer.plan.routes:
        crew = crews[route.crew]
        depot = [crew.longitude, crew.latitude]
        way = [[stops[v.stop].longitude, stops[v.stop].latitude] for v in route.visits]
        told = {"crew": route.crew, "date": route.day.isoformat(), "road_minutes": route.road}
        features.append(_feature("LineString", [depot, *way, depot], told))
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def _feature(kind: str, coordinates: list[object], told: dict[str, object]) -> dict[str, object]:
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": told,
    }


def tour_json(answer: Answer) -> str:
    """Return the whole answer: visits, absences and their remedies, people, presence by commune."""
    plan, covered = answer.plan, answer.covered
    names = {stop.id: stop.name for stop in answer.ground.request.stops}
    told = {
        "visits": plan.table(names).to_dicts(),
        "road_minutes": plan.road,
        "days": len(plan.routes),
        "missed": [{"stop": m.stop, "date": m.day, "reason": m.reason} for m in plan.missed],
        "unserved": [
            {
                "stop": left.stop,
                "cause": left.cause,
                "sentence": left.sentence,
                "relaxations": [
                    {"kind": c.kind, "value": c.value, "sentence": c.sentence}
                    for c in left.relaxations
                ],
            }
            for left in plan.unserved
        ],
        "not_due": [stop for stop, _ in plan.idle],
        "people": None
        if covered is None
        else {
            "measure": answer.ground.measure,
            "minutes": covered.minutes,
            "persons": covered.persons,
            "low": covered.low,
            "high": covered.high,
            "total": covered.total,
        },
        "presence": answer.presence.to_dicts(),
        "notes": list(answer.ground.notes),
    }
    return json.dumps(told, ensure_ascii=False, default=str)
