"""The catalogue of known datasets: who publishes them, where, under which licence and layout."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Entry:
    """One dataset of the catalogue.

    ``url`` is the official download address when public material shows it, else ``None``;
    ``file_name`` names the downloaded file when the address does not end with one;
    ``verified`` says whether the address or the layout was seen in public material; ``layout`` is
    the French description of the columns accepted; ``measures`` the needs measures (a1, a2, b…)
    it serves.
    """

    id: str
    source: str
    title: str
    producer: str
    layout: str
    levels: tuple[str, ...]
    vintages: tuple[str, ...] = ()
    page: str | None = None
    url: str | None = None
    licence: str | None = None
    file_name: str | None = None
    sha256: str | None = None
    verified: bool = False
    embedded: bool = False
    measures: tuple[str, ...] = ()
    note: str | None = None


@cache
def catalogue() -> Mapping[str, Entry]:
    """Return every entry of ``catalogue.yaml`` by identifier."""
    text = files("portrea.sources").joinpath("catalogue.yaml").read_text("utf-8")
    raw = yaml.safe_load(text) or {}
    return {name: _entry(name, card) for name, card in raw.items()}


def _entry(name: str, card: dict[str, Any]) -> Entry:
    lists = {key: tuple(map(str, card.get(key, ()))) for key in ("levels", "vintages", "measures")}
    values: dict[str, Any] = {**card, **lists}
    return Entry(id=name, **values)


def entry(dataset_id: str) -> Entry:
    """Return one entry; raise :class:`ParameterError` with near names when unknown."""
    known = catalogue()
    if dataset_id not in known:
        from difflib import get_close_matches

        near = get_close_matches(dataset_id, known, n=3, cutoff=0.4)
        raise ParameterError(
            f"Source inconnue : « {dataset_id} ».",
            remedy=f"Vouliez-vous dire : {', '.join(near)} ? « portrea data list » donne la liste."
            if near
            else "« portrea data list » donne la liste des sources.",
        )
    return known[dataset_id]


def title_of(source: str) -> str:
    """Return the title of a source package's first entry (its name when it has none)."""
    return next((known.title for known in catalogue().values() if known.source == source), source)


def nearest(columns: Iterable[str], *, most: int = 3) -> list[Entry]:
    """Return the entries whose described layout names most of these columns (none: empty list)."""
    names = {_without_year(name) for name in columns if len(name) > 2}
    scores = {
        known.id: len(names & set(map(_without_year, re.findall(r"\w+", known.layout))))
        for known in catalogue().values()
    }
    ranked = sorted(scores, key=lambda name: -scores[name])[:most]
    return [catalogue()[name] for name in ranked if scores[name]]


def _without_year(name: str) -> str:
    """``P21_POP`` and ``P16_POP``, ``MED16`` and ``MED21`` are the same column of two years."""
    return re.sub(r"\d\d", "yy", name).lower()
