"""The dates of 10,000 people for a year, told in words, against bare recurrences of ``dateutil``.

The people are those of the six lives of the tests, their dates moved. The floor only computes the
days of the same rules for the same people: no window, no covered month, no sentence.
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta
from dateutil.rrule import MONTHLY, YEARLY, rrule

from benchmarks import Measure, clock
from portrea.action.deadline_rules import Before, Pace, deadline_rules
from portrea.action.deadlines import Held, calendar_of
from portrea.action.step_words import notes_of, say_when

if TYPE_CHECKING:
    from collections.abc import Sequence

PEOPLE, LIMIT = 10_000, 5.0
DAY = date(2026, 12, 1)
LIVES = (
    ("rsa_dtr",),
    ("ppa_dtr", "al_recalcul", "impot_revenus"),
    ("aah_renouv", "css_renouv"),
    ("ft_actualisation", "ass_renouv"),
    ("css_renouv", "impot_revenus"),
    ("sejour_anef", "logement_social"),
)


def run() -> Measure:
    """Compute and tell the calendars, then the bare days."""
    people = _people()
    with clock() as ours:
        told = [_told(held) for held in people]
    with clock() as bare:
        days = sum(_days(one) for held in people for one in held)
    steps = sum(map(len, told))
    return Measure(
        "action-calendars", f"Douze mois de dates pour {PEOPLE} personnes, en mots",
        ours.seconds, limit=LIMIT, floor=bare.seconds,
        note=f"{steps} étapes ; dateutil nu en donne {days} jours, sans fenêtre ni phrase",
    )  # fmt: skip


def _people() -> list[list[Held]]:
    chance = random.Random(7)
    return [
        [_held(name, chance) for name in LIVES[number % len(LIVES)]] for number in range(PEOPLE)
    ]


def _held(name: str, chance: random.Random) -> Held:
    pace = deadline_rules()[name].pace
    moved = timedelta(days=chance.randrange(365))
    if pace is Pace.BEFORE_END:
        return Held(name, DAY + moved)
    return Held(name, DAY - moved if pace.asks_a_date else None)


def _told(held: Sequence[Held]) -> list[tuple[str, list[str]]]:
    return [
        (say_when(step), notes_of(step))
        for step in calendar_of(held, deadline_rules(), day=DAY).steps
    ]


def _days(one: Held) -> int:
    rule = deadline_rules()[one.rule]
    start = datetime.combine(one.anchor or DAY, datetime.min.time())
    end = datetime.combine(DAY + relativedelta(years=1), datetime.min.time())
    match rule.pace:
        case Pace.CYCLE:
            return len(list(rrule(MONTHLY, interval=rule.every, dtstart=start, until=end)))
        case Pace.MONTHLY:
            return len(list(rrule(MONTHLY, dtstart=start, until=end)))
        case Pace.YEARLY | Pace.ANNIVERSARY:
            return len(list(rrule(YEARLY, dtstart=start, until=end)))
        case Pace.BEFORE_END if isinstance(rule.closes, Before):
            return int((start - relativedelta(months=rule.closes.months)) < end)
    return 0
