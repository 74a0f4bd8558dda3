"""The shape of a portrait: every text, number, table and figure shown, already composed.

The site and the PDF render this object and compute nothing, so that both say the same numbers.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from portrea.base.records import built

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Number:
    """A number as shown.

    ``text`` is ready to print (French spaces, interval, unit); ``value``, ``low`` and ``high`` are
    rounded likewise and ``None`` when nothing may be shown; ``quality`` is A, B, C, D, N or empty.
    """

    text: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    quality: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A plain French sentence and the numbers it says, in order."""

    text: str
    numbers: tuple[Number, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One number of the summary: a label, the number, a short explanation."""

    id: str
    label: str
    number: Number
    detail: str


@dataclass(frozen=True, slots=True)
class Column:
    """A table column; ``numeric`` columns are aligned on the right."""

    title: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One table cell: its text, its value rounded alike, the ``level:code`` it links to."""

    text: str
    value: float | None = None
    territory: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first column holds the row headers; ``caption`` says what it shows."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing in SVG; ``table`` is the identifier of the table that says the same thing.

    ``svg`` is self-contained, carries ``role="img"``, a ``title`` and a ``desc``, and no script.
    """

    id: str
    title: str
    description: str
    svg: str
    table: str


@dataclass(frozen=True, slots=True)
class Comment:
    """What a person of the territory wrote beside the figures, and when (ISO date)."""

    paragraphs: tuple[str, ...]
    day: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the portrait: one idea first (``lead``), then its proof.

    ``parts`` are sections inside it, each with its own title, two levels deep at most.
    """

    id: str
    title: str
    lead: Sentence
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    notes: tuple[str, ...] = ()
    parts: tuple[Section, ...] = ()
    comment: Comment | None = None

    def walk(self) -> Iterator[Section]:
        """Yield the section, then every section inside it, in reading order."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset used by the computation, as cited; ``page`` is its public page or ``None``.

    ``about`` says what it tells: the needs (``besoins``), the places (``lieux``), or nothing.
    """

    id: str
    producer: str
    title: str
    vintage: str
    licence: str
    page: str | None
    retrieved: str | None
    verified: bool
    note: str = ""
    about: str = ""

    def citation(self) -> str:
        """Return producer, title and vintage on one line."""
        return f"{self.producer}, {self.title}, {self.vintage}"


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something the portrait does not know: what, why, and the command that would load it."""

    what: str
    why: str
    command: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: what comes before the name of a territory, the words above it, its file.

    ``front`` names the figures shown on its second page.
    """

    before: str
    above: str
    file: str
    front: tuple[str, ...]


PORTRAIT = Kind(
    "Portrait",
    "Portrait de territoire · accès aux droits et numérique",
    "portrait",
    ("fig-comparaison", "fig-zones"),
)
PACK = Kind(
    "Dossier du comité de pilotage",
    "Dossier du comité de pilotage · accès aux droits et numérique",
    "dossier",
    ("fig-comparaison", "carte-priorites"),
)
COMPLETE = Kind(
    "Portrait complet",
    "Portrait complet du territoire · accès aux droits et numérique",
    "portrait-complet",
    ("fig-comparaison", "fig-zones"),
)


@dataclass(frozen=True, slots=True)
class Portrait:
    """The portrait of a territory. ``territory`` is ``level:code``, or a list joined by commas.

    ``of_name`` is the name with its preposition, for a document title: « Portrait d’Iffendic ».
    ``parameters`` is the hash of every choice of the computation, empty when it is not known.
    """

    territory: str
    title: str
    of_name: str
    subtitle: str
    headline: Sentence
    summary: tuple[Sentence, ...]
    key_figures: tuple[KeyFigure, ...]
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    unknowns: tuple[Unknown, ...]
    computation_id: str
    computed_on: str
    quality_legend: tuple[tuple[str, str], ...] = field(default=())
    kind: Kind = PORTRAIT
    foreword: Comment | None = None
    parameters: str = ""

    @property
    def full_title(self) -> str:
        """Title of the document: « Portrait d’Iffendic »."""
        return f"{self.kind.before} {self.of_name}"

    def section(self, section_id: str) -> Section | None:
        """Return a section by identifier."""
        return next((s for s in self.sections if s.id == section_id), None)

    def tables(self) -> Iterator[Table]:
        """Yield every table, in reading order."""
        for section in self.walk():
            yield from section.tables

    def figures(self) -> Iterator[Figure]:
        """Yield every figure, in reading order."""
        for section in self.walk():
            yield from section.figures

    def walk(self) -> Iterator[Section]:
        """Yield every section and every part, in reading order."""
        for section in self.sections:
            yield from section.walk()

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON-ready values (figures included)."""
        return asdict(self)

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> Portrait:
        """Read again what :meth:`to_dict` gave, even long ago.

        Raises
        ------
        DataError
            Something that every portrait tells is missing.
        """
        return built(cls, told)
