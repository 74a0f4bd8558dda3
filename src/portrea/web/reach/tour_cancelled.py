"""What an address says of a round announced: its passages, then what is called off by steps.

``annonce`` holds the days: ``rank of the day-crew-stop~minute-stop~minute``, in base 36;
``annule``, once a step, the day it was decided, whether to make up, and what goes: ``d`` a day,
``s`` a stop, ``v`` a passage.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from string import ascii_lowercase, digits
from typing import TYPE_CHECKING

from portrea.base.errors import ParameterError
from portrea.reach.tours.changes import Change
from portrea.reach.tours.plan import DayRoute, Plan, Visit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portrea.reach.tours.stops import TourRequest

SIGNS = digits + ascii_lowercase
MOST_STEPS, MOST_TICKED, LONGEST_PLAN = 12, 60, 6000
TICK = re.compile(r"d(?P<day>\d{8})|s(?P<stop>\d{1,3})|v(?P<rank>\d{1,3})-(?P<on>\d{8})")
_STEP = re.compile(r"(\d{8})\.([rs])((?:\.(?:d\d{8}|s\d{1,3}|v\d{1,3}-\d{8})){1,60})")
_ROUTE = re.compile(r"([0-9a-z]{1,3})-([0-9a-z])((?:-[0-9a-z]{1,2}~[0-9a-z]{1,3}(?:~[0-9a-z]+)?)+)")


def day_tick(day: date) -> str:
    """Return the sign of a whole day."""
    return f"d{day:%Y%m%d}"


def stop_tick(rank: int) -> str:
    """Return the sign of a stop, by its line in the list."""
    return f"s{rank}"


def visit_tick(rank: int, day: date) -> str:
    """Return the sign of one passage of a stop."""
    return f"v{rank}-{day:%Y%m%d}"


def step_text(on: date, ticked: Iterable[str], *, made_up: bool) -> str:
    """Write a step; signs that mean nothing are left out, nothing when none is left."""
    kept = [tick for tick in dict.fromkeys(ticked) if TICK.fullmatch(tick)][:MOST_TICKED]
    return ".".join([f"{on:%Y%m%d}", "r" if made_up else "s", *kept]) if kept else ""


def change_of(text: str, names: Sequence[str]) -> Change:
    """Read a step; ``names`` are the identifiers of the stops, line after line.

    Raises
    ------
    ParameterError
        The address was cut or changed by hand.
    """
    try:
        on, made_up, told = _pieces(text)
        return Change(
            on=on,
            stops=tuple(names[int(m["stop"])] for m in told if m["stop"]),
            visits=tuple((names[int(m["rank"])], _day(m["on"])) for m in told if m["rank"]),
            days=tuple(_day(m["day"]) for m in told if m["day"]),
            made_up=made_up,
        )
    except (ValueError, IndexError) as error:
        raise ParameterError(
            f"L’annulation « {text[:60]} » de cette adresse n’est pas comprise.",
            remedy="Reprenez l’adresse entière, ou cochez de nouveau ce qui est annulé.",
        ) from error


def _pieces(text: str) -> tuple[date, bool, list[re.Match[str]]]:
    match = _STEP.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return _day(match[1]), match[2] == "r", list(TICK.finditer(match[3]))


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


# -- the plan announced ---------------------------------------------------------------------------


def plan_text(plan: Plan, request: TourRequest) -> str:
    """Write the passages of a plan: crew, days, stops, hours."""
    stops = {stop.id: rank for rank, stop in enumerate(request.stops)}
    crews = {crew.name: rank for rank, crew in enumerate(request.crews)}
    return ".".join(_route_text(route, request, stops, crews) for route in plan.routes)


def _route_text(
    route: DayRoute, request: TourRequest, stops: dict[str, int], crews: dict[str, int]
) -> str:
    signs = [_sign((route.day - request.start).days), _sign(crews[route.crew])]
    for visit in route.visits:
        told = [_sign(stops[visit.stop]), _sign(visit.start)]
        if visit.instead_of is not None:
            told.append(_sign((visit.instead_of - request.start).days))
        signs.append("~".join(told))
    return "-".join(signs)


def plan_of(text: str, request: TourRequest) -> Plan:
    """Read the plan an address holds, as it was announced.

    Raises
    ------
    ParameterError
        The address was cut, or its stops are no longer those of the plan.
    """
    try:
        return Plan(tuple(_route(part, request) for part in text[:LONGEST_PLAN].split(".")))
    except (ValueError, IndexError) as error:
        raise ParameterError(
            "Le calendrier annoncé que porte cette adresse n’est pas complet.",
            remedy="Reprenez l’adresse entière, telle que la page l’avait donnée.",
        ) from error


def _route(text: str, request: TourRequest) -> DayRoute:
    match = _ROUTE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    day, crew = _from(request, match[1]), request.crews[int(match[2], 36)]
    visits = tuple(_visit(part, day, request) for part in match[3][1:].split("-"))
    first, last = visits[0].start, visits[-1].end
    return DayRoute(crew.name, day, first, visits, last, 0.0, 0.0)


def _visit(text: str, day: date, request: TourRequest) -> Visit:
    rank, start, *lost = (int(sign, 36) for sign in text.split("~"))
    stop = request.stops[rank]
    instead = request.start + timedelta(days=lost[0]) if lost else None
    return Visit(stop.id, day, start, start, start + stop.duration, 0.0, instead)


def _from(request: TourRequest, sign: str) -> date:
    rank = int(sign, 36)
    if rank >= 7 * request.weeks:
        raise ValueError(sign)
    return request.start + timedelta(days=rank)


def _sign(number: int) -> str:
    """Write a number in base 36.

    >>> [_sign(number) for number in (0, 35, 36, 1560)]
    ['0', 'z', '10', '17c']
    """
    ahead, rest = divmod(number, len(SIGNS))
    return (_sign(ahead) if ahead else "") + SIGNS[rest]
