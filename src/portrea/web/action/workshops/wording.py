"""A series and a workshop, said in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portrea.action.telling import say_day
from portrea.web.action.workshops.selectors import turn_label, when_of
from portrea.web.action.workshops.series_forms import WEEKDAYS

if TYPE_CHECKING:
    from datetime import time

    from portrea.web.action.models import Series, Workshop


def say_rhythm(series: Series) -> str:
    """Return « Tous les 3 mois, entre le 15 et le 20, le jeudi, une fois en zone rurale… »."""
    every = ngettext("Tous les mois", "Tous les %(count)d mois", series.every) % {
        "count": series.every
    }
    if series.window_first == series.window_last:
        window = _("le %(day)s") % {"day": series.window_first}
    else:
        window = _("entre le %(first)s et le %(last)s") % {
            "first": series.window_first,
            "last": series.window_last,
        }
    weekday = "" if series.weekday is None else str(series.weekday)
    told = [every, window, str(dict(WEEKDAYS)[weekday]), say_turns(series.turns)]
    hours = _("de %(starts)s à %(ends)s") % {
        "starts": say_hour(series.starts),
        "ends": say_hour(series.ends),
    }
    return ", ".join(filter(None, [*told, hours])) + "."


def say_turns(turns: list[str]) -> str:
    """Return « une fois en zone rurale puis une fois en quartier populaire »."""
    once = [_("une fois %(where)s") % {"where": turn_label(turn)} for turn in turns]
    return _(" puis ").join(once)


def say_hour(at: time) -> str:
    """Return « 14 h », « 9 h 30 »."""
    return f"{at.hour}\u00a0h" + (f"\u00a0{at:%M}" if at.minute else "")


def say_when(workshop: Workshop) -> str:
    """Return « jeudi 18 mars 2027, de 14 h à 16 h »."""
    return f"{say_day_of(workshop)}, {say_hours_of(workshop)}"


def say_day_of(workshop: Workshop) -> str:
    """Return « jeudi 18 mars 2027 »."""
    day = when_of(workshop).day
    return f"{_WEEKDAYS[day.weekday()]} {say_day(day, year=True)}"


def say_hours_of(workshop: Workshop) -> str:
    """Return « de 14 h à 16 h »."""
    moment = when_of(workshop)
    return _("de %(starts)s à %(ends)s") % {
        "starts": say_hour(moment.starts),
        "ends": say_hour(moment.ends),
    }


_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
