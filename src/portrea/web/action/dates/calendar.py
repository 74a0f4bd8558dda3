"""The dates of a person as a calendar file; its titles tell nothing unless she asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portrea.action.planning import PARIS
from portrea.offer.calendar import Opening
from portrea.offer.icalendar import calendar_file, event

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portrea.web.action.dates.selectors import Told


def file_of(steps: Sequence[Told], *, plain: bool, stamp: datetime) -> bytes:
    """Return a calendar file: each step on its first day, whole day, with an alarm.

    ``plain`` writes the right and the step; else the titles are neutral, for a telephone that
    others look at.
    """
    events = [_event(one, plain=plain, stamp=stamp) for one in steps]
    return calendar_file(events, product="dates", heading={"METHOD": "PUBLISH"})


def _event(told: Told, *, plain: bool, stamp: datetime) -> list[str]:
    step = told.step
    first = step.opens if step.opens and not step.late else step.day
    words = (
        {"SUMMARY": f"{step.rule.right} : {step.rule.step}", "DESCRIPTION": _notes(told)}
        if plain
        else {"SUMMARY": _("Démarche à faire"), "DESCRIPTION": told.when}
    )
    lines = event(f"date/{told.key}", Opening(first), words, zone=PARIS, stamp=stamp)
    return [*lines[:-1], *_alarm(words["SUMMARY"]), lines[-1]]


def _notes(told: Told) -> str:
    return " ".join([f"{told.when}.", *told.notes])


def _alarm(summary: str) -> list[str]:
    return [
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{summary}",
        "TRIGGER:PT9H",
        "END:VALARM",
    ]
