"""A trial of « Et si ? » told once: same sentences, numbers and map on the site and on paper."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from portrea.steering.display import count_cell, share_text, shown_count, shown_share
from portrea.steering.document import Figure
from portrea.steering.figures_bars import Bar, interval_bars
from portrea.steering.figures_style import Caption
from portrea.steering.figures_what_if import Dot, Town, town_map
from portrea.steering.what_if import outcome
from portrea.steering.what_if_words import (
    LEVEL,
    Near,
    Tried,
    capacity,
    closer,
    effect,
    half_days,
    help_change,
    likely,
    state,
)
from portrea.steering.wording import capitalised
from portrea.steering.wording import minutes as minutes_words
from portrea.territory.naming import typographic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portrea.base.estimates import Estimate
    from portrea.steering.document import Sentence
    from portrea.steering.what_if import Changes, Line, Outcome
    from portrea.steering.what_if_ground import Ground
    from portrea.steering.what_if_words import Range
    from portrea.territory.geometry import Shapes

HIDDEN = "non publié"
SAME = "–"
TODAY, THEN = "Aujourd’hui", "Avec cet essai"
FAR = "plus de 45\u00a0min"


@dataclass(frozen=True, eq=False)
class Told:
    """A trial, what it changes, and what is said of it."""

    ground: Ground
    changes: Changes
    near: Near
    outcome: Outcome

    @cached_property
    def headline(self) -> Sentence:
        """The one sentence: what would change, or how it is today."""
        found = self.outcome
        if not self.changes:
            return state(self.near, found.before, None)
        return effect(tried(self.ground, self.changes), self.near, found.gained, found.lost)

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """What is said under it."""
        return tuple(self._more()) if self.changes else ()

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Each change, in words: what opens, then what closes."""
        return tuple(capitalised(_label(one)) for one in tried(self.ground, self.changes))

    @cached_property
    def lines(self) -> list[Line]:
        """Communes: those that move first, those that move most at the top; then the farthest."""
        return sorted(self.outcome.lines, key=_order)

    def _more(self) -> Iterator[str]:
        found = self.outcome
        if not found.nobody_moves:
            yield state(self.near, found.before, found.after).text
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
        if self.changes.half_days:
            yield capacity(self.changes.half_days, found.gained.wide.value or 0.0)


def told(ground: Ground, changes: Changes, *, minutes: int) -> Told:
    """Work a trial out and tell it.

    Raises
    ------
    ParameterError
        A place of the changes is unknown, or closes without being open.
    """
    question = ground.question
    near = Near(question.situation, minutes, question.profile, told=question.told)
    return Told(ground, changes, near, outcome(ground, changes, minutes=minutes))


def tried(ground: Ground, changes: Changes) -> list[Tried]:
    """Return the changes as they are said: what opens, then what closes."""
    names = dict(ground.communes)
    said = []
    for count, key in (*changes.opened, *((0, key) for key in changes.closed)):
        place = ground.place(key)
        town, name = names.get(place["commune"]), typographic(place["name"])
        if count:
            building = "" if key.startswith("commune:") else name
            said.append(Tried(count, town.at if town else f"à {name}", building))
        else:
            known = town is None or town.plain.casefold() in name.casefold()
            said.append(Tried(at="" if known or town is None else town.at, closes=name))
    return said


def _label(one: Tried) -> str:
    if not one.half_days:
        return f"fermeture de «\u00a0{one.closes}\u00a0»" + (f" {one.at}" if one.at else "")
    where = f" ({one.building})" if one.building else ""
    return f"{half_days(one.half_days)} par semaine {one.at}{where}"


def _order(line: Line) -> tuple[bool, float, float, float, str]:
    """Return what puts the greatest changes first; what differs by rounding only is equal."""
    moves = sum((found.wide.value or 0.0) for found in (line.gained, line.lost) if found)
    helped = abs((line.help_after.value or 0.0) - (line.help_before.value or 0.0))
    far = float("inf") if line.before is None else line.before
    return not line.changes, round(-moves, 6), round(-helped, 6), round(-far, 6), line.code


# -- words of a cell -------------------------------------------------------------------------------


