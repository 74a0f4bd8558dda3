"""Demands left without an answer, as they may be shown: by need and area, by reason, by month.

What is hidden is chosen over all of France and the whole year at once, so that two pages laid side
by side tell no more than one. Reasons, procedures and months are counted by EPCI only; wider
territories add up what their EPCI show, which tells nothing new.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Max, Min, Sum
from django.utils import timezone

from portrea.base.errors import ParameterError
from portrea.offer.orientation.procedures import procedures
from portrea.offer.orientation.unmet import reasons, withheld
from portrea.offer.record import Block
from portrea.territory import Level
from portrea.web.accounts.scope import FRANCE, find, key_of, name_of
from portrea.web.journeys.models import UnmetDemand

if TYPE_CHECKING:
    from typing import Any

    from portrea.web.accounts.scope import Key

BELOW = {
    Level.FRANCE: Level.REGION,
    Level.REGION: Level.DEPARTEMENT,
    Level.DEPARTEMENT: Level.EPCI,
    Level.EPCI: Level.COMMUNE,
}
MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
          "octobre", "novembre", "décembre")  # fmt: skip
Cell = tuple[str, ...]
"""An area, as the path of its codes from France; then an axis and its value when it is a part."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: counts by need, in the order of :class:`Block`; ``None`` is hidden.

    ``least`` tells that what is hidden below is not counted in.
    """

    label: str
    counts: tuple[int | None, ...]
    least: bool = False
    key: str = ""

    @property
    def cells(self) -> list[tuple[str, int | None]]:
        """Return each need and its count."""
        return [(need.label, count) for need, count in zip(Block, self.counts, strict=True)]


@dataclass(frozen=True, slots=True)
class Demands:
    """What is shown of a territory and a year."""

    territory: str
    name: str
    year: int
    total: Line
    areas: tuple[Line, ...]
    reasons: tuple[Line, ...]
    procedures: tuple[Line, ...]
    months: tuple[Line, ...]
    hidden: bool

    @property
    def empty(self) -> bool:
        """Whether nothing was told at all."""
        return all(count == 0 for count in self.total.counts)


def years() -> tuple[int, ...]:
    """Return the years counted, the newest first; this one always."""
    told = UnmetDemand.objects.aggregate(first=Min("month"), last=Max("month"))
    today = timezone.localdate().year
    first = told["first"].year if told["first"] else today
    return tuple(range(max(today, told["last"].year if told["last"] else today), first - 1, -1))


def unmet_demands(territory: Any, year: int) -> Demands:
    """Return the demands left without an answer in a territory, small counts hidden.

    Parameters
    ----------
    territory
        A commune, an EPCI, a département, a région or France, as permissions name them.
    year
        Calendar year.

    Raises
    ------
    ParameterError
        A level that is not counted.
    """
    key = key_of(territory)
    level = Level(key[0])
    if level not in BELOW and level is not Level.COMMUNE:
        raise ParameterError(
            "Les demandes sans réponse ne sont pas comptées à ce niveau.",
            remedy="Demandez une commune, un EPCI, un département ou une région.",
        )
    books = [_book(year, str(need)) for need in Block]
    shown = [book.of(key) for book in books]
    areas = _areas(books, key)
    return Demands(
        territory=f"{key[0]}:{key[1]}",
        name=name_of(key),
        year=year,
        total=Line(name_of(key), tuple(shown)),
        areas=areas,
        reasons=_axis(books, key, "reason", {code: one.label for code, one in reasons().items()}),
        procedures=_axis(
            books, key, "procedure",
            {"": "Aucune en particulier", **{c: one.label for c, one in procedures().items()}},
        ),
        months=_axis(books, key, "month", {f"{n + 1:02d}": name for n, name in enumerate(MONTHS)}),
        hidden=None in shown or any(None in line.counts for line in areas),
    )  # fmt: skip


# -- one need, all of France ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Book:
    """Every cell of a need in a year, and those that are hidden."""

    counts: dict[Cell, int]
    hidden: frozenset[Cell]
    paths: dict[Key, tuple[Cell, ...]]
    """Where an area is in the tree: an EPCI across two départements is in each, by parts."""

    def of(self, key: Key) -> int | None:
        """Return the count of an area, ``None`` when it is hidden."""
        told = [self.cell(path) for path in self.paths.get(key, ())]
        return None if None in told else sum(count or 0 for count in told)

    def cell(self, cell: Cell) -> int | None:
        """Return a count, ``None`` when it is hidden."""
        return None if cell in self.hidden else self.counts.get(cell, 0)

    def epci_under(self, key: Key) -> list[Cell]:
        """Return the EPCI of an area, itself when it is one."""
        tops = self.paths.get(key, ())
        return [
            path
            for (level, _code), every in self.paths.items()
            if level == Level.EPCI
            for path in every
            if any(path[: len(top)] == top for top in tops)
        ]


def _part(book: Book, under: list[Cell], told: tuple[str, str]) -> int | None:
    """Return a part summed over the EPCI that show theirs, ``None`` when none of them does."""
    found = [book.cell((*path, *told)) for path in under if (*path, *told) in book.counts]
    shown = [count for count in found if count is not None]
    return sum(shown) if shown or not found else None


def _book(year: int, need: str) -> Book:
    rows = (
        UnmetDemand.objects.filter(month__year=year, need=need)
        .values("commune", "reason", "procedure", "month")
        .annotate(n=Sum("count"))
        .order_by("commune", "reason", "procedure", "month")
    )
    counts: dict[Cell, int] = defaultdict(int)
    paths: dict[Key, dict[Cell, None]] = defaultdict(dict)
    known: dict[str, tuple[tuple[Key, Cell], ...]] = {}
    for row in rows:
        if row["commune"] not in known:
            known[row["commune"]] = _lineage(row["commune"])
        for key, path in known[row["commune"]]:
            counts[path] += row["n"]
            paths[key][path] = None
            if key[0] == Level.EPCI:
                told = {"reason": row["reason"], "procedure": row["procedure"],
                        "month": f"{row['month']:%m}"}  # fmt: skip
                for axis, value in told.items():
                    counts[*path, axis, value] += row["n"]
    hidden = withheld(counts, _sums(counts))
    return Book(dict(counts), hidden, {key: tuple(found) for key, found in paths.items()})


def _lineage(commune: str) -> tuple[tuple[Key, Cell], ...]:
    """Return a commune and what it lies in, each with its path from France."""
    here = find(("commune", commune))
    found: list[tuple[Key, Cell]] = []
    path: Cell = ()
    for level in (Level.FRANCE, Level.REGION, Level.DEPARTEMENT, Level.EPCI, Level.COMMUNE):
        code = commune if level is Level.COMMUNE else here.parent_code(level) or "-"
        code = FRANCE[1] if level is Level.FRANCE else code
        path = (*path, code)
        found.append(((level.value, code), path))
    return tuple(found)


EPCI_DEPTH = 4
PART_DEPTH = EPCI_DEPTH + 2


def _sums(counts: dict[Cell, int]) -> list[tuple[Cell, list[Cell]]]:
    """Return what anybody can add up, the widest first: areas in areas, each axis of an EPCI."""
    parts: dict[tuple[Cell, str], list[Cell]] = defaultdict(list)
    for cell in counts:
        if len(cell) == PART_DEPTH:
            parts[cell[:EPCI_DEPTH], cell[EPCI_DEPTH]].append(cell)
        elif len(cell) > 1:
            parts[cell[:-1], ""].append(cell)
    ordered = sorted(parts.items(), key=lambda item: (len(item[0][0]), item[0]))
    return [(total, found) for (total, _axis_), found in ordered]


# -- tables ---------------------------------------------------------------------------------------


def _areas(books: list[Book], key: Key) -> tuple[Line, ...]:
    """Return the areas of a territory where something was told, by name."""
    below = BELOW.get(Level(key[0]))
    if below is None:
        return ()
    found: dict[Cell, None] = {}
    for book in books:
        for path in book.paths.get(key, ()):
            inside = [p for (level, _), every in book.paths.items() if level == below
                      for p in every if p[: len(path)] == path]  # fmt: skip
            found |= dict.fromkeys(inside)
    lines = [
        Line(
            name_of((below.value, path[-1])) if path[-1] != "-" else "Sans intercommunalité connue",
            tuple(book.cell(path) for book in books),
            key=f"{below.value}:{path[-1]}" if path[-1] != "-" else "",
        )
        for path in found
    ]
    return tuple(sorted(lines, key=lambda line: line.label))


def _axis(books: list[Book], key: Key, axis: str, labels: dict[str, str]) -> tuple[Line, ...]:
    """Return a territory by reason, procedure or month; nothing for a commune."""
    if key[0] == Level.COMMUNE:
        return ()
    under = [(book, book.epci_under(key)) for book in books]
    lines = [
        Line(
            label,
            tuple(_part(book, paths, (axis, value)) for book, paths in under),
            least=key[0] != Level.EPCI,
        )
        for value, label in labels.items()
    ]
    return tuple(line for line in lines if any(count != 0 for count in line.counts))
