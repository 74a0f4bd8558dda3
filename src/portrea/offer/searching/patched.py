"""An index of many places with a few that changed since it was made: nothing is made again.

The rows of the few come after those of the many; a row that a change replaced stays, but is never
found. It answers like :class:`portrea.offer.searching.SearchIndex`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from portrea.offer.searching.index import Found, SearchIndex

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from numpy.typing import NDArray

    from portrea.offer.searching.index import Query


class PatchedIndex:
    """The rows of an index, then those of a patch that takes their place."""

    def __init__(self, base: SearchIndex, patch: SearchIndex, changed: Collection[str]) -> None:
        """Replace what ``base`` tells of the identifiers ``changed`` by what ``patch`` tells."""
        self._base, self._patch = base, patch
        gone = [base.row_of[key] for key in changed if key in base.row_of]
        self._kept = np.ones(base.size, dtype=bool)
        self._kept[gone] = False
        self.size = base.size + patch.size
        self.shown = self.size - len(gone)
        self.ids = [*base.ids, *patch.ids]
        self.row_of = {key: row for key, row in base.row_of.items() if self._kept[row]}
        self.row_of |= {key: base.size + row for row, key in enumerate(patch.ids)}
        self.longitude = np.concatenate(
            [np.where(self._kept, base.longitude, np.nan), patch.longitude]
        )
        self.latitude = np.concatenate(
            [np.where(self._kept, base.latitude, np.nan), patch.latitude]
        )
        between = base.sort.search_sorted(patch.sort).to_numpy() - 0.5
        self._rank = np.concatenate([np.arange(base.size), between])

    @property
    def overseas(self) -> tuple[str, ...]:
        """Prefixes of communes that may live by another clock."""
        return tuple(dict.fromkeys((*self._base.overseas, *self._patch.overseas)))

    def inside(self, level: str, codes: Collection[str]) -> NDArray[np.bool_]:
        """Tell the rows inside territories of a level."""
        return self._both(self._base.inside(level, codes), self._patch.inside(level, codes))

    def box(self, west: float, south: float, east: float, north: float) -> NDArray[np.bool_]:
        """Tell the rows inside a rectangle of degrees."""
        box = (west, south, east, north)
        return self._both(self._base.box(*box), self._patch.box(*box))

    def tagged(self, facet: str, value: str) -> NDArray[np.bool_]:
        """Tell the rows filed under a value."""
        return self._both(self._base.tagged(facet, value), self._patch.tagged(facet, value))

    def told(self, facet: str) -> NDArray[np.bool_]:
        """Tell the rows that say anything of a facet."""
        return self._both(self._base.told(facet), self._patch.told(facet))

    def open_at(self, minutes: Mapping[str, int], on: date) -> NDArray[np.bool_]:
        """Tell the rows where someone is there at a minute of the week."""
        return self._both(self._base.open_at(minutes, on), self._patch.open_at(minutes, on))

    def counts(self, scope: NDArray[np.bool_], facet: str) -> dict[str, int]:
        """Count, among rows, the places of each value of a facet."""
        many, few = self._parts(scope)
        return dict(
            Counter(self._base.counts(many, facet)) + Counter(self._patch.counts(few, facet))
        )

    def heat(self, scope: NDArray[np.bool_]) -> tuple[NDArray[np.int64], int]:
        """Count the places open at each hour of the ordinary week, and those that tell."""
        many, few = self._parts(scope)
        (hours, known), (more, told) = self._base.heat(many), self._patch.heat(few)
        return hours + more, known + told

    def find(self, query: Query) -> Found:
        """Return what answers a query, in order, and what each further choice would leave."""
        scope = np.ones(self.size, dtype=bool) if query.scope is None else query.scope
        many, few = self._parts(scope)
        left = self._base.find(replace(query, scope=many, order=None))
        right = self._patch.find(replace(query, scope=few, order=None))
        rows = np.concatenate([left.rows, right.rows + self._base.size])
        groups = np.concatenate([self._base.groups(query.on), self._patch.groups(query.on)])
        counts = {
            facet: dict(Counter(told) + Counter(right.counts[facet]))
            for facet, told in left.counts.items()
        }
        order = self._rank if query.order is None else query.order
        tiers = np.concatenate([left.tiers, right.tiers])
        ranks = (self._rank[rows], order[rows], groups[rows])
        return Found(rows[np.lexsort(ranks)], counts, tiers)

    def count(self, query: Query) -> int:
        """Return how many rows answer a query."""
        scope = np.ones(self.size, dtype=bool) if query.scope is None else query.scope
        many, few = self._parts(scope)
        asked = replace(query, order=None)
        return self._base.count(replace(asked, scope=many)) + self._patch.count(
            replace(asked, scope=few)
        )

    def _parts(self, scope: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        return scope[: self._base.size] & self._kept, scope[self._base.size :]

    def _both(self, many: NDArray[np.bool_], few: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return np.concatenate([many & self._kept, few])
