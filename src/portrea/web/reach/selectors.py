"""« Et si ? » ready for a page: what is tried, what it changes, what else may be tried."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.urls import reverse

from portrea.base.estimates import percent
from portrea.reach.siting.params import default_parameters
from portrea.steering.display import count_cell, share_text, shown_count, shown_share
from portrea.steering.document import Figure
from portrea.steering.figures_bars import Bar, interval_bars
from portrea.steering.figures_style import Caption
from portrea.steering.figures_what_if import Dot, Town, town_map
from portrea.steering.what_if import Line, Outcome, outcome
from portrea.steering.what_if_ground import Question, checked_measure, prepare
from portrea.steering.what_if_words import (
    LEVEL,
    Near,
    Tried,
    capacity,
    closer,
    digits,
    effect,
    half_days,
    help_change,
    likely,
    state,
)
from portrea.steering.wording import minutes as minutes_words
from portrea.web.territories.selectors import reader, territory_find

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portrea.base.estimates import Estimate
    from portrea.steering.document import Sentence
    from portrea.steering.what_if_ground import Ground
    from portrea.web.reach.asked import Asked

MOST_ROWS = 80
"""Communes listed: those that move, then the farthest."""
HIDDEN = "non publié"
SAME = "–"


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
    others: int

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
    """Return what the trial stands on, prepared once by process and by computation."""
    selection = territory_find(asked.reference)
    current = reader()
    measure = checked_measure(current, selection, asked.measure)
    return _ground(
        str(current.store.home),
        current.computation_id,
        selection.key,
        Question(asked.situation, measure, asked.profile),
    )


@lru_cache(maxsize=24)
def _ground(_home: str, _computation: str, key: str, question: Question) -> Ground:
    return prepare(reader(), territory_find(key), question)


def page_of(asked: Asked) -> Page:
    """Return the page of a trial."""
    ground = ground_of(asked)
    found = outcome(ground, asked.changes, minutes=asked.minutes)
    near = Near(asked.situation, asked.minutes, asked.profile)
    headline = (
        effect(_tried(ground, asked), near, found.gained, found.lost)
        if asked.changes
        else state(near, found.before, None)
    )
    return Page(
        asked=asked,
        place=ground.subject.name.plain,
        measure=ground.question.measure,
        headline=headline,
        sentences=tuple(_more(asked, near, found)),
        bars=_bars(asked, found),
        rows=tuple(_row(asked, line) for line in _ordered(found.lines)[:MOST_ROWS]),
        drawing=_drawing(ground, asked, found),
        steps=_steps(ground, asked),
        total=count_cell(shown_count(found.total.wide, LEVEL)),
        quality=ground.quality.value,
        outcome=found,
        help_today=digits(found.help_before.value or 0.0),
        declared="" if found.declared is None else percent(found.declared),
        others=max(len(found.lines) - MOST_ROWS, 0),
        none_known=not len(ground.problem.existing),
    )


def _more(asked: Asked, near: Near, found: Outcome) -> Iterator[str]:
    """Yield what is said under the headline."""
    if not asked.changes:
        return
    if not found.nobody_moves:
        yield state(near, found.before, found.after).text
    helped = found.help_before.value or 0.0, found.help_after.value or 0.0
    yield help_change(*helped, found.help_change)
    if found.gained is None or found.lost is None:
        return
    sure = likely(found.gained, found.lost)
    if sure is not None:
        yield sure.text
    nearer = closer(found.closer, found.farther)
    if nearer:
        yield nearer
    if asked.changes.half_days:
        yield capacity(asked.changes.half_days, found.gained.wide.value or 0.0)


def _tried(ground: Ground, asked: Asked) -> list[Tried]:
    names = dict(ground.communes)
    opened = []
    for count, key in asked.changes.opened:
        place = ground.place(key)
        name = names.get(place["commune"])
        at = name.at if name else f"à {place['name']}"
        building = "" if key.startswith("commune:") else place["name"]
        opened.append(Tried(half_days=count, at=at, building=building))
    closed = [Tried(closes=ground.place(key)["name"]) for key in asked.changes.closed]
    return [*opened, *closed]


def _steps(ground: Ground, asked: Asked) -> tuple[Step, ...]:
    labels = [
        f"{half_days(t.half_days)} par semaine {t.at}" + (f" ({t.building})" if t.building else "")
        if t.half_days
        else f"fermeture : {t.closes}"
        for t in _tried(ground, asked)
    ]
    without = [asked.opening(key, 0) for _, key in asked.changes.opened]
    without += [asked.closing(key, closed=False) for key in asked.changes.closed]
    return tuple(
        Step(label[:1].upper() + label[1:], one.query())
        for label, one in zip(labels, without, strict=True)
    )


def _ordered(lines: Sequence[Line]) -> list[Line]:
    """Put the communes that move first, those that move most at the top; then the farthest."""
    return sorted(
        lines,
        key=lambda line: (not line.changes, -_moves(line), -_helped(line), -_far(line)),
    )


def _moves(line: Line) -> float:
    return sum((found.wide.value or 0.0) for found in (line.gained, line.lost) if found)


def _helped(line: Line) -> float:
    return abs((line.help_after.value or 0.0) - (line.help_before.value or 0.0))


def _far(line: Line) -> float:
    return float("inf") if line.before is None else line.before


def _row(asked: Asked, line: Line) -> Row:
    count = {key: n for n, key in asked.changes.opened}.get(f"commune:{line.code}", 0)
    most = default_parameters().most_half_days
    more = asked.opening(f"commune:{line.code}", min(count + 1, most)).query()
    before, after, change = _time(line.before), _time(line.after), _change(line)
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
        more=more,
    )


def _time(value: float | None) -> str:
    return "plus de 45\u00a0min" if value is None else minutes_words(value)


def _change(line: Line) -> str:
    if line.gained is None or line.lost is None:
        return HIDDEN
    parts = [
        f"{sign}\u00a0{count_cell(shown_count(found.wide, LEVEL))}"
        for sign, found in (("+", line.gained), ("−", line.lost))
        if not found.none
    ]
    return ", ".join(parts) or SAME


# -- drawings -------------------------------------------------------------------------------------


def _bars(asked: Asked, found: Outcome) -> Figure:
    moments = []
    if found.before is not None:
        moments.append(("Aujourd’hui", found.near_before))
    if asked.changes and found.after is not None:
        moments.append(("Avec cet essai", found.near_after))
    title = f"Part des personnes comptées à moins de {asked.minutes}\u00a0minutes"
    written = [(label, share, share_words(share)) for label, share in moments]
    told = ". ".join(f"{label} : {text}" for label, _, text in written)
    caption = Caption("avant-apres", title, told)
    bars = [
        Bar(label, share.low, share.high, share.value, text, strong=label != "Aujourd’hui")
        for label, share, text in written
    ]
    svg = interval_bars(caption, bars) if any(bar.high for bar in bars) else ""
    return Figure(caption.id, title, told, svg, "communes")


def share_words(share: Estimate) -> str:
    """Write a share of persons; a whole is « 100 % », without decimal."""
    return share_text(shown_share(share)).replace("100,0", "100")


def _drawing(ground: Ground, asked: Asked, found: Outcome) -> str:
    outlines = reader().outlines
    shapes = outlines.pick("commune", [line.code for line in found.lines])
    if shapes is None:
        return ""
    towns = {
        line.code: Town(
            line.code,
            _state(line),
            "" if line.after is None else f"{line.after:.0f}",
            f"{line.name.plain} : une demi-journée de plus",
            f"{reverse('what-if')}?{_row(asked, line).more}",
        )
        for line in found.lines
    }
    return town_map(ground.subject.name.plain, towns, shapes, _dots(ground, asked))


def _state(line: Line) -> str:
    if line.near_after > line.near_before:
        return "gains"
    if line.near_after < line.near_before:
        return "loses"
    if line.near_before == 1:
        return "near"
    return "part" if line.near_before > 0 else "far"


def _dots(ground: Ground, asked: Asked) -> list[Dot]:
    closed, opened = set(asked.changes.closed), {key for _, key in asked.changes.opened}
    inside = ground.places.filter("inside").select("id", "longitude", "latitude", "serves")
    dots = []
    for key, longitude, latitude, serves in inside.iter_rows():
        if longitude is None or not (serves or key in opened):
            continue
        name = "new" if key in opened else "closed" if key in closed else "open"
        dots.append(Dot(longitude, latitude, name))
    return sorted(dots, key=lambda dot: dot.state != "open")
