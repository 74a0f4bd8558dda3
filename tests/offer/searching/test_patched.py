"""A patched index answers as one made of everything again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.offer.searching import PatchedIndex, Query, SearchIndex
from portrea.offer.searching.index import COLUMNS

TODAY = date(2026, 11, 22)
WORDS = ("mediatheque", "mairie", "rennes", "lille", "numerique", "bus")
TAGS = ("cout:Gratuit", "situation:aide", "type:BIB", "manque:horaires", "acces:Téléphoner")
WEEKS = ("", "540-720", "540-720 1980-2160", "0-10080")


@st.composite
def place(draw: st.DrawFn, key: int) -> dict[str, Any]:
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))
    days = draw(st.none() | st.integers(0, 900))
    tags = draw(st.lists(st.sampled_from(TAGS), unique=True))
    shut = ["ferme:2026-11-20/2026-11-30"] if draw(st.booleans()) else []
    return {
        "id": f"p{key}",
        "sort": f"{words[0]}|{key}",
        "search": " ".join(words),
        "tags": "\n".join([*tags, *shut]),
        "week": draw(st.sampled_from(WEEKS)),
        "commune": draw(st.sampled_from(("35188", "97411", ""))),
        "epci": draw(st.sampled_from(("243500550", ""))),
        "departement": "35",
        "region": "53",
        "longitude": draw(st.none() | st.floats(-5, 8)),
        "latitude": draw(st.none() | st.floats(42, 51)),
        "updated": None if days is None else TODAY - timedelta(days=days),
        "closed": draw(st.booleans()),
    }


SCHEMA = dict.fromkeys(COLUMNS, pl.String) | {
    "longitude": pl.Float64, "latitude": pl.Float64, "updated": pl.Date, "closed": pl.Boolean,
}  # fmt: skip


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


@st.composite
def census(draw: st.DrawFn) -> tuple[pl.DataFrame, pl.DataFrame, set[str]]:
    """Places, those that changed or came since, and the identifiers no longer told as before."""
    before = [draw(place(key)) for key in range(draw(st.integers(0, 12)))]
    keys = draw(st.sets(st.integers(0, 15), max_size=6))
    after = [draw(place(key)) for key in sorted(keys)]
    hidden = draw(st.sets(st.integers(0, 11), max_size=2)) - keys
    return frame(before), frame(after), {f"p{key}" for key in keys | hidden}


@settings(max_examples=50, deadline=None)
@given(
    census(),
    st.sampled_from(("", "mairie", "medi", "mediateque", "lille bus")),
    st.sampled_from(
        ({}, {"cout": ("Gratuit",)}, {"fraicheur": ("old",)}, {"maintenant": ("oui",)})
    ),
    st.booleans(),
)
def test_like_an_index_of_everything(
    told: tuple[pl.DataFrame, pl.DataFrame, set[str]],
    words: str,
    chosen: dict[str, tuple[str, ...]],
    near: bool,
) -> None:
    before, after, changed = told
    base = SearchIndex(before)
    patched = PatchedIndex(base, SearchIndex(after), changed)
    whole = SearchIndex(pl.concat([before.filter(~pl.col("id").is_in(changed)), after]))
    minutes = {"": 600, **dict.fromkeys(whole.overseas, 700)}

    def answer(index: SearchIndex | PatchedIndex) -> tuple[Any, ...]:
        order = index.longitude + index.latitude if near else None
        scope = np.isfinite(index.longitude) & np.isfinite(index.latitude) if near else None
        query = Query(TODAY, words=words, chosen=chosen, scope=scope, order=order, minutes=minutes)
        found = index.find(query)
        assert index.count(query) == found.rows.size
        mask = np.zeros(index.size, dtype=bool)
        mask[found.rows] = True
        hours, known = index.heat(mask)
        keys = [index.ids[row] for row in found.rows]
        tiers = [int(found.tiers[row]) for row in found.rows]
        inside = {index.ids[row] for row in np.flatnonzero(index.inside("commune", ["35188"]))}
        box = {index.ids[row] for row in np.flatnonzero(index.box(0, 40, 5, 50))}
        types = index.counts(mask, "type")
        return keys, tiers, found.counts, hours.tolist(), known, inside, box, types

    if words != "mediateque":  # what is « almost alike » depends on the words around
        assert answer(patched) == answer(whole)
    assert patched.shown == whole.size
    assert patched.row_of.keys() == whole.row_of.keys()
    assert all(patched.ids[row] == key for key, row in patched.row_of.items())


def test_counts_of_a_small_part_among_many() -> None:
    rows = [
        {
            **dict.fromkeys(COLUMNS, ""),
            "id": f"p{key:04}",
            "sort": f"{key:04}",
            "tags": f"type:{key % 7}\ncout:Gratuit" if key % 3 else f"type:{key % 7}",
            "commune": f"{key // 100:05}",
            "longitude": 0.0,
            "latitude": 45.0,
            "updated": TODAY,
            "closed": False,
        }
        for key in range(2_000)
    ]
    index = SearchIndex(frame(rows))
    scope = index.inside("commune", ["00004"])
    assert scope.sum() == 100
    found = index.find(Query(TODAY, scope=scope, chosen={"cout": ("Gratuit",)}))
    inside = [key for key in range(400, 500) if key % 3]
    assert [index.ids[row] for row in found.rows] == [f"p{key:04}" for key in inside]
    assert found.counts["type"] == {
        str(kind): sum(key % 7 == kind for key in inside) for kind in range(7)
    }
    assert found.counts["cout"] == {"Gratuit": len(inside)}
