"""A questionnaire: questions, groups, repeats and lists of choices, whatever wrote it.

A form is plain data. XLSForm is read and written by ``surveys.xlsform``; ``surveys.filling``
says, for answers, what is shown, what is wrong and what is calculated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Texts: TypeAlias = Mapping[str, str]
"""Language → text; the language without a name is ``""``."""


class Kind(StrEnum):
    """The kind of a question, as XLSForm names it."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    RANGE = "range"
    DATE = "date"
    TIME = "time"
    MOMENT = "dateTime"
    ONE = "select_one"
    SEVERAL = "select_multiple"
    RANK = "rank"
    ACKNOWLEDGE = "acknowledge"
    POINT = "geopoint"
    LINE = "geotrace"
    SHAPE = "geoshape"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"
    BARCODE = "barcode"
    NOTE = "note"
    CALCULATE = "calculate"
    HIDDEN = "hidden"
    START = "start"
    END = "end"
    TODAY = "today"

    @property
    def chooses(self) -> bool:
        """Whether the answer is taken from a list."""
        return self in {Kind.ONE, Kind.SEVERAL, Kind.RANK}

    @property
    def asks(self) -> bool:
        """Whether somebody answers it: not a calculation, not a date that is noted alone."""
        silent = {Kind.CALCULATE, Kind.HIDDEN, Kind.START, Kind.END, Kind.TODAY}
        return self not in silent

    @property
    def is_a_file(self) -> bool:
        """Whether the answer is a file."""
        return self in {Kind.IMAGE, Kind.AUDIO, Kind.VIDEO, Kind.FILE}


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a list; ``columns`` are read by filters."""

    name: str
    label: Texts = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question. Expressions are kept as they were written (empty: none)."""

    name: str
    kind: Kind
    label: Texts = field(default_factory=dict)
    hint: Texts = field(default_factory=dict)
    guidance: Texts = field(default_factory=dict)
    required: str = ""
    required_message: Texts = field(default_factory=dict)
    relevant: str = ""
    constraint: str = ""
    constraint_message: Texts = field(default_factory=dict)
    calculation: str = ""
    choices: str = ""
    choice_filter: str = ""
    default: str = ""
    appearance: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    read_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Questions that stand together; a repeat when they are asked for each of several rows."""

    name: str
    items: tuple[Item, ...]
    label: Texts = field(default_factory=dict)
    relevant: str = ""
    appearance: str = ""
    repeats: bool = False
    count: str = ""


Item: TypeAlias = Question | Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A questionnaire of a given version. Names are unique in the whole form."""

    name: str
    version: str
    title: str
    languages: tuple[str, ...]
    items: tuple[Item, ...]
    lists: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    instance_name: str = ""

    def every(self) -> Iterator[Item]:
        """Yield every item, groups before what they hold."""
        yield from _deep(self.items)

    def questions(self) -> Iterator[Question]:
        """Yield every question, in the order they are asked."""
        return (item for item in self.every() if isinstance(item, Question))

    def item(self, name: str) -> Item:
        """Return the item of that name (``KeyError`` when there is none)."""
        for found in self.every():
            if found.name == name:
                return found
        raise KeyError(name)

    def choice_label(self, question: str, choice: str, language: str) -> str:
        """Return the label of a choice of a question, empty when it is not one of its list."""
        asked = self.item(question)
        listed = self.lists.get(asked.choices, ()) if isinstance(asked, Question) else ()
        return next((said(one.label, language) for one in listed if one.name == choice), "")


def said(texts: Texts, language: str) -> str:
    """Return a text in a language, else in the first one it was written in, else nothing."""
    return texts.get(language) or next((text for text in texts.values() if text), "")


def _deep(items: tuple[Item, ...]) -> Iterator[Item]:
    for item in items:
        yield item
        if isinstance(item, Group):
            yield from _deep(item.items)
