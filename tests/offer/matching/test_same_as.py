"""The guard at creation: « this place may already be there », at once."""

from __future__ import annotations

import numpy as np
import polars as pl

from portrea.offer.matching import explain, same_as
from portrea.offer.matching.duplicates import compared_with
from portrea.offer.record import Place
from portrea.vocab.tables import PLACES

NEW = Place(
    id="portrea--new", name="MEDIATHEQUE LA PASSERELLE", address="12 R DU STADE", commune="35184",
    city="Montauban de Bretagne", phone="+33299064255", longitude=-2.0501, latitude=48.2001,
)  # fmt: skip


def census(count: int) -> pl.DataFrame:
    """Return a census of so many places, of which the first is that of ``NEW``."""
    rng = np.random.default_rng(4)
    words = np.array(
        ["Ajonc", "Bruyère", "Chêne", "Douve", "Érable", "Fougère", "Genêt", "Houx", "Iris", "Jonc"]
    )
    rows = pl.DataFrame({
        "id": [f"x--{n}" for n in range(count)],
        "name": [f"{a} {b} {n % 97}" for n, (a, b) in enumerate(rng.choice(words, (count, 2)))],
        "commune": [f"{n % 3000 + 35000}" for n in range(count)],
        "city": [f"Ville {n % 3000}" for n in range(count)],
        "address": [f"{n % 40 + 1} rue {w}" for n, w in enumerate(rng.choice(words, count))],
        "phone": [f"0299{n % 10**6:06d}" for n in range(count)],
        "longitude": rng.uniform(-4, 6, count),
        "latitude": rng.uniform(43, 50, count),
        "source": "x",
    })  # fmt: skip
    known = {
        "id": "x--0", "name": "Médiathèque La Passerelle", "commune": "35184",
        "city": "Montauban-de-Bretagne", "address": "12 rue du Stade", "phone": "02 99 06 42 55",
        "longitude": -2.05, "latitude": 48.2, "source": "x",
    }  # fmt: skip
    rows = pl.concat([pl.DataFrame(known).select(rows.columns), rows.slice(1)])
    kinds = {column.name: column.dtype for column in PLACES.columns}
    absent = [pl.lit(None, kind).alias(name) for name, kind in kinds.items() if name not in rows]
    return rows.with_columns(absent).select(list(kinds))


def test_known_place_is_told_with_reasons() -> None:
    found = same_as(NEW, census(500))
    first = found.row(0, named=True)
    assert (first["id"], first["row"], first["sure"]) == ("x--0", 0, True)
    assert first["name"] == "Médiathèque La Passerelle"
    assert any(line.startswith("même téléphone : +") for line in explain(first))


def test_unknown_place_and_itself_are_not_told() -> None:
    other = Place(id="portrea--2", name="Fablab du Port", commune="22278", address="3 quai Armez")
    assert same_as(other, census(500)).is_empty()
    itself = Place(id="x--0", name=NEW.name, address=NEW.address, commune="35184")
    assert same_as(itself, census(500)).is_empty()


def test_found_by_telephone_alone_when_nothing_locates_it() -> None:
    blind = Place(id="portrea--3", name="Médiathèque la Passerelle", phone="02.99.06.42.55")
    assert same_as(blind, census(500))["id"].to_list() == ["x--0"]


def test_empty_census() -> None:
    assert same_as(NEW, census(500).head(0)).is_empty()


def test_few_cards_are_compared_among_many() -> None:
    """Asked while one types: 100,000 cards, those of the commune and near the point are compared.

    34 of the commune 35184 (3,000 communes in turn), the duplicate, and one of the same telephone.
    The time taken is ``offer-same-as`` in ``benchmarks``.
    """
    places = census(100_000)
    compared = set(compared_with(NEW, places)["id"])
    assert compared == {"x--64255", *places.filter(pl.col("commune") == "35184")["id"]}
    assert len(compared) == 36
    assert same_as(NEW, places)["id"].to_list() == ["x--0"]
