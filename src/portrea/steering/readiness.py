"""What is ready in a complete portrait, what is missing, what to read again before it is public."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from portrea.steering.complete import FOREWORD, chapters
from portrea.steering.display import parameters
from portrea.steering.editions import action_tables
from portrea.steering.wording import counted, enumeration, long_date, mark
from portrea.surveys.privacy import findings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.steering.complete import Chapter
    from portrea.steering.document import Cell, Portrait, Section, Table


class Gravity(StrEnum):
    """How much a remark weighs: to be read again before publishing, or good to know."""

    READ_AGAIN = "relire"
    KNOW = "savoir"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know before publishing; ``section`` is where, empty for the whole."""

    gravity: Gravity
    text: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the portrait as it stands; ``section`` is ``None`` when nothing is told yet."""

    chapter: Chapter
    section: Section | None

    @property
    def ready(self) -> bool:
        """Whether something is told there."""
        return self.section is not None

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many sections, tables and texts of people it holds."""
        if self.section is None:
            return 0, 0, 0
        walked = [*self.section.walk()]
        tables = sum(len(one.tables) for one in walked)
        return len(self.section.parts), tables, sum(one.comment is not None for one in walked)


def parts_of(portrait: Portrait) -> tuple[Part, ...]:
    """Return the ten parts of a complete portrait, told or not."""
    return tuple(Part(chapter, portrait.section(chapter.anchor)) for chapter in chapters())


def remarks_on(portrait: Portrait, *, today: date) -> tuple[Remark, ...]:
    """Return what to know before a portrait is published, what must be read again first."""
    found = (*_named(portrait), *_empty(portrait), *_old(portrait, today), *_actions(portrait))
    more = (
        () if portrait.foreword else (Remark(Gravity.KNOW, "L’avant-propos est vide.", FOREWORD),)
    )
    return (*found, *more)


def _named(portrait: Portrait) -> Iterator[Remark]:
    """Yield what the texts of people tell of somebody."""
    written = [(one.id, one.title, one.comment) for one in portrait.walk() if one.comment]
    if portrait.foreword:
        written.insert(0, (FOREWORD, "Avant-propos", portrait.foreword))
    for name, title, comment in written:
        text = "\n".join(comment.paragraphs)
        marks = [one for one in findings(text) if one.identifies]
        if marks:
            shown = enumeration([f"« {text[one.start : one.end]} » ({one.label})" for one in marks])
            yield Remark(Gravity.READ_AGAIN, mark(f"{title} : {shown}"), name)


def _empty(portrait: Portrait) -> Iterator[Remark]:
    missing = [part.chapter.title for part in parts_of(portrait) if not part.ready]
    if missing:
        said = counted(str(len(missing)), len(missing), "partie est vide", "parties sont vides")
        yield Remark(Gravity.KNOW, mark(f"{said} : {enumeration(missing)}."))


def _old(portrait: Portrait, today: date) -> Iterator[Remark]:
    limit = today - timedelta(days=parameters("editions")["old_days"])
    if portrait.computed_on and date.fromisoformat(portrait.computed_on) < limit:
        day = long_date(portrait.computed_on)
        yield Remark(Gravity.KNOW, f"Le calcul date du {day}.")
    old = [
        s.title for s in portrait.sources if s.retrieved and s.retrieved[:10] < limit.isoformat()
    ]
    if old:
        said = enumeration(list(dict.fromkeys(old)))
        yield Remark(Gravity.KNOW, mark(f"Chargé il y a plus d’un an : {said}."))


def _actions(portrait: Portrait) -> Iterator[Remark]:
    tables = action_tables(portrait)
    if not any(table.rows for table in tables):
        yield Remark(Gravity.KNOW, "Aucune action n’est proposée.")
    alone = [row[0].text for table in tables for row in table.rows if _nobody(table, row)]
    if alone:
        names = enumeration([f"« {name} »" for name in dict.fromkeys(alone)])
        yield Remark(Gravity.KNOW, mark(f"Personne n’est désigné pour : {names}."))


def _nobody(table: Table, row: tuple[Cell, ...]) -> bool:
    rule = parameters("editions")["actions"]
    owners = [
        cell.text.casefold()
        for column, cell in zip(table.columns, row, strict=True)
        if column.title.casefold().startswith(rule["owner_column"])
    ]
    return bool(owners) and all(owner in rule["nobody"] for owner in owners)
