"""A form gone through with its answers, cut in pages: one question each, the notes with it.

A group « field-list » is one page; a repeat is a page that lists its rows. Files are asked with
the last page, because nothing is kept before: a browser cannot carry a file from page to page.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from portrea.surveys.filling import Entry, path_of
from portrea.surveys.form import Group, Item, Kind, Question, said
from portrea.web.surveys.versions import form_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from portrea.surveys.filling import Filled

TOGETHER = "field-list"
KEPT = 64


@dataclass(frozen=True, slots=True)
class Page:
    """What is shown at once: notes and questions, or the rows of a repeat (``rows`` is set)."""

    key: str
    entries: tuple[Entry, ...]
    inside: tuple[tuple[str, int], ...] = ()
    rows: Entry | None = None

    @property
    def questions(self) -> tuple[Entry, ...]:
        """What is asked on the page: neither notes nor what is calculated."""
        return tuple(entry for entry in self.entries if is_asked(entry.item))


@dataclass(frozen=True, slots=True)
class Place:
    """An item and the groups it stands in, outermost first, repeats among them."""

    item: Item
    groups: tuple[Group, ...]

    @property
    def together(self) -> str:
        """The name of the group that is asked on one page, empty when there is none."""
        found = (one.name for one in self.groups if TOGETHER in one.appearance.split())
        return next(found, "")

    def section(self, language: str) -> str:
        """Return the title of the nearest group that has one."""
        titles = (said(one.label, language) for one in reversed(self.groups))
        return next((title for title in titles if title), "")


@lru_cache(maxsize=KEPT)
def places_of(version: int) -> Mapping[str, Place]:
    """Return where each item of a version stands, by name."""
    return placed(form_of(version).items)


def placed(items: Sequence[Item]) -> dict[str, Place]:
    """Return where each item stands, by name."""
    return {place.item.name: place for place in _places(items, ())}


def _places(items: Sequence[Item], groups: tuple[Group, ...]) -> Iterator[Place]:
    for item in items:
        yield Place(item, groups)
        if isinstance(item, Group):
            yield from _places(item.items, (*groups, item))


def pages_of(filled: Filled, places: Mapping[str, Place]) -> list[Page]:
    """Return the pages of what is shown for some answers, in order."""
    pages: list[Page] = []
    notes: list[Entry] = []
    for entry in filled.entries:
        if isinstance(entry.item, Group):
            if entry.item.repeats and not entry.item.count:
                pages.append(Page(entry.path, tuple(notes), entry.inside, entry))
                notes = []
        elif entry.item.kind is Kind.NOTE:
            notes.append(entry)
        elif not entry.item.kind.is_a_file:
            _add(pages, [*notes, entry], places)
            notes = []
    if notes:
        pages.append(Page(notes[0].path, tuple(notes), notes[0].inside))
    return pages


def _add(pages: list[Page], entries: list[Entry], places: Mapping[str, Place]) -> None:
    """Add a question: to the page before when both stand in the same group asked whole."""
    asked = entries[-1]
    group = places[asked.item.name].together
    if pages and group and pages[-1].rows is None and pages[-1].inside == asked.inside:
        before = pages[-1].entries[-1].item.name
        if places[before].together == group:
            pages[-1] = Page(pages[-1].key, (*pages[-1].entries, *entries), asked.inside)
            return
    pages.append(Page(asked.path, tuple(entries), asked.inside))


def page_at(pages: Sequence[Page], key: str) -> Page | None:
    """Return the page of a key, or the one that holds that question."""
    for page in pages:
        if page.key == key:
            return page
    return next((page for page in pages for one in page.entries if one.path == key), None)


def after(pages: Sequence[Page], key: str) -> Page | None:
    """Return the page that « Continuer » leads to, ``None`` after the last one.

    From the page of a repeat, what follows its rows; from the end of a row, that page again.
    """
    here = page_at(pages, key)
    if here is None:
        return pages[0] if pages and not key else None
    rest = pages[pages.index(here) + 1 :]
    if here.rows is not None:
        depth = len(here.inside)
        name = here.rows.item.name
        return next((page for page in rest if not _within(page, depth, name)), None)
    found = rest[0] if rest else None
    if found is not None and found.inside[: len(here.inside)] == here.inside:
        return found
    return _listing(pages, here) or found


def before(pages: Sequence[Page], key: str) -> Page | None:
    """Return the page that « Revenir » leads to, ``None`` before the first one."""
    here = page_at(pages, key)
    if here is None:
        return pages[-1] if pages else None
    for page in reversed(pages[: pages.index(here)]):
        if page.inside == here.inside[: len(page.inside)]:
            return page
    return None


def _within(page: Page, depth: int, name: str) -> bool:
    return len(page.inside) > depth and page.inside[depth][0] == name


def _listing(pages: Sequence[Page], here: Page) -> Page | None:
    """Return the page that lists the rows among which a page stands."""
    for depth in range(len(here.inside) - 1, -1, -1):
        key = path_of(here.inside[depth][0], here.inside[:depth])
        found = next((page for page in pages if page.rows is not None and page.key == key), None)
        if found is not None:
            return found
    return None


def progress(pages: Sequence[Page], key: str) -> tuple[int, int]:
    """Return (rank, number) of a page among those outside any row."""
    here = page_at(pages, key)
    outer = [page for page in pages if not page.inside]
    at = pages.index(here) if here is not None else len(pages)
    rank = sum(1 for page in pages[: at + 1] if not page.inside)
    return max(1, min(rank, len(outer))), len(outer)


def is_asked(item: Item) -> bool:
    """Whether somebody answers it here: not a note, not what is calculated for her to read."""
    silent = not isinstance(item, Question) or item.read_only or not item.kind.asks
    return not silent and item.kind is not Kind.NOTE  # type: ignore[union-attr]  # a question


def is_open_text(question: Question) -> bool:
    """Whether a question is answered in one's own words: its writer is warned."""
    return question.kind is Kind.TEXT and "numbers" not in question.appearance.split()
