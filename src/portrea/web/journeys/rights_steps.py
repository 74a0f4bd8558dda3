"""What the pages of the hint of rights ask to other rooms: places, procedures, dates."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from portrea.action.catalogue import national
from portrea.action.deadline_rules import Before, Pace, deadline_rules
from portrea.action.deadlines import Held, calendar_of
from portrea.action.step_words import say_when
from portrea.offer.orientation.asked import Asked
from portrea.web.journeys import selectors
from portrea.web.rights.hints.steps import Commune, Deadline, Procedure, Rooms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from portrea.action.catalogue import Entry
    from portrea.action.deadline_rules import Rule

IF_ASKED = "Si vous le demandez ce mois-ci : "


def communes(text: str) -> tuple[Commune, ...]:
    """Return the communes perhaps meant by a name or a postcode.

    Raises
    ------
    TerritoryError
        Nothing looks like what is typed.
    """
    return tuple(Commune(one.code, one.name, one.detail) for one in selectors.communes_for(text))


def place(code: str) -> str:
    """Return the name of a commune, with its département.

    Raises
    ------
    TerritoryError
        No commune has this code.
    """
    return selectors.departure_label(Asked(commune=code))


def procedure(key: str) -> Procedure | None:
    """Return a procedure of the national catalogue."""
    found = _catalogue().get(key)
    return Procedure(found.name, found.link, found.source) if found else None


@cache
def _catalogue() -> Mapping[str, Entry]:
    return {one.code: one for one in national()}


def deadlines(names: Sequence[str], day: date) -> tuple[Deadline, ...]:
    """Return the dates of some rules, for who would ask on a day."""
    known = deadline_rules()
    return tuple(
        Deadline(rule.step, when, _source(rule))
        for rule in (known[name] for name in names)
        if (when := _when(rule, day))
    )


def _when(rule: Rule, day: date) -> str:
    if rule.pace is Pace.AUTOMATIC:
        return "Rien à faire de vous-même."
    if rule.pace is Pace.BEFORE_END:
        return f"{', '.join(_spans(rule))}." if rule.opens or rule.closes else ""
    anchor = day if rule.pace.asks_a_date else None
    steps = calendar_of([Held(rule.name, anchor)], deadline_rules(), day=day).steps
    if not steps:
        return ""
    when = say_when(steps[0])
    told = f"{IF_ASKED}{when[:1].lower()}{when[1:]}." if anchor else f"{when}."
    return f"{told} {rule.words}" if rule.words else told


def _spans(rule: Rule) -> Iterator[str]:
    """Say when to ask again, from the end of a right."""
    opens, closes = _span(rule.opens), _span(rule.closes)
    if opens:
        yield f"À redemander à partir de {opens} avant la fin du droit"
    if closes:
        yield f"{'au' if opens else 'Au'} plus tard {closes} avant"
    else:
        yield f"{'au' if opens else 'Au'} plus tard le jour de la fin"


def _span(told: Before | int | None) -> str:
    if not isinstance(told, Before):
        return ""
    parts = (
        f"{told.months} mois" if told.months else "",
        f"{told.days} jours" if told.days else "",
    )
    return " et ".join(part for part in parts if part)


def _source(rule: Rule) -> str:
    told = " ; ".join(f"{one.title} ({one.date})" for one in rule.sources)
    return f"{told}, fiabilité {rule.reliability}"


ROOMS = Rooms(communes, place, procedure, deadlines)
