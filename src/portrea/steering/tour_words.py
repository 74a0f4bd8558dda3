"""Words of a round: days, hours, durations, people with their range."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.estimates import Estimate, Quality, integer
from portrea.offer.calendar import say_date
from portrea.reach.tours.coverage import evenness
from portrea.reach.tours.stops import default_tours
from portrea.steering.display import count_text, shown_count
from portrea.vocab.hours import NAMES, say_time

if TYPE_CHECKING:
    from datetime import date

    from portrea.reach.tours.coverage import Covered

LEVEL = "epci"
"""Level whose rounding is used: a round covers several communes."""
LEAST_COMPARED = 20
"""Persons under which a commune is not compared: a share of so few says nothing."""


def day_words(day: date) -> str:
    """Write a day: « mardi 8 décembre 2026 »."""
    return f"{NAMES[day.weekday()]} {say_date(day, year=True)}"


def time_words(minutes: int) -> str:
    """Write an hour: « 9 h 05 »."""
    return say_time(minutes)


def span_words(minutes: float) -> str:
    """Write a duration: « 1 h 05 », « 45 min »."""
    hours, rest = divmod(round(minutes), 60)
    if not hours:
        return f"{rest}\u202fmin"
    return f"{hours}\u202fh {rest:02d}" if rest else f"{hours}\u202fh"


def sure_persons(covered: Covered, measure: str) -> str:
    """Write the people reached, with their range, the threshold and its way of travelling."""
    low, high = covered.low, covered.high
    exact = low is None or high is None
    estimate = Estimate(
        covered.persons,
        covered.persons if exact else low,
        covered.persons if exact else high,
        Quality.C,
    )
    share = covered.share
    part = f", soit {round(100 * share)}\u202f% de celles de ces communes" if share else ""
    return (
        f"Personnes concernées ({measure.upper()}) à {covered.minutes:g}\u202fminutes au plus d’un "
        f"arrêt : {count_text(shown_count(estimate, LEVEL))}{part}."
    )


def assumptions() -> tuple[str, ...]:
    """Write what a round supposes, with the values in force."""
    usual = default_tours()
    return (
        f"Une pause de {usual['pause']}\u202fminutes entre {usual['pause_from']} et "
        f"{usual['pause_until']}, les jours qui l’enjambent (supposition).",
        f"{usual['setup']}\u202fminutes pour s’installer avant chaque présence, autant pour ranger "
        "(supposition).",
        "Les temps de route sont estimés d’après le vol d’oiseau, faute de réseau routier chargé "
        "(supposition).",
        "Les jours fériés ne sont pas travaillés ; un passage perdu est rattrapé dans les "
        f"{usual['catch_up']} jours qui l’entourent, s’il y a la place.",
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
