"""The oracle: the national rule (mednum-cli), worked by hand, then against our decisions."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest
from benchmarks.peers.duplicates import national_rule
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from portrea.offer.matching import find_duplicates

FIRST = {
    "id": "a--1", "name": "Médiathèque La Passerelle", "address": "12 rue du Stade",
    "commune": "35184", "postcode": "35360", "city": "Montauban-de-Bretagne",
    "longitude": -2.05, "latitude": 48.2, "source": "a",
}  # fmt: skip
SECOND = {**FIRST, "id": "b--1", "source": "b"}
PAIR = pl.DataFrame({"left": [0], "right": [1]}, schema={"left": pl.UInt32, "right": pl.UInt32})


def rule(first: dict[str, Any], second: dict[str, Any]) -> bool:
    """Return the national decision, by its formula, one pair at a time."""
    apart = math.hypot(
        first["longitude"] - second["longitude"], first["latitude"] - second["latitude"]
    )
    parts = [
        fuzz.ratio(first["name"].lower(), second["name"].lower()),
        fuzz.ratio(first["address"].lower(), second["address"].lower()),
        100 if apart < 0.0004 else 100 / (apart * 1000 + 1),
    ]
    limit = 90 if first["source"] == second["source"] else 83
    return first["commune"] == second["commune"] and math.trunc(sum(parts) / 3) > limit


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),  # (100 + 100 + 100) / 3 = 100 > 83
        ({"latitude": 48.201}, False),  # 100 / (1 + 1) = 50 ; (100 + 100 + 50) / 3 = 83, not above
        ({"latitude": 48.2009}, True),  # 100 / 1.9 = 52.6 ; trunc(84.2) = 84 > 83
        ({"latitude": 48.2009, "source": "a"}, False),  # inside one list: 84 ≤ 90
        ({"commune": "35001"}, False),
    ],
)
def test_national_rule_by_hand(change: dict[str, Any], expected: bool) -> None:
    second = {**SECOND, **change}
    assert rule(FIRST, second) is expected
    assert national_rule(pl.DataFrame([FIRST, second]), PAIR).tolist() == [expected]


TEXT = st.sampled_from(["Médiathèque", "MEDIATHEQUE", "La Passerelle", "Mairie", "municipale", ""])
STREET = st.sampled_from(["12 rue du Stade", "12 RUE DU STADE", "rue du Stade", "3 place Foch"])


@given(
    TEXT, TEXT, STREET, st.floats(48.19, 48.21), st.sampled_from(["a", "b"]),
)  # fmt: skip
def test_vector_form_is_the_formula(
    start: str, end: str, street: str, latitude: float, source: str
) -> None:
    second = {**SECOND, "name": f"{start} {end}", "address": street, "latitude": latitude,
              "source": source}  # fmt: skip
    frame = pl.DataFrame([FIRST, second])
    assert national_rule(frame, PAIR).tolist() == [rule(FIRST, second)]


def test_twenty_five_injected_copies_are_all_found() -> None:
    """As the national tool on its own try-out: 25 copies under another source, all merged."""
    rows = [
        {**FIRST, "id": f"a--{n}", "name": f"Espace numérique {word}", "address": f"{n} rue {word}",
         "commune": f"{35001 + n}", "city": f"Ville {word}", "longitude": -2 + n / 10}
        for n, word in enumerate(WORDS, start=1)
    ]  # fmt: skip
    copies = [{**row, "id": row["id"].replace("a", "b"), "source": "b"} for row in rows]
    frame = pl.DataFrame([*rows, *copies])
    pairs = pl.DataFrame({"left": range(25), "right": range(25, 50)}).cast(pl.UInt32)
    assert national_rule(frame, pairs).all()
    groups = find_duplicates(frame).groups
    together = {frozenset(g["row"]) for _, g in groups.group_by("group")}
    assert together == {frozenset(pair) for pair in pairs.rows()}


WORDS = [
    "Ajonc",
    "Bruyère",
    "Chêne",
    "Douve",
    "Érable",
    "Fougère",
    "Genêt",
    "Houx",
    "Iris",
    "Jonc",
    "Kerria",
    "Lande",
    "Mûrier",
    "Noyer",
    "Orme",
    "Pin",
    "Quai",
    "Roseau",
    "Saule",
    "Tilleul",
    "Urne",
    "Vigne",
    "Wagon",
    "Yeuse",
    "Zinnia",
]
