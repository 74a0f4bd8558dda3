"""Public holidays and school holidays of a département, and OSM hours that name them, dated.

OSM ``PH`` and ``SH`` name no date: the library that reads hours knows the national public holidays
only, and no school holidays. They are replaced here by the dates of the département.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import holidays
import yaml
from vacances_scolaires_france import SchoolHolidayDates

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@cache
def _parameters() -> dict[str, Any]:
    text = files("portrea.vocab").joinpath("days_off.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@lru_cache(maxsize=4096)
def public_holidays(departement: str | None, year: int) -> dict[date, str]:
    """Return the public holidays of a département in a year, with their French names.

    ``None`` is a place of unknown département: the national days only.
    """
    rules = _parameters()["holidays"]
    national = dict(holidays.country_holidays("FR", years=year, language="fr"))
    if departement not in rules["subdivisions"]:
        return national
    local = holidays.country_holidays(
        "FR", subdiv=rules["subdivisions"][departement], years=year, language="fr"
    )
    if departement not in rules["overseas"]:
        return dict(local)
    own = {day: name for day, name in local.items() if name == rules["overseas_day"]}
    return {**national, **own}


def school_zone(departement: str | None) -> str | None:
    """Return the zone A, B or C of a département, ``None`` when it has a calendar of its own."""
    zones = _parameters()["school"]["zones"]
    return next((zone for zone, members in zones.items() if departement in members), None)


@cache
def _school_calendar() -> Any:
    return SchoolHolidayDates()


def last_school_day() -> date:
    """Return the last day for which school holidays are known."""
    last: date = max(_school_calendar().data)
    return last


@lru_cache(maxsize=4096)
def school_holidays(departement: str | None, year: int) -> tuple[tuple[date, date], ...] | None:
    """Return the school holidays of a département in a year, as ranges, both days included.

    ``None`` when they are not known: another calendar (Corse, overseas) or a year not published.
    """
    zone = school_zone(departement)
    calendar = _school_calendar()
    if zone is None or not calendar.min_year <= year <= calendar.max_year:
        return None
    days = sorted(calendar.holidays_for_year_and_zone(year, zone))
    ranges: list[tuple[date, date]] = []
    for day in days:
        if ranges and day - ranges[-1][1] == timedelta(days=1):
            ranges[-1] = (ranges[-1][0], day)
        else:
            ranges.append((day, day))
    return tuple(ranges)


_NAMED = re.compile(r"^((?:PH|SH)(?:\s*,\s*(?:PH|SH))*)\b\s*(.*)$")


@lru_cache(maxsize=65536)
def dated_hours(osm: str, departement: str | None, first: int, last: int) -> tuple[str, bool]:
    """Return OSM hours with ``PH`` and ``SH`` replaced by their dates from year to year.

    The second value is whether all of them are known; a rule that names unknown days is left out.

    Notes
    -----
    Only rules that begin with ``PH`` or ``SH`` are dated (« PH off », « SH Mo-Fr 10:00-12:00 »);
    within a list of days (« Mo-Fr,PH »), the library's national holidays apply.
    """
    rules, known = [], True
    for rule in (part.strip() for part in osm.split(";")):
        match = _NAMED.match(rule)
        if match is None:
            rules.append(rule)
            continue
        dates: list[str] | None = _dates(match[1], departement, range(first, last + 1))
        if dates is None:
            known = False
        elif dates:
            rules.append(f"{','.join(dates)} {match[2]}".strip())
    return "; ".join(rules), known


def dated_school_hours(
    osm: str, departement: str | None, first: int, last: int
) -> tuple[str, bool]:
    """Return OSM hours for other tools: ``SH`` dated, since they know no French school holidays.

    Rules on public holidays alone are left as they are; the second value is whether all is known.
    """
    if "SH" not in osm:
        return osm, True
    rules, known = [], True
    for rule in (part.strip() for part in osm.split(";")):
        named = _NAMED.match(rule)
        dated, sure = (
            dated_hours(rule, departement, first, last)
            if named and "SH" in named[1]
            else (rule, True)
        )
        known = known and sure
        rules += [dated] if dated else []
    return "; ".join(rules), known


def _dates(named: str, departement: str | None, years: range) -> list[str] | None:
    found: list[str] = []
    for year in years:
        if "PH" in named:
            found += [_osm(day) for day in sorted(public_holidays(departement, year))]
        if "SH" in named:
            ranges = school_holidays(departement, year)
            if ranges is None:
                return None
            found += [f"{_osm(a)}-{_osm(b)}" if a < b else _osm(a) for a, b in ranges]
    return found


def _osm(day: date) -> str:
    return f"{day.year} {MONTHS[day.month - 1]} {day.day:02d}"
