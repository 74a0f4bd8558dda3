"""Try a draft: the form gone through with what is typed, on one page, and nothing kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portrea.surveys.filling import Entry, Filled, fill, path_of
from portrea.surveys.form import Group, Kind, said
from portrea.web.surveys.answering.fields import PREFIX, Field, Shown, field_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.http import QueryDict

    from portrea.surveys.form import Form

MORE, MOST_ROWS = "plus", 20


@dataclass(frozen=True, slots=True)
class Shape:
    """A line of the trial: a question, or the title of a section (``more`` adds a row to it)."""

    field: Field | None = None
    title: str = ""
    more: str = ""


def tried(form: Form, data: QueryDict, *, now: datetime, language: str) -> Filled:
    """Return the form filled with what the page sent; a repeat has one row at first."""
    return fill(form, dict(_level(form.items, data, ())), now=now, language=language)


def _level(items: Any, data: QueryDict, inside: tuple[tuple[str, int], ...]) -> Iterator[Any]:
    for item in items:
        path = path_of(item.name, inside)
        if isinstance(item, Group):
            if not item.repeats:
                yield from _level(item.items, data, inside)
                continue
            rows = _rows(data, path)
            yield (
                item.name,
                [dict(_level(item.items, data, (*inside, (item.name, at)))) for at in range(rows)],
            )
        elif item.kind is Kind.RANK:
            yield item.name, _ranked(data, f"{PREFIX}{path}.")
        elif f"{PREFIX}{path}" in data:
            yield item.name, " ".join(data.getlist(f"{PREFIX}{path}"))


def _ranked(data: QueryDict, prefix: str) -> str:
    """Return the choices in the order of the places given to them."""
    given = {name.removeprefix(prefix): data[name] for name in data if name.startswith(prefix)}
    placed = {choice: int(place) for choice, place in given.items() if place.isdecimal()}
    return " ".join(sorted(placed, key=lambda choice: placed[choice]))


def _rows(data: QueryDict, path: str) -> int:
    told = data.get(f"rangs.{path}", "1")
    rows = int(told) if told.isascii() and told.isdecimal() and len(told) < 4 else 1
    return min(MOST_ROWS, rows + (data.get(MORE) == path))


def shapes(filled: Filled, language: str, *, faults: bool) -> list[Shape]:
    """Return what the page shows; faults only once something was sent."""
    shown = Shown(language=language, faults=filled.faults if faults else {})
    return list(_shapes(filled.entries, shown, language))


def _shapes(entries: tuple[Entry, ...], shown: Shown, language: str) -> Iterator[Shape]:
    heads: set[tuple[tuple[str, int], ...]] = set()
    for entry in entries:
        if isinstance(entry.item, Group):
            title = said(entry.item.label, language) or entry.item.name
            more = entry.path if entry.item.repeats and not entry.item.count else ""
            yield Shape(title=title, more=more)
            continue
        if entry.inside and entry.inside not in heads:
            heads.add(entry.inside)
            yield Shape(title=f"{entry.inside[-1][1] + 1}.")
        yield Shape(field=field_of(entry, shown))


def counted(filled: Filled) -> list[tuple[str, int]]:
    """Return how many rows each repeat shows, to be sent again with the page."""
    return [
        (one.path, one.rows)
        for one in filled.entries
        if isinstance(one.item, Group) and one.item.repeats
    ]


def files_asked(filled: Filled) -> bool:
    """Return whether a file is asked: a trial takes none."""
    return any(
        not isinstance(one.item, Group) and Kind(one.item.kind).is_a_file for one in filled.entries
    )
