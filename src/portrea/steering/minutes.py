"""A complete portrait in ten minutes: key figures, a few sentences, one map, the actions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portrea.steering.complete import chapters
from portrea.steering.display import parameters
from portrea.steering.editions import action_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.steering.document import Figure, KeyFigure, Portrait, Sentence, Table


@dataclass(frozen=True, slots=True)
class Minutes:
    """What a person in a hurry reads, taken from a portrait; ``counts`` says what the map does."""

    figures: tuple[KeyFigure, ...]
    sentences: tuple[Sentence, ...]
    map: Figure | None
    counts: Table | None
    actions: tuple[Table, ...]


def in_ten_minutes(portrait: Portrait) -> Minutes:
    """Choose among what a portrait says; nothing is written anew."""
    rule = parameters("editions")["minutes"]
    figures = {figure.id: figure for figure in portrait.figures()}
    maps = [figures[name] for name in rule["maps"] if name in figures]
    counts = [table for table in portrait.tables() if maps and table.id == maps[0].table]
    sentences = {_told(sentence): sentence for sentence in _sentences(portrait)}
    return Minutes(
        figures=portrait.key_figures[: rule["figures"]],
        sentences=tuple(sentences.values())[: rule["sentences"]],
        map=maps[0] if maps else None,
        counts=counts[0] if counts else None,
        actions=tuple(_first(table, rule["actions"]) for table in action_tables(portrait)[:1]),
    )


def _sentences(portrait: Portrait) -> Iterator[Sentence]:
    """Yield the headline, then the first sentence of the parts in the order of the rule."""
    yield portrait.headline
    anchors = {chapter.id: chapter.anchor for chapter in chapters()}
    for name in parameters("editions")["minutes"]["order"]:
        section = portrait.section(anchors[name])
        if section is not None and section.parts:
            yield section.parts[0].lead


def _told(sentence: Sentence) -> tuple[str, ...]:
    """Name what a sentence says: two that say the same numbers are told once."""
    return tuple(number.text for number in sentence.numbers) or (sentence.text,)


def _first(table: Table, most: int) -> Table:
    return replace(table, rows=table.rows[:most])
