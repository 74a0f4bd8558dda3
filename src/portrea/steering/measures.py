"""Say one measure of one area: its sentence, its table cells, its line in a chart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from portrea.base.estimates import Quality
from portrea.steering import display
from portrea.steering.display import UNAVAILABLE, parameters
from portrea.steering.document import Cell, Number, Sentence
from portrea.steering.figures_bars import Bar
from portrea.steering.wording import capitalised, counted

if TYPE_CHECKING:
    from portrea.steering.reading import AreaEstimate

SHOWN = ("a1", "a2", "a2_75", "a3", "b", "b_sum", "b_load", "c", "c_a2")
"""Measures in the order of the portrait."""
SAID = ("a1", "a2", "a3", "b", "b_load", "c")
"""Measures said in a sentence; the others are variants, in the tables."""
BOUNDS = "bornes"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a measure (``params/measures.yaml``)."""

    id: str
    short: str
    title: str
    universe: str
    verb: tuple[str, str]
    meaning: str
    definition: str
    note: str
    tag: str = ""
    unit: tuple[str, str] | None = None

    @property
    def label(self) -> str:
        """Short name with the declared level it belongs to: « Illectronisme (A1, sens strict) »."""
        return f"{self.short} ({self.tag})" if self.tag else self.short

    @property
    def counted(self) -> tuple[str, str]:
        """What is counted, singular and plural: persons of the universe, or declarations."""
        return self.unit or (self.universe.replace("personnes", "personne", 1), self.universe)


@cache
def words(measure: str) -> Words:
    """Return the words of a measure."""
    card = parameters("measures")[measure]
    pairs = {name: tuple(card[name]) for name in ("verb", "unit") if name in card}
    return Words(measure, **(card | pairs))


def count_number(estimate: AreaEstimate) -> Number:
    """Return the count of persons as shown: ``entre 1 150 et 1 600``."""
    shown = display.shown_count(estimate.count, estimate.level)
    return display.number(shown, display.count_text(shown), estimate.quality)


def share_number(estimate: AreaEstimate) -> Number:
    """Return the share as shown: ``entre 12 et 17 %``."""
    shown = display.shown_share(estimate.share)
    return display.number(shown, display.share_text(shown), estimate.quality)


def bounds_only(estimate: AreaEstimate) -> bool:
    """Whether only bounds are known."""
    return estimate.available and estimate.count.value is None


def sentence(
    estimate: AreaEstimate | None, measure: str, at: str, *, meaning: str = ""
) -> Sentence:
    """Write one measure as a sentence, interval first.

    Parameters
    ----------
    at
        Where, with its preposition: « à Iffendic ».
    meaning
        What is counted, when it is not what the measure usually counts.
    """
    said = words(measure)
    if estimate is None or not estimate.available:
        return Sentence(f"{said.short}\u00a0: {UNAVAILABLE} {at}.")
    count, share = count_number(estimate), share_number(estimate)
    high = display.shown_count(estimate.count, estimate.level).high or 0
    singular, plural = said.counted
    who = counted(count.text, high, singular, plural)
    if count.text == "aucune":
        verb = said.verb[0]
        no = "n’" if verb.startswith("e") else "ne "
        return Sentence(f"Aucune {singular} {no}{verb} {at}.", (count,))
    verb = said.verb[0 if high < 2 else 1]
    known = share.text != UNAVAILABLE
    part = f" ({share.text})" if known else ""
    text = f"{capitalised(who)}{part} {verb} {at}\u00a0: {meaning or said.meaning}."
    if bounds_only(estimate):
        text += " Ce sont des bornes\u00a0: les données chargées ne permettent pas de faire mieux."
    return Sentence(text, (count, share) if known else (count,))


def likely_cell(estimate: AreaEstimate | None) -> Cell:
    """Return the count's 80 % interval for a table."""
    if estimate is None or not estimate.available or estimate.likely is None:
        return Cell("–")
    shown = display.shown_count(estimate.likely[0], estimate.level)
    return Cell(display.count_cell(shown), shown.value)


def interval_cell(estimate: AreaEstimate | None) -> Cell:
    """Return the count's interval for a table."""
    if estimate is None or not estimate.available:
        return Cell(UNAVAILABLE)
    shown = display.shown_count(estimate.count, estimate.level)
    return Cell(display.count_cell(shown), shown.value)


def central_cell(estimate: AreaEstimate | None) -> Cell:
    """Return the count's central value for a table."""
    if estimate is None or not estimate.available:
        return Cell("–")
    shown = display.shown_count(estimate.count, estimate.level)
    if shown.value is None:
        return Cell(BOUNDS)
    exact = display.Shown(shown.value, shown.value, shown.value, shown.step)
    return Cell(display.count_cell(exact), shown.value)


def share_cell(estimate: AreaEstimate | None) -> Cell:
    """Return the share's interval for a table (a dash for a count of declarations)."""
    if estimate is None or not estimate.available:
        return Cell(UNAVAILABLE)
    shown = display.shown_share(estimate.share)
    return Cell(display.share_cell(shown), shown.value)


def quality_cell(estimate: AreaEstimate | None) -> Cell:
    """Return the quality letter for a table."""
    return Cell((estimate.quality if estimate else Quality.N).value)


def vintages(estimate: AreaEstimate | None) -> str:
    """Return the years of the data behind an estimate: ``2017, 2021``, or ``2016 à 2021``."""
    if estimate is None or not estimate.available:
        return "–"
    found = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", estimate.vintages)
    years = sorted(set(found))
    return f"{years[0]} à {years[-1]}" if len(years) > 2 else ", ".join(years) or "–"


def share_bar(label: str, estimate: AreaEstimate | None, *, strong: bool = False) -> Bar:
    """Return the line of a chart of shares, with the bounds the text shows."""
    if estimate is None or not estimate.available:
        return Bar(label, None, None, None, UNAVAILABLE, strong)
    shown = display.shown_share(estimate.share)
    return Bar(label, shown.low, shown.high, shown.value, display.share_cell(shown), strong)


def middle_share(estimate: AreaEstimate | None) -> float | None:
    """Return the value that ranks an area on a map: central share, or middle of the bounds."""
    if estimate is None or not estimate.available:
        return None
    share = estimate.share
    if share.value is not None or share.low is None or share.high is None:
        return share.value
    return (share.low + share.high) / 2
