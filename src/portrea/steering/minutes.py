"""A complete portrait in ten minutes: key figures, a few sentences, one map, the actions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

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
        actions=tuple(_short(table, rule) for table in action_tables(portrait)[:1]),
    )


def _sentences(portrait: Portrait) -> Iterator[Sentence]:
    """Yield the headline, the first sentence of the parts in the order of the rule, the summary."""
    yield portrait.headline
    anchors = {chapter.id: chapter.anchor for chapter in chapters()}
    for name in parameters("editions")["minutes"]["order"]:
        section = portrait.section(anchors[name])
        if section is not None and section.parts:
            yield section.parts[0].lead
    yield from portrait.summary


def _told(sentence: Sentence) -> tuple[str, ...]:
    """Name what a sentence says: two that say the same numbers are told once."""
    return tuple(number.text for number in sentence.numbers) or (sentence.text,)


def _short(table: Table, rule: dict[str, Any]) -> Table:
    """Keep what an action is, who takes it and for when: why and how are in the portrait."""
    kept = [i for i, column in enumerate(table.columns) if column.title in rule["columns"]]
    return replace(
        table,
        columns=tuple(table.columns[i] for i in kept),
        rows=tuple(tuple(row[i] for i in kept) for row in table.rows[: rule["actions"]]),
    )