def count_words(found: Range | None) -> str:
    """Write a count of persons in a narrow cell."""
    if found is None:
        return HIDDEN
    return "0" if found.none else count_cell(shown_count(found.wide, LEVEL))


def share_words(share: Estimate) -> str:
    """Write a share of persons; a whole is « 100 % », without decimal."""
    return share_text(shown_share(share)).replace("100,0", "100")


def time_words(value: float | None) -> str:
    """Write a mean time, beyond the longest one kept too."""
    return FAR if value is None else minutes_words(value)


def change_words(gained: Range | None, lost: Range | None) -> str:
    """Write who passes from one side of the threshold to the other: « + 340 – 420 »."""
    if gained is None or lost is None:
        return HIDDEN
    signs = (("+", gained), ("−", lost))
    parts = [f"{sign}\u00a0{count_words(found)}" for sign, found in signs if not found.none]
    return ", ".join(parts) or SAME


# -- drawings --------------------------------------------------------------------------------------


def bars_of(trial: Told, *, name: str = "avant-apres", table: str = "communes") -> Figure:
    """Draw the share of the persons who are near, today and then; no drawing for nobody."""
    found, moments = trial.outcome, []
    if found.before is not None:
        moments.append((TODAY, found.near_before))
    if trial.changes and found.after is not None:
        moments.append((THEN, found.near_after))
    title = f"Part des personnes comptées à moins de {trial.near.minutes}\u00a0minutes"
    written = [(label, share, share_words(share)) for label, share in moments]
    caption = Caption(name, title, ". ".join(f"{label} : {words}" for label, _, words in written))
    bars = [
        Bar(label, share.low, share.high, share.value, words, strong=label != TODAY)
        for label, share, words in written
    ]
    svg = interval_bars(caption, bars) if any(bar.high for bar in bars) else ""
    return Figure(name, title, caption.description, svg, table)


def map_of(trial: Told, link: Callable[[str], str]) -> str:
    """Draw the communes, each leading where ``link`` says; nothing without outlines."""
    shapes = _shapes(trial)
    if shapes is None:
        return ""
    towns = [_town(line, link(f"commune:{line.code}")) for line in trial.outcome.lines]
    caption = Caption("", trial.ground.subject.name.plain, "")
    return town_map(caption, {t.code: t for t in towns}, shapes, dots_of(trial, link))


def still_map(trial: Told, caption: Caption) -> str:
    """Draw the same map without links, told in words by its caption; nothing without outlines."""
    shapes = _shapes(trial)
    if shapes is None:
        return ""
    towns = {line.code: _town(line, "") for line in trial.outcome.lines}
    return town_map(caption, towns, shapes, dots_of(trial))


def _shapes(trial: Told) -> Shapes | None:
    outlines = trial.ground.subject.reader.outlines
    return outlines.pick("commune", [line.code for line in trial.outcome.lines])


def _town(line: Line, href: str) -> Town:
    label = "" if line.after is None else f"{line.after:.0f}"
    name = f"{line.name.plain} : une demi-journée de plus"
    return Town(line.code, _becomes(line), label, name, href)


def _becomes(line: Line) -> str:
    if line.near_after > line.near_before:
        return "gains"
    if line.near_after < line.near_before:
        return "loses"
    if line.near_before == 1:
        return "near"
    return "part" if line.near_before > 0 else "far"


def dots_of(trial: Told, link: Callable[[str], str] | None = None) -> list[Dot]:
    """Return the places drawn: those that stay first, so that the others lie above them."""
    ground, changes = trial.ground, trial.changes
    closed, opened = set(changes.closed), {key for _, key in changes.opened}
    columns = ("id", "longitude", "latitude", "serves", "name")
    inside = ground.places.filter("inside").select(columns)
    dots: list[Dot] = []
    for key, longitude, latitude, serves, label in inside.iter_rows():
        if longitude is None or not (serves or key in opened):
            continue
        what = "new" if key in opened else "closed" if key in closed else "open"
        href = link(key) if link and key not in closed else ""
        name = f"{typographic(label)} : une demi-journée de plus"
        dots.append(Dot(longitude, latitude, what, name, href))
    return sorted(dots, key=lambda dot: dot.state != "open")
