"""A portrait as a word processor holds it: lines, lists, tables and pictures, one after the other.

DOCX and ODT are written from this, so that both say the same thing in the same order.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, TypeAlias
from xml.sax.saxutils import escape

from portrea.base.unseen import with_windows_signs, without_unseen
from portrea.steering.document import Cell, Column, Table
from portrea.steering.pdf import footer_sources, share_widths
from portrea.steering.wording import long_date, mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.steering.document import Comment, Figure, Portrait, Section, Source

DEEPEST = 4
"""Levels of heading that the styles of the documents know."""
IN_CONTENTS = 2
"""Levels of heading listed in the contents."""
TEXT_WIDTH = 174
"""Width of the text on the page, millimetres (A4, margins of 18 mm)."""
UNIT, HIGHEST_PICTURE = 0.223, 103
"""Millimetres of a unit of a drawing, and its greatest height: those of ``portrait.typ``."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A title of level 1 (a part) and below; ``anchor`` is where the contents lead."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph in one of the styles: title, headline, lead, body, caption and others."""

    style: str
    text: str


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text, with the address it leads to when it has one."""

    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list: each item is made of pieces."""

    items: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table, its caption written before it."""

    table: Table


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing, its caption written before it."""

    figure: Figure

    @property
    def alternative(self) -> str:
        """What the drawing says to those who do not see it."""
        return f"{self.figure.title}. {self.figure.description}"

    @property
    def size(self) -> tuple[float, float]:
        """Width and height on the page, millimetres."""
        _, _, width, height = self.figure.svg.split('viewBox="', 1)[1].split('"', 1)[0].split()
        ratio = float(height) / float(width)
        wide = min(float(TEXT_WIDTH), float(width) * UNIT, HIGHEST_PICTURE / ratio)
        return wide, wide * ratio


@dataclass(frozen=True, slots=True)
class Contents:
    """The table of contents."""

    entries: tuple[Heading, ...]


Block: TypeAlias = "Heading | Line | Bullets | Grid | Picture | Contents"


def flow(portrait: Portrait) -> tuple[Block, ...]:
    """Return every block of a portrait, in reading order; nothing is computed."""
    told = (*_detail(portrait), *_legend(portrait), *_sources(portrait))
    summary = Heading(1, "L’essentiel", "essentiel")
    entries = [summary, *(b for b in told if isinstance(b, Heading) and b.level <= IN_CONTENTS)]
    said = tuple((Run(sentence.text),) for sentence in portrait.summary)
    return (*_top(portrait), summary, Bullets(said), Contents(tuple(entries)), *told)


def footer(portrait: Portrait) -> str:
    """Return the line at the foot of every page: the sources, the computation and its day."""
    day = long_date(portrait.computed_on)
    made = f"calcul {portrait.computation_id[:8]}" + (f" du {day}" if day else "")
    return f"Portrea · données {footer_sources(portrait)} · {made}"


def written(text: str) -> str:
    """Return a text as XML holds it: without forbidden signs, those of markup escaped."""
    return escape(without_unseen(with_windows_signs(text)), {'"': "&quot;"})


def widths(table: Table) -> list[float]:
    """Return the share of the page that each column takes (their sum is 1)."""
    shared = asdict(table)
    share_widths(shared)
    weights = [column["weight"] for column in shared["columns"]]
    return [weight / sum(weights) for weight in weights]


def _top(portrait: Portrait) -> Iterator[Block]:
    yield Line("above", portrait.kind.above)
    yield Line("title", portrait.full_title)
    yield Line("subtitle", portrait.subtitle)
    yield Line("headline", portrait.headline.text)
    if portrait.key_figures:
        yield from _grid(_key_figures(portrait))


def _key_figures(portrait: Portrait) -> Table:
    titles = ("Repère", "Nombre", "Qualité", "Ce que cela dit")
    rows = ((f.label, f.number.text, f.number.quality, f.detail) for f in portrait.key_figures)
    return Table(
        "reperes",
        "Les repères",
        tuple(Column(title) for title in titles),
        tuple(tuple(Cell(text, strong=i == 1) for i, text in enumerate(row)) for row in rows),
    )


def _detail(portrait: Portrait) -> Iterator[Block]:
    if portrait.foreword is not None:
        yield from _comment(portrait.foreword)
    for section in portrait.sections:
        yield from _section(section, 1)


def _section(section: Section, level: int) -> Iterator[Block]:
    yield Heading(min(level, DEEPEST), section.title, section.id)
    if section.lead.text:
        yield Line("lead", section.lead.text)
    if section.comment is not None:
        yield from _comment(section.comment)
    for text in section.paragraphs:
        yield Line("body", text)
    for figure in section.figures:
        yield Line("caption", figure.title)
        yield Picture(figure)
    for table in section.tables:
        yield from _grid(table)
    for note in section.notes:
        yield Line("note", note)
    for part in section.parts:
        yield from _section(part, level + 1)


def _comment(comment: Comment) -> Iterator[Block]:
    for text in comment.paragraphs:
        yield Line("comment", text)
    yield Line("signed", f"Texte du territoire, {long_date(comment.day)}")


def _grid(table: Table) -> Iterator[Block]:
    yield Line("caption", table.caption)
    yield Grid(table)
    if table.note:
        yield Line("note", table.note)


def _legend(portrait: Portrait) -> Iterator[Block]:
    if portrait.quality_legend:
        yield Heading(1, "Lire les lettres de qualité", "lettres-de-qualite")
        pairs = portrait.quality_legend
        yield Bullets(tuple((Run(mark(f"{letter} : {meaning}")),) for letter, meaning in pairs))


def _sources(portrait: Portrait) -> Iterator[Block]:
    if portrait.sources:
        yield Heading(1, "Références des sources", "references")
        yield Bullets(tuple(_source(source) for source in portrait.sources))


def _source(source: Source) -> tuple[Run, ...]:
    first = mark(f"{source.citation()}. Licence : {source.licence}.")
    loaded = f" Chargé le {long_date(source.retrieved)}." if source.retrieved else ""
    doubt = "" if source.verified else " Adresse ou format non vérifié."
    if source.page is None:
        return (Run(first + loaded + doubt),)
    before = Run(first + mark(" Page : "))
    return before, Run(source.page, source.page), Run("." + loaded + doubt)
