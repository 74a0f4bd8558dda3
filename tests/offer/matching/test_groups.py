"""Groups and queue: no chain between opposed cards, no effect of the order of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.offer.matching import candidate_pairs, cluster, find_duplicates, score_pairs
from portrea.offer.matching.cards import prepare
from portrea.offer.matching.clusters import _without_chains
from portrea.offer.matching.lexicon import load_lexicon

Card = dict[str, Any]
HERE = {"commune": "35184", "city": "Montauban-de-Bretagne", "longitude": -2.05, "latitude": 48.2}
CARDS: list[Card] = [
    {
        "id": "a--1",
        "source": "a",
        "name": "Médiathèque La Passerelle",
        "address": "12 rue du Stade",
    },
    {"id": "b--1", "source": "b", "name": "MEDIATHEQUE LA PASSERELLE", "address": "12 R DU STADE"},
    {"id": "c--1", "source": "c", "name": "Bibliothèque la Passerelle", "address": "rue du Stade"},
    {"id": "a--2", "source": "a", "name": "Mairie", "address": "1 place de la Mairie"},
    {"id": "b--2", "source": "b", "name": "Commune de Montauban", "address": "1 pl. de la Mairie"},
    {"id": "a--3", "source": "a", "name": "CCAS", "address": "1 place de la Mairie"},
    {"id": "b--4", "source": "b", "name": "La Poste", "address": "46 rue de Saint-Malo"},
    {"id": "c--4", "source": "c", "name": "France services", "address": "46 rue de Saint-Malo"},
    {"id": "c--4", "source": "c", "name": "France services", "address": "46 rue de Saint-Malo"},
    {"id": "d--5", "source": "d", "name": "", "address": None, "longitude": None},
]


def frame_of(cards: list[Card]) -> pl.DataFrame:
    return pl.DataFrame([{**HERE, **card} for card in cards], infer_schema_length=None)


def together(found: pl.DataFrame) -> set[tuple[str, ...]]:
    """Return groups as tuples of ids, whatever their numbers."""
    return {tuple(sorted(group["id"])) for _, group in found.group_by("group")}


def test_groups_and_queue_of_a_town() -> None:
    found = find_duplicates(frame_of(CARDS))
    assert together(found.groups) == {
        ("a--1", "b--1", "c--1"), ("a--2", "b--2"), ("c--4", "c--4"),
    }  # fmt: skip
    asked = {frozenset((row["id_left"], row["id_right"])) for row in found.queue.to_dicts()}
    assert asked <= {frozenset(("b--4", "c--4"))}


@settings(max_examples=25)
@given(st.permutations(range(len(CARDS))))
def test_order_of_rows_changes_nothing(order: list[int]) -> None:
    first = find_duplicates(frame_of(CARDS))
    again = find_duplicates(frame_of([CARDS[row] for row in order]))
    assert together(again.groups) == together(first.groups)
    assert again.groups["id"].to_list() == first.groups["id"].to_list()
    said = [
        sorted(zip(found.queue["probability"], map(frozenset, zip(
            found.queue["id_left"], found.queue["id_right"], strict=True)), strict=True),
            key=str)
        for found in (first, again)
    ]  # fmt: skip
    assert said[0] == said[1]


def test_cluster_of_scored_pairs_is_that_of_the_whole() -> None:
    frame = frame_of(CARDS)
    scored = score_pairs(frame, candidate_pairs(frame))
    assert cluster(frame, scored).equals(find_duplicates(frame).groups)


def test_a_chain_does_not_join_opposed_cards() -> None:
    """A–B 0.99 and B–C 0.95 are sure, A–C is 0.01: C stays alone, the likelier pair wins."""
    cards = prepare(frame_of(CARDS[:3]), load_lexicon())
    sure = pl.DataFrame({"left": [0, 1], "right": [1, 2], "probability": [0.99, 0.95]})
    likely = pl.DataFrame(
        {"left": [0, 0, 1], "right": [1, 2, 2], "probability": [0.99, 0.01, 0.95]}
    )
    groups = _without_chains(cards, np.zeros(3, dtype=np.int64), sure, likely, opposed=0.05)
    assert groups[0] == groups[1] != groups[2]
    friendly = likely.with_columns(probability=pl.lit(0.5))
    groups = _without_chains(cards, np.zeros(3, dtype=np.int64), sure, friendly, opposed=0.05)
    assert len(set(groups.tolist())) == 1


def test_queue_shows_one_pair_between_two_groups() -> None:
    found = find_duplicates(frame_of(CARDS))
    pairs = [frozenset(pair) for pair in found.queue.select("id_left", "id_right").rows()]
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_compare(count: int) -> None:
    found = find_duplicates(frame_of(CARDS).head(count))
    assert found.groups.is_empty()
    assert found.queue.is_empty()
    assert "probability" in found.queue.columns


def test_only_names_are_needed() -> None:
    frame = pl.DataFrame({"id": ["a", "b"], "name": ["Mairie", "Mairie"], "source": ["x", "y"]})
    assert find_duplicates(frame).groups.is_empty()


def test_a_crowded_town_stays_quick_and_complete() -> None:
    """2,000 cards in one commune and two copies: no two million pairs, the copies are found."""
    words = [
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
    ]
    cards = [
        {"id": f"a--{n}", "source": "a", "name": f"Atelier {words[n % 10]} {n:04d}",
         "address": f"{n} rue {words[n // 10 % 10]}", "longitude": -2 + n / 2000,
         "latitude": 48 + (n % 100) / 200}
        for n in range(2000)
    ]  # fmt: skip
    copies = [
        {**cards[n], "id": f"b--{n}", "source": "b", "name": cards[n]["name"].upper()}
        for n in (7, 1500)
    ]
    frame = frame_of(cards + copies)
    assert candidate_pairs(frame).height < 60_000
    assert {("a--7", "b--7"), ("a--1500", "b--1500")} <= together(find_duplicates(frame).groups)


@given(st.lists(st.text(max_size=30), min_size=2, max_size=6), st.text(max_size=30))
@settings(max_examples=25)
def test_any_text_is_scored(names: list[str], address: str) -> None:
    cards = [
        {"id": str(n), "source": str(n), "name": name, "address": address, "city": name[:5],
         "phone": address, "siret": name, "email": name, "postcode": address[:5]}
        for n, name in enumerate(names)
    ]  # fmt: skip
    frame = frame_of(cards)
    scored = score_pairs(frame, candidate_pairs(frame))
    assert scored["probability"].is_between(0, 1).all()
    assert scored["probability"].is_nan().sum() == 0
