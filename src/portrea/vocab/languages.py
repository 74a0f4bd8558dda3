"""French sentences of the code → the same in the language of the reader, and whether it was read.

A translation is an entry of ``locale/<language>.po``: one file a language, for pages and for the
sentences composed here. As everywhere in gettext, ``fuzzy`` means « to be read by a person »:
such an entry is said all the same, and can be told apart by two marks around it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from babel.messages.catalog import Catalog

LANGUAGES = {"fr": "Français", "en": "English", "es": "Español", "ar": "العربية"}
"""Each written in itself, in the order shown; the first one is the language of the code."""
SOURCE = "fr"
RIGHT_TO_LEFT = frozenset({"ar"})
SIMPLE = "simple"
"""The catalogue of shorter French texts, in easier words; only those that have one are in it."""
START, END = "\ue000", "\ue001"
"""Around a text nobody whose language it is has read: private signs, never sent to a reader."""
_MARKS = re.compile(f"[{START}{END}]")
_LOCALES = {"en": "en_GB"}
"""Whose way of writing dates: English is read in Europe here."""


@dataclass(frozen=True, slots=True)
class Text:
    """A translation, and whether a person has read it."""

    said: str
    read: bool


@cache
def catalogue(language: str) -> Catalog:
    """Return the translations of a language, as they are written."""
    from babel.messages.pofile import read_po

    path = files("portrea.vocab").joinpath(f"locale/{language}.po")
    with path.open("rb") as file:
        return read_po(file, locale=_locale(language), abort_invalid=True)


def _locale(language: str) -> str:
    return SOURCE if language == SIMPLE else _LOCALES.get(language, language)


@cache
def _texts(language: str) -> Mapping[str, Text]:
    return {
        message.id: Text(message.string, read=not message.fuzzy)
        for message in catalogue(language)
        if isinstance(message.id, str) and message.id and isinstance(message.string, str)
        if message.string
    }


def without_marks(text: str) -> str:
    """Return a text as it is sent where nothing can be marked: a message, a calendar, a title."""
    return _MARKS.sub("", text)


def capital(text: str) -> str:
    """Return a sentence with a capital, were its beginning marked."""
    bare = text.lstrip(START)
    return text[: len(text) - len(bare)] + bare[:1].upper() + bare[1:]


@dataclass(frozen=True, slots=True)
class Words:
    """How things are said in a language.

    ``marked`` puts :data:`START` and :data:`END` around what nobody has read yet.
    """

    language: str = SOURCE
    marked: bool = False
    _known: Mapping[str, Text] = field(default_factory=dict, repr=False, compare=False)

    @property
    def french(self) -> bool:
        """Whether nothing is to be translated."""
        return self.language == SOURCE

    def say(self, text: str, /, **told: object) -> str:
        """Return a French pattern in the language, its ``{names}`` replaced; French if unknown."""
        found = self._known.get(text)
        if found is None:
            return text.format(**told) if told else text
        said = found.said.format(**told) if told else found.said
        return said if found.read or not self.marked else f"{START}{said}{END}"

    @property
    def locale(self) -> str:
        """Whose dates and numbers are written."""
        return _locale(self.language)

    def weekday(self, number: int) -> str:
        """Return the name of a day, Monday being 0, in another language than French."""
        from babel.dates import get_day_names

        return str(get_day_names("wide", locale=self.locale)[number])

    def month_name(self, number: int) -> str:
        """Return the name of a month, January being 1, in another language than French."""
        from babel.dates import get_month_names

        return str(get_month_names("wide", "stand-alone", locale=self.locale)[number])

    def day_and_month(self, day: date, *, year: bool = False) -> str:
        """Return a day and its month, in another language than French."""
        if year:
            return self._date(day, "long")
        return self._date(day, "d 'de' MMMM" if self.language == "es" else "d MMMM")

    def month(self, day: date) -> str:
        """Return a month and its year, in another language than French."""
        return self._date(day, "MMMM 'de' y" if self.language == "es" else "MMMM y")

    def _date(self, day: date, form: str) -> str:
        from babel.dates import format_date

        return str(format_date(day, form, locale=self.locale))

    def minutes(self, count: int) -> str:
        """Return a length of time, in another language than French."""
        from babel.units import format_unit

        hours, rest = divmod(count, 60)
        parts = [(hours, "hour"), (rest, "minute")]
        return self.listed(
            [format_unit(n, f"duration-{unit}", locale=self.locale) for n, unit in parts if n]
        )

    def listed(self, parts: Sequence[str]) -> str:
        """Return « a, b and c », in another language than French."""
        from babel.lists import format_list

        return str(format_list(list(parts), locale=self.locale))


FRENCH = Words()


@cache
def words_in(language: str, *, marked: bool = False) -> Words:
    """Return how things are said in one of :data:`LANGUAGES`, or in :data:`SIMPLE` French."""
    if language == SIMPLE:
        return Words(SOURCE, _known=_texts(SIMPLE))
    return FRENCH if language == SOURCE else Words(language, marked, _texts(language))
