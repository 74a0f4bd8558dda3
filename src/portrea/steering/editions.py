"""What changed from one edition of a portrait to the next, and what nobody can say."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from portrea.steering.display import parameters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portrea.steering.document import Cell, KeyFigure, Number, Portrait, Table

    Keyed = dict[tuple[str, int], tuple[Cell, ...]]


CHANGES = "changements"
"""Identifier of the chapter that tells what changed, in an edition that opens with it."""


class Verdict(StrEnum):
    """What may be said of a number measured twice."""

    UP = "hausse"
    DOWN = "baisse"
    UNSURE = "incertain"
    SAME = "pareil"
    APART = "non_comparable"
    ENTERED = "apparu"
    LEFT = "disparu"
    UNKNOWN = "inconnu"


SAID = {
    Verdict.UP: "a augmenté",
    Verdict.DOWN: "a baissé",
    Verdict.UNSURE: "on ne peut pas dire que cela a changé : les fourchettes se rejoignent",
    Verdict.SAME: "n’a pas changé",
    Verdict.APART: "non comparable",
    Verdict.ENTERED: "n’était pas connu",
    Verdict.LEFT: "n’est plus connu",
    Verdict.UNKNOWN: "reste inconnu",
}
"""How a verdict reads; an APART one is followed by its reason."""


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A key figure then and now: the texts shown, the verdict, the reason when it is APART."""

    id: str
    label: str
    before: str
    after: str
    verdict: Verdict
    reason: str = ""

    @property
    def said(self) -> str:
        """The verdict in French."""
        return f"{SAID[self.verdict]} : {self.reason}" if self.reason else SAID[self.verdict]


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row whose cells changed: its name, then (column, before, after)."""

    name: str
    cells: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class TableChange:
    """What changed in a table; rows are matched by territory, else by their first cell."""

    id: str
    caption: str
    rows: tuple[RowChange, ...] = ()
    entered: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rows or self.entered or self.left)


@dataclass(frozen=True, slots=True)
class Moves:
    """What entered, what left, by title."""

    entered: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextChanges:
    """Identifiers of the sections whose text was written, rewritten or removed."""

    written: tuple[str, ...] = ()
    rewritten: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionChanges:
    """Actions done since, late now, new, followed no more."""

    done: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    entered: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """Two editions of the same territory, compared. ``why`` says why tables may not be."""

    figures: tuple[FigureChange, ...]
    tables: tuple[TableChange, ...]
    sections: Moves
    texts: TextChanges
    actions: ActionChanges
    why: str = ""

    def of(self, *verdicts: Verdict) -> tuple[FigureChange, ...]:
        """Return the key figures of which this is said."""
        return tuple(one for one in self.figures if one.verdict in verdicts)


def compared(before: Portrait, after: Portrait) -> Changes:
    """Compare two editions of the portrait of a territory, the older first."""
    then = {figure.id: figure for figure in before.key_figures}
    now = {figure.id: figure for figure in after.key_figures}
    return Changes(
        figures=tuple(_figure(before, after, then.get(k), now.get(k)) for k in {**now, **then}),
        tables=_tables(before, after),
        sections=_moves(_titles(before), _titles(after)),
        texts=_texts(before, after),
        actions=_actions(before, after),
        why=not_comparable(before, after, parameters("editions")["default"]),
    )


# -- numbers --------------------------------------------------------------------------------------


def _figure(
    before: Portrait, after: Portrait, then: KeyFigure | None, now: KeyFigure | None
) -> FigureChange:
    known = now or then
    if known is None:
        raise ValueError("a figure of neither edition")
    rules = parameters("editions")
    rule = rules["default"] | rules["figures"].get(known.id, {})
    shown = [_bounds(one.number) if one else None for one in (then, now)]
    reason = not_comparable(before, after, rule) if all(shown) else ""
    verdict = Verdict.APART if reason else _verdict(then, now)
    texts = [one.number.text if one else "non disponible" for one in (then, now)]
    return FigureChange(known.id, known.label, texts[0], texts[1], verdict, reason)


def _verdict(then: KeyFigure | None, now: KeyFigure | None) -> Verdict:
    old, new = (_bounds(one.number) if one else None for one in (then, now))
    if old is None or new is None or then is None or now is None:
        return _availability(old is not None, new is not None)
    if then.number.text == now.number.text or old == new:
        return Verdict.SAME
    if new[0] > old[1]:
        return Verdict.UP
    return Verdict.DOWN if new[1] < old[0] else Verdict.UNSURE


def _availability(before: bool, after: bool) -> Verdict:
    if before == after:
        return Verdict.UNKNOWN
    return Verdict.ENTERED if after else Verdict.LEFT


def _bounds(number: Number) -> tuple[float, float] | None:
    low = number.value if number.low is None else number.low
    high = number.value if number.high is None else number.high
    return None if low is None or high is None else (low, high)


def not_comparable(before: Portrait, after: Portrait, rule: dict[str, Any]) -> str:
    """Say why numbers of two editions are not compared, empty when they are.

    ``rule`` is one of ``params/editions.yaml``: what the number depends on.
    """
    if rule["method"]:
        if not (before.parameters and after.parameters):
            return "la méthode de l’une des deux éditions n’est pas écrite"
        if before.parameters != after.parameters:
            return "les paramètres du calcul ont changé"
    then, now = _vintages(before, rule["about"]), _vintages(after, rule["about"])
    moved = [*_sources(then, now, moves=rule["moves"])]
    return f"sources changées : {', '.join(moved)}" if moved else ""


def _vintages(portrait: Portrait, about: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for source in portrait.sources:
        if source.about == about:
            found.setdefault(source.title, []).append(source.vintage)
    return {title: tuple(sorted(set(vintages))) for title, vintages in found.items()}


def _sources(
    then: dict[str, tuple[str, ...]], now: dict[str, tuple[str, ...]], *, moves: bool
) -> Iterator[str]:
    for title in {**then, **now}:
        if title not in then:
            yield f"{title} (nouvelle)"
        elif title not in now:
            yield f"{title} (retirée)"
        elif then[title] != now[title] and not moves:
            yield f"{title} ({', '.join(then[title])}, puis {', '.join(now[title])})"


# -- tables, sections, texts, actions -------------------------------------------------------------


def _tables(before: Portrait, after: Portrait) -> tuple[TableChange, ...]:
    old = {table.id: table for table in before.tables()}
    pairs = ((old[table.id], table) for table in after.tables() if table.id in old)
    return tuple(found for then, now in pairs if (found := table_changes(then, now)))


def table_changes(before: Table, after: Table) -> TableChange:
    """Compare two states of a table; a column of one only is left out."""
    then, now = _rows(before), _rows(after)
    old, new = ([column.title for column in table.columns] for table in (before, after))
    shared = [(new.index(title), old.index(title)) for title in new[1:] if title in old[1:]]
    rows = []
    for key, row in now.items():
        former = then.get(key, ())
        cells = tuple(
            (new[n], former[o].text, row[n].text)
            for n, o in shared
            if former and former[o].text != row[n].text
        )
        if cells:
            rows.append(RowChange(row[0].text, cells))
    entered = tuple(row[0].text for key, row in now.items() if key not in then)
    left = tuple(row[0].text for key, row in then.items() if key not in now)
    return TableChange(after.id, after.caption, tuple(rows), entered, left)


def _rows(table: Table) -> Keyed:
    """Return the rows by territory or name, with a rank where several bear the same."""
    seen: Counter[str] = Counter()
    found: Keyed = {}
    for row in table.rows:
        name = row[0].territory or row[0].text
        found[name, seen[name]] = row
        seen[name] += 1
    return found


def _titles(portrait: Portrait) -> dict[str, str]:
    """Return the titles by section, without the chapter that compares."""
    return {one.id: one.title for one in portrait.walk() if one.id != CHANGES}


def _moves(then: dict[str, str], now: dict[str, str]) -> Moves:
    return Moves(
        tuple(title for name, title in now.items() if name not in then),
        tuple(title for name, title in then.items() if name not in now),
    )


def _texts(before: Portrait, after: Portrait) -> TextChanges:
    then, now = _comments(before), _comments(after)
    return TextChanges(
        tuple(name for name in now if name not in then),
        tuple(name for name in now if name in then and now[name] != then[name]),
        tuple(name for name in then if name not in now),
    )


def _comments(portrait: Portrait) -> dict[str, tuple[str, ...]]:
    found = {one.id: one.comment.paragraphs for one in portrait.walk() if one.comment}
    if portrait.foreword:
        found["avant-propos"] = portrait.foreword.paragraphs
    return found


def action_tables(portrait: Portrait) -> tuple[Table, ...]:
    """Return the tables that tell actions, the action first in each row."""
    first = parameters("editions")["actions"]["first_column"]
    return tuple(t for t in portrait.tables() if t.columns and t.columns[0].title == first)


def _actions(before: Portrait, after: Portrait) -> ActionChanges:
    then, now = (
        {row[0].text: row for table in action_tables(one) for row in table.rows}
        for one in (before, after)
    )
    done = tuple(a for a, row in now.items() if is_done(row) and not is_done(then.get(a, ())))
    return ActionChanges(
        done,
        tuple(a for a, row in now.items() if is_late(row)),
        tuple(a for a in now if a not in then and a not in done),
        tuple(a for a in then if a not in now),
    )


def is_done(row: Sequence[Cell]) -> bool:
    """Tell whether a row of actions says that it is done."""
    words = "|".join(parameters("editions")["actions"]["done"])
    return any(re.search(rf"(^|\()({words})", cell.text.casefold()) for cell in row[1:])


def is_late(row: Sequence[Cell]) -> bool:
    """Tell whether a row of actions says that it is late."""
    words = parameters("editions")["actions"]["late"]
    return any(word in cell.text.casefold() for cell in row[1:] for word in words)
