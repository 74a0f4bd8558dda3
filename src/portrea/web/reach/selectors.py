"""« Et si ? » ready for a page: what is tried, what it changes, what else may be tried."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.urls import reverse

from portrea.base.estimates import percent
from portrea.reach.siting.params import default_parameters
from portrea.steering.display import count_cell, shown_count
from portrea.steering.engines import best_engine
from portrea.steering.helping import offer_of
from portrea.steering.subject import Subject
from portrea.steering.what_if_ground import Question, checked_measure, prepare
from portrea.steering.what_if_told import (
    SAME,
    bars_of,
    change_words,
    map_of,
    time_words,
    told,
)
from portrea.steering.what_if_words import LEVEL, digits
from portrea.web.reach.asked import TOLD
from portrea.web.territories.living import living_reader
from portrea.web.territories.selectors import reader, territory_find

if TYPE_CHECKING:
    from portrea.steering.document import Figure, Sentence
    from portrea.steering.what_if import Line, Outcome
    from portrea.steering.what_if_ground import Ground
    from portrea.steering.what_if_told import Told
    from portrea.web.reach.asked import Asked
    from portrea.web.reach.priority_asked import PriorityAsked

MOST_ROWS = 80
"""Communes listed: those that move, then the farthest."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change tried, and the address of the same trial without it."""

    label: str
    without: str


@dataclass(frozen=True, slots=True)
class Row:
    """A commune as written: persons, minutes before and after, who gains or loses."""

    reference: str
    name: str
    persons: str
    before: str
    after: str
    change: str
    help_before: str
    help_after: str
    moved: bool
    more: str


@dataclass(frozen=True, eq=False)
class Page:
    """Everything a page of « Et si ? » writes."""

    asked: Asked
    place: str
    measure: str
    headline: Sentence
    sentences: tuple[str, ...]
    bars: Figure
    rows: tuple[Row, ...]
    drawing: str
    steps: tuple[Step, ...]
    total: str
    quality: str
    outcome: Outcome
    help_today: str
    declared: str
    none_known: bool
    offer: str
    others: int
    trial: Told

    @property
    def query(self) -> str:
        """Address of the trial."""
        return self.asked.query(kept=False)

    @property
    def blank(self) -> str:
        """Address of another trial, this one put aside."""
        return self.asked.blank().query()

    @property
    def compared(self) -> str:
        """Address of the comparison with the trials put aside."""
        texts = [*self.asked.kept, self.query]
        return "&".join(f"essai={quote(text, safe='')}" for text in texts)

    @property
    def moved(self) -> int:
        """How many communes see something change."""
        return sum(row.moved for row in self.rows)


def ground_of(asked: Asked) -> Ground:
    """Return what the trial stands on, prepared once by process, computation and offer."""
    selection = territory_find(asked.reference)
    current = living_reader()
    measure = checked_measure(current, selection, asked.measure)
    return _ground(
        str(current.store.home),
        current.computation_id,
        offer_of(current).state,
        selection.key,
        Question(
            asked.situation,
            measure,
            asked.profile,
            engine=engine_asked(asked),
            told=asked.places == TOLD,
        ),
    )


@lru_cache(maxsize=24)
def _ground(_home: str, _computation: str, _offer: str, key: str, question: Question) -> Ground:
    return prepare(living_reader(), territory_find(key), question)


def engine_asked(asked: Asked | PriorityAsked) -> str:
    """Return what measures times: the best engine of the territory, unless the default is asked."""
    return "" if asked.times else engine_known(asked)


def engine_known(asked: Asked | PriorityAsked) -> str:
    """Return the road network that serves a territory, nothing without one."""
    current = reader()
    subject = Subject.of(current, territory_find(asked.reference))
    return best_engine(current, subject.commune_codes, asked.profile)


def trial_of(asked: Asked) -> Told:
    """Return a trial worked out and told."""
    return told(ground_of(asked), asked.changes, minutes=asked.minutes)


def page_of(asked: Asked) -> Page:
    """Return the page of a trial."""
    trial = trial_of(asked)
    ground, found = trial.ground, trial.outcome
    return Page(
        asked=asked,
        place=ground.subject.name.plain,
        measure=ground.question.measure,
        headline=trial.headline,
        sentences=trial.sentences,
        bars=bars_of(trial),
        rows=tuple(_row(asked, line) for line in trial.lines[:MOST_ROWS]),
        drawing=map_of(trial, lambda key: f"{reverse('what-if')}?{_more(asked, key)}"),
        steps=_steps(trial, asked),
        total=count_cell(shown_count(found.total.wide, LEVEL)),
        quality=ground.quality.value,
        outcome=found,
        help_today=digits(found.help_before.value or 0.0),
        declared="" if found.declared is None else percent(found.declared),
        others=max(len(found.lines) - MOST_ROWS, 0),
        none_known=not len(ground.problem.existing),
        offer=offer_of(ground.subject.reader).told,
        trial=trial,
    )


def _more(asked: Asked, key: str) -> str:
    """Return the address of the same trial with a half-day more at a place."""
    count = {place: n for n, place in asked.changes.opened}.get(key, 0)
    most = default_parameters().most_half_days
    return asked.opening(key, min(count + 1, most)).query()


def _steps(trial: Told, asked: Asked) -> tuple[Step, ...]:
    without = [asked.opening(key, 0) for _, key in asked.changes.opened]
    without += [asked.closing(key, closed=False) for key in asked.changes.closed]
    pairs = zip(trial.labels, without, strict=True)
    return tuple(Step(label, one.query()) for label, one in pairs)


def _row(asked: Asked, line: Line) -> Row:
    before, after = time_words(line.before), time_words(line.after)
    change = change_words(line.gained, line.lost)
    helped = digits(line.help_before.value or 0.0), digits(line.help_after.value or 0.0)
    return Row(
        reference=f"commune:{line.code}",
        name=line.name.plain,
        persons=count_cell(shown_count(line.persons.wide, LEVEL)),
        before=before,
        after=after,
        change=change,
        help_before=helped[0],
        help_after=helped[1],
        moved=before != after or helped[0] != helped[1] or change != SAME,
        more=_more(asked, f"commune:{line.code}"),
    )
