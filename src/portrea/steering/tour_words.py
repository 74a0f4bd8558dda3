"""Words of a round: days, hours, durations, people with their range."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.estimates import Estimate, Quality, integer
from portrea.offer.calendar import say_date
from portrea.reach.tours.coverage import evenness
from portrea.reach.tours.stops import default_tours
from portrea.steering.display import count_text, shown_count
from portrea.vocab.hours import MIDNIGHT, NAMES, say_time

if TYPE_CHECKING:
    from datetime import date

    from portrea.reach.tours.coverage import Covered
    from portrea.reach.tours.plan import Visit

LEVEL = "epci"
"""Level whose rounding is used: a round covers several communes."""
LEAST_COMPARED = 20
"""Persons under which a commune is not compared: a share of so few says nothing."""


def day_words(day: date) -> str:
    """Write a day: « mardi 8 décembre 2026 »."""
    return f"{NAMES[day.weekday()]} {say_date(day, year=True)}"


def time_words(minutes: int) -> str:
    """Write an hour: « 9 h 05 », « 1 h (après minuit) »."""
    if minutes < MIDNIGHT:
        return say_time(minutes)
    return f"{say_time(minutes - MIDNIGHT)} (après minuit)"


def hours_words(visit: Visit) -> str:
    """Write the hours of a passage: « 9 h – 11 h »."""
    return f"{time_words(visit.start)} – {time_words(visit.end)}"


def span_words(minutes: float) -> str:
    """Write a duration: « 1 h 05 », « 45 min »."""
    hours, rest = divmod(round(minutes), 60)
    if not hours:
        return f"{rest}\u202fmin"
    return f"{hours}\u202fh {rest:02d}" if rest else f"{hours}\u202fh"


def sure_persons(covered: Covered, helped: Covered | None, measure: str) -> str:
    """Write the people reached, with their range and the threshold, and those helped already."""
    share = covered.share
    part = f", soit {round(100 * share)}\u202f% de celles de ces communes" if share else ""
    already = (
        f" Parmi elles, {_count(helped)} ont déjà un lieu d’aide connu aussi près : la tournée "
        "s’ajoute à lui."
        if helped is not None and helped.persons > 0
        else " Portrea ne connaît aucun lieu d’aide aussi près d’elles."
        if helped is not None
        else ""
    )
    return (
        f"Personnes concernées ({measure.upper()}) à {covered.minutes:g}\u202fminutes au plus d’un "
        f"arrêt : {_count(covered)}{part}.{already}"
    )


def _count(covered: Covered) -> str:
    low, high = covered.low, covered.high
    exact = low is None or high is None
    estimate = Estimate(
        covered.persons,
        covered.persons if exact else low,
        covered.persons if exact else high,
        Quality.C,
    )
    return count_text(shown_count(estimate, LEVEL))


def assumptions() -> tuple[str, ...]:
    """Write what a round supposes, with the values in force."""
    usual = default_tours()
    return (
        f"Une pause de {usual['pause']}\u202fminutes entre {usual['pause_from']} et "
        f"{usual['pause_until']}, les jours qui l’enjambent (supposition).",
        f"{usual['setup']}\u202fminutes pour s’installer avant chaque présence, autant pour ranger "
        "(supposition).",
        f"Un passage perdu un jour fermé est rattrapé dans les {usual['catch_up']} jours qui "
        "l’entourent, s’il y a la place (notre choix).",
        "Quand tout ne tient pas, les arrêts gardés sont ceux de plus de personnes, et aucune "
        "commune ne perd tous ses arrêts tant qu’une autre peut en perdre une partie.",
    )


def fairness_words(table: pl.DataFrame, names: dict[str, str]) -> str:
    """Write how evenly the presence is shared between communes."""
    known = table.filter(pl.col("persons") >= LEAST_COMPARED)
    if evenness(known) is None or known.height < 2:
        return ""
    least, most = known.row(0, named=True), known.row(-1, named=True)
    return (
        f"Pour 100 personnes concernées, {names.get(least['commune'], least['commune'])} reçoit "
        f"{integer(least['minutes_per_100'])}\u202fmin de présence, "
        f"{names.get(most['commune'], most['commune'])} "
        f"{integer(most['minutes_per_100'])}\u202fmin (communes d’au moins {LEAST_COMPARED} "
        "personnes concernées)."
    )
