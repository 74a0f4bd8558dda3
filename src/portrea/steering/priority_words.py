"""What is said of priority areas: one headline, the words of each line, of each cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.estimates import Estimate, Quality, integer
from portrea.reach.catchment import decays
from portrea.reach.causes import STATE_WORDS, causes
from portrea.reach.priority_tables import Status
from portrea.steering.display import (
    DASH,
    HIDDEN,
    NO_BREAK_SPACE,
    Shown,
    count_cell,
    count_text,
    share_cell,
    shown_count,
)
from portrea.steering.document import Number, Sentence
from portrea.steering.measures import words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

SAID = {
    Status.FIRST: "parmi les premières",
    Status.UNCERTAIN: "trop incertain",
    Status.UNRANKABLE: "non classable",
    Status.AFTER: "derrière",
    Status.COVERED: "au-dessus du seuil",
    Status.UNDRAWN: "non calculé",
    Status.UNKNOWN: "non publié ou inconnu",
}
UNDER = (Status.FIRST, Status.UNCERTAIN, Status.UNRANKABLE, Status.AFTER, Status.UNDRAWN)
"""Areas under the bar, surely or not."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a level."""

    many: str
    no: str
    single: str
    first: str
    one_first: str


WORDS = {
    "commune": Words(
        "communes", "Aucune commune", "Une commune", "les {} premières", "la première"
    ),
    "iris": Words("quartiers", "Aucun quartier", "Un quartier", "les {} premiers", "le premier"),
    "epci": Words(
        "intercommunalités",
        "Aucune intercommunalité",
        "Une intercommunalité",
        "les {} premières",
        "la première",
    ),
}


def headline(
    counts: Mapping[str, int], *, first: int, level: str, total: Estimate | None
) -> Sentence:
    """Say how many areas are surely first, and how many persons live under the bar.

    Parameters
    ----------
    counts
        Number of areas of each status.
    first
        How many areas count as « first ».
    level
        Level of the areas.
    total
        Persons concerned under the bar, in the whole territory; ``None`` when it is not told.
    """
    words = WORDS[level]
    under = sum(counts.get(status, 0) for status in UNDER)
    if not under:
        return Sentence(f"{words.no} n’est sous le seuil d’accès choisi.")
    begin = _sure(counts.get(Status.FIRST, 0), 0 if under <= first else first, words)
    if total is None:
        return Sentence(begin)
    shown = shown_count(total, "commune")
    persons = Number(count_text(shown), shown.value, shown.low, shown.high, total.quality.value)
    text = f"{begin} Sous le seuil d’accès vivent {persons.text} personnes concernées."
    return Sentence(text, (persons,))


def _sure(sure: int, first: int, words: Words) -> str:
    among = words.one_first if first == 1 else f"parmi {words.first.format(integer(first))}"
    if not first:  # all those under the bar are « first »: being under it is all that is told
        among = "sous le seuil d’accès"
    if not sure:
        return f"{words.no} n’est assez sûrement {among}."
    if sure == 1:
        return f"{words.single} est assez sûrement {among}."
    return f"{integer(sure)} {words.many} sont assez sûrement {among}."


def persons_cell(low: float | None, value: float | None, high: float | None, level: str) -> str:
    """Write persons not covered; « non publié » where they would tell of a hidden area."""
    if value is None:
        return HIDDEN
    bounds = (value, value) if low is None or high is None else (low, high)
    return count_cell(shown_count(Estimate(value, *bounds, Quality.B), level))


def is_whole(row: Mapping[str, Any]) -> bool:
    """Whether everyone of an area is under the bar in every draw: the count is then its own."""
    if row["uncovered"] is None or not row["persons"]:
        return False
    pairs = [("uncovered", "persons"), ("uncovered_low", "persons_low")]
    return all(
        row[part] == row[whole] or abs(row[part] - row[whole]) <= 1e-6 * row["persons"]
        for part, whole in pairs
    )


def hours_cell(low: float | None, value: float | None, high: float | None) -> str:
    """Write hours a week for a hundred persons: ``12 – 31 h``."""
    if value is None:
        return "inconnu"
    if low is None or high is None:
        return f"{_hours(value)}{NO_BREAK_SPACE}h"
    a, b = _hours(low), _hours(high)
    return f"{a}{NO_BREAK_SPACE}h" if a == b else f"{a}{DASH}{b}{NO_BREAK_SPACE}h"


def _hours(value: float) -> str:
    if value >= 10:
        return integer(value)
    return f"{value:.1f}".replace(".", ",").removesuffix(",0")


def chance(row: Mapping[str, Any]) -> str:
    """Write the probability of being among the first, between the two scenarios."""
    low, high = row["p_first_low"], row["p_first_high"]
    if low is None or high is None:
        return "–"
    return share_cell(Shown(row["p_first"], round(low, 2), round(high, 2), 0.01))


def rank(row: Mapping[str, Any]) -> str:
    """Write the rank with its interval: ``2 à 9``; no rank where none may be given."""
    if row["status"] in (Status.UNRANKABLE, Status.UNKNOWN, Status.COVERED):
        return "–"
    low, high = row["rank_low"], row["rank_high"]
    if low is None or high is None:
        return str(row["rank"])
    a, b = round(low), round(high)
    return str(a) if a == b else f"{a} à {b}"


def cause_cell(row: Mapping[str, Any] | None, level: str) -> str:
    """Write one cause of one area: its value, or why it is not known."""
    if row is None:
        return "–"
    if row["value"] is None:
        return STATE_WORDS.get(row["state"], "non publié")
    cause = causes()[row["cause"]]
    text = _value(row["value"], cause.unit)
    return f"{text} (commune)" if row["from_level"] != level else text


def _value(value: float, unit: str) -> str:
    if unit == "share":
        point = round(value, 3) if 0 < value < 0.01 else round(value, 2)
        return share_cell(Shown(point, point, point, 0.001 if 0 < value < 0.01 else 0.01))
    return f"{value:.1f}".replace(".", ",")


def cause_mean(value: float | None, cause: str) -> str:
    """Write the mean of a cause over the territory."""
    return "–" if value is None else _value(value, causes()[cause].unit)


def decay_label(name: str) -> str:
    """Say another way of counting time."""
    return f"Temps compté autrement\u00a0: {decays()[name].label}"


def measure_label(measure: str) -> str:
    """Say another definition of need."""
    return f"Autres personnes comptées\u00a0: {words(measure).label}"
