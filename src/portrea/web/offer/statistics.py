"""The offer of a territory in figures: who helps, how, at what price, when, known since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import numpy as np
from django.utils.translation import gettext as _

from portrea.offer.searching.index import FRESHNESS, TIERS
from portrea.web.offer.filters import MISSING, SITUATIONS, label_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.web.offer.selectors import Search

LACK = "manque"
MOST_LINES = 15
MOST_KINDS = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what is counted, how many places, their share, the list that shows them."""

    label: str
    count: int
    share: float
    query: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """A table of counts. ``untold``: places that say nothing of it (« non renseigné »)."""

    id: str
    title: str
    lines: tuple[Line, ...]
    untold: Line | None
    several: bool = True


@dataclass(frozen=True, slots=True)
class KindLine:
    """What the places of one type do."""

    label: str
    count: int
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Portrait:
    """Every figure of the page."""

    total: int
    tables: tuple[Counted, ...]
    kinds: tuple[KindLine, ...]
    columns: tuple[str, ...]
    missing: Counted
    complete: float
    """Mean share of what a useful sheet tells, in [0, 1]."""


SECTIONS = (
    ("type", "Qui ils sont"),
    ("situation", "Ce qu’ils proposent"),
    ("theme", "Sur quels sujets"),
    ("format", "Formats d’accompagnement et de formation"),
    ("public", "Publics accueillis en priorité"),
    ("langue", "Langues"),
    ("cout", "Coût"),
    ("presence", "Aller vers : formes de présence"),
    ("acces", "Comment y accéder"),
    ("dispositif", "Dispositifs et réseaux"),
    ("liste", "D’où viennent les fiches"),
)
UNLINKED = {"format", "liste"}


def portrait(search: Search) -> Portrait:
    """Return the figures of the places found."""
    index, rows = search.index, search.found.rows
    scope = np.zeros(index.size, dtype=bool)
    scope[rows] = True
    total = int(rows.size)
    tables = [_counted(search, scope, facet, title) for facet, title in SECTIONS]
    tables += [_moments(search, scope), _ages(search, scope)]
    missing = _missing(search, scope)
    lacking = sum(line.count for line in missing.lines)
    complete = 1 - lacking / (total * len(MISSING)) if total else 0.0
    columns, kinds = _kinds(search, scope)
    return Portrait(total, tuple(tables), kinds, columns, missing, complete)


def _line(search: Search, label: str, count: int, **choice: str) -> Line:
    query = urlencode({"territoire": search.reference, **choice}, safe=":,") if choice else ""
    return Line(label, count, count / search.total if search.total else 0.0, query)


def _counted(search: Search, scope: NDArray[np.bool_], facet: str, title: str) -> Counted:
    counts = search.index.counts(scope, facet)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_LINES]
    link = facet not in UNLINKED
    lines = tuple(
        _line(search, label_of(facet, value), count, **({facet: value} if link else {}))
        for value, count in ranked
    )
    silent = int((scope & ~search.index.told(facet)).sum())
    return Counted(facet, title, lines, _line(search, _("Non renseigné"), silent))


def _moments(search: Search, scope: NDArray[np.bool_]) -> Counted:
    index = search.index
    names = (("soir", _("Ouvert le soir (après 18 h)")), ("samedi", _("Ouvert le samedi")))
    lines = [
        _line(search, label, index.counts(scope, name).get("oui", 0), **{name: "oui"})
        for name, label in names
    ]
    silent = int((scope & index.tagged(LACK, "horaires")).sum())
    return Counted("horaires", "Horaires", tuple(lines), _line(search, _("Non renseigné"), silent))


def _ages(search: Search, scope: NDArray[np.bool_]) -> Counted:
    tiers = np.bincount(search.found.tiers[scope], minlength=len(TIERS)).tolist()
    lines = tuple(
        _line(search, label_of(FRESHNESS, name), count, **{FRESHNESS: name})
        for name, count in zip(TIERS, tiers, strict=True)
    )
    return Counted(FRESHNESS, "Fraîcheur des fiches", lines, None, several=False)


def _missing(search: Search, scope: NDArray[np.bool_]) -> Counted:
    counts = search.index.counts(scope, LACK)
    ranked = sorted(MISSING, key=lambda name: (-counts.get(name, 0), name))
    lines = tuple(
        _line(search, str(MISSING[name]).capitalize(), counts.get(name, 0), **{LACK: name})
        for name in ranked
    )
    return Counted(LACK, "Ce qui manque aux fiches", lines, None)


def _kinds(
    search: Search, scope: NDArray[np.bool_]
) -> tuple[tuple[str, ...], tuple[KindLine, ...]]:
    """Cross the main types of places with what they do."""
    index = search.index
    crossed = [(SITUATIONS[s], scope & index.tagged("situation", s)) for s in SITUATIONS]
    crossed += [
        (_("Gratuit"), scope & index.tagged("cout", "Gratuit")),
        (_("Itinérant"), scope & index.tagged("presence", "itinerant")),
        (_("Horaires connus"), scope & ~index.tagged(LACK, "horaires")),
        (_("Capacité déclarée"), scope & index.told("capacite")),
    ]
    told = [index.counts(mask, "type") for _label, mask in crossed]
    counts = index.counts(scope, "type")
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_KINDS]
    lines = tuple(
        KindLine(label_of("type", kind), n, tuple(one.get(kind, 0) / n for one in told))
        for kind, n in ranked
    )
    return tuple(label for label, _mask in crossed), lines


def rows_of(found: Portrait) -> list[tuple[str, str, int, str]]:
    """Return the figures as lines of a file: table, what, places, percentage."""
    counted = [
        (table.title, line.label, line.count, f"{100 * line.share:.1f}")
        for table in (*found.tables, found.missing)
        for line in (*table.lines, *((table.untold,) if table.untold else ()))
    ]
    crossed = [
        (
            f"Par type de lieu : {kind.label}",
            column,
            round(share * kind.count),
            f"{100 * share:.1f}",
        )
        for kind in found.kinds
        for column, share in zip(found.columns, kind.shares, strict=True)
    ]
    return counted + crossed
