"""Find places: what each is filed under, words with their typing errors, filters that count."""

from __future__ import annotations

from portrea.offer.searching.index import Found, Query, SearchIndex
from portrea.offer.searching.patched import PatchedIndex
from portrea.offer.searching.tags import tags_of, week_of_place

__all__ = ["Found", "PatchedIndex", "Query", "SearchIndex", "tags_of", "week_of_place"]
