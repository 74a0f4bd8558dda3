"""Microsimulation of territories: what is read in the store, what is kept, what is written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from portrea.base.errors import StoreError
from portrea.base.provenance import Provenance
from portrea.rights.synthetic.areas import Wanted
from portrea.rights.synthetic.results import COLUMNS
from portrea.sources.eligible import eligible_in
from portrea.sources.store import Store
from portrea.steering import eligible
from portrea.steering.eligible import card_of, computed, ground_of, inside, write
from portrea.territory import Gazetteer, complete_territories

if TYPE_CHECKING:
    from pathlib import Path

MONTH = "2026-10"
CENSUS = {"households": 500.0, "persons": 1100.0, "persons_0_19": 250.0, "persons_65_plus": 220.0}
SHARES = {
    "share_single_person_households": 0.35, "share_single_parent_families": 0.09,
    "share_under_25": 0.13,
}  # fmt: skip
IRIS = ("352380101", "352380102", "350010000", "355100000", "222780000")
"""Two IRIS of Rennes, two other communes of Ille-et-Vilaine, Saint-Brieuc (forty households)."""
FEW = 40.0


def answered(question: dict[str, Any]) -> dict[str, list[Any]]:
    """Nobody earns, so to say: every right is open; every commune is in the third zone."""
    count = max(question["persons"]["household"]) + 1
    return {
        one["variable"]: [3 if one["variable"] == "zone_apl" else 1.0] * count
        for one in question["asked"]
    }


def published(
    store: Store, source: str, vintage: str, rows: list[tuple[str, str, str, float]]
) -> None:
    card = Provenance(source=source, title="Essai", producer="Essai", vintage=vintage)
    frame = pl.DataFrame(
        rows, schema=["level", "code", "variable", "value"], orient="row"
    ).with_columns(status=pl.lit("ok"))
    store.write_dataset(card, {"observations": frame}, part=rows[0][2])


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(eligible, "DEPARTEMENTS", 1)
    made = Store(tmp_path)
    card = Provenance(source="essai", title="Essai", producer="Essai", vintage="2025")
    territories = pl.DataFrame(
        [{"level": "iris", "code": code, "name": code, "commune": code[:5]} for code in IRIS]
        + [{"level": "commune", "code": code[:5], "name": code[:5], "epci": "243500139"}
           for code in IRIS[1:4]]
        + [{"level": "commune", "code": "22278", "name": "Saint-Brieuc", "epci": "200069409"}]
    )  # fmt: skip
    from portrea.vocab.tables import KINDS

    whole = pl.concat([KINDS["territories"].empty(), territories], how="diagonal_relaxed")
    made.write_dataset(card, {"territories": whole.select(KINDS["territories"].empty().columns)})
    counts = [
        ("iris", code, name, FEW if (code, name) == (IRIS[-1], "households") else value)
        for code in IRIS
        for name, value in CENSUS.items()
    ]
    published(made, "recensement", "2021", counts)
    shares = [
        ("commune", code[:5], name, value) for code in IRIS[1:] for name, value in SHARES.items()
        if code != "355100000"
    ]  # fmt: skip
    published(made, "recensement", "2017", shares)
    incomes = [
        ("commune", "35238", "median_income", 22_770.0), ("commune", "35238", "poverty_rate", 0.21),
        ("commune", "35001", "median_income", 25_850.0),
        ("epci", "243500139", "poverty_rate", 0.15),
        ("epci", "243500139", "median_income", 24_000.0),
        ("departement", "35", "median_income", 23_690.0),
        ("departement", "35", "poverty_rate", 0.108),
    ]  # fmt: skip
    published(made, "filosofi", "2021", incomes)
    published(made, "caf", "2023", [("departement", "35", "households_rsa", 660.0),
                                     ("departement", "22", "households_rsa", 400.0)])  # fmt: skip
    return made


def row(ground: Any, code: str) -> dict[str, Any]:
    return ground.communes.row(by_predicate=pl.col("code") == code, named=True)


def test_iris_are_added_up_and_shares_lent_by_the_departement(store: Store) -> None:
    ground = ground_of(store)
    assert row(ground, "35238")["households"] == 1000
    assert row(ground, "35510")["alone"] == pytest.approx(0.35)
    assert row(ground, "35001")["hlm"] == pytest.approx(0.053)


def test_an_income_that_is_not_published_is_borrowed(store: Store) -> None:
    ground = ground_of(store)
    assert row(ground, "35238")["poverty_rate"] == 0.21
    own = row(ground, "35001")
    assert own["median_income"] == 25_850
    assert own["poverty_rate"] < 0.15
    other = row(ground, "35510")
    assert other["median_income"] == 24_000
    assert other["poverty_rate"] == pytest.approx(0.15)


def test_a_departement_without_income_is_left_out_of_both_sides(store: Store) -> None:
    ground = ground_of(store)
    assert set(ground.communes["departement"]) == {"35"}
    assert ground.left_out == 1
    assert ground.beneficiaries == {"rsa": 660.0}
    assert "CAF 2023" in ground.vintages


def test_part_of_the_nation_is_never_benchmarked(store: Store) -> None:
    """The factor would be fitted to local beneficiaries, whose gap is what is sought."""
    more = [("iris", f"22278010{rank}", name, value) for rank in range(4)
            for name, value in CENSUS.items()]  # fmt: skip
    counts = [("iris", code, name, value) for code in IRIS for name, value in CENSUS.items()]
    published(store, "recensement", "2021", counts + more)
    ground = ground_of(store)
    assert set(ground.communes["departement"]) == {"35"}
    assert ground.beneficiaries == {}
    assert "CAF" not in ground.vintages


def test_a_departement_alone_is_never_benchmarked(store: Store, monkeypatch) -> None:
    monkeypatch.undo()
    assert ground_of(store).beneficiaries == {}


def test_embedded_data_do_not_make_a_nation(demo_copy: Path) -> None:
    ground = ground_of(Store(demo_copy))
    assert ground.communes.height < 50
    assert ground.left_out > 300
    assert ground.beneficiaries == {}


def test_without_incomes_nothing_is_made_up(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        ground_of(Store(tmp_path))


def test_what_is_written_is_what_the_pages_read(store: Store) -> None:
    wanted = Wanted(MONTH, 5_000)
    ground, found = computed(store, wanted, asks=[answered])
    gazetteer = Gazetteer(complete_territories(store.gather("territories")))
    selection = gazetteer.resolve("departement:35")
    table = inside(found.table, ground.communes, selection)
    assert set(table["level"]) == {"commune", "epci", "departement"}
    path, card = write(store.home, "departement-35", table, card_of(ground, found, wanted, "1"))
    rows = eligible_in(store.home, "departement", "35")
    assert tuple(rows.columns) == COLUMNS
    told = rows.row(by_predicate=pl.col("right") == "rsa", named=True)
    assert told["eligible"] == 1_000
    assert told["flag"] == "calé"
    assert told["households"] == 2_000
    assert path.name == "eligible-departement-35.parquet"
    assert json.loads(card.read_text("utf-8"))["beneficiaries"] == {"rsa": 660.0}
    assert sorted(one.name for one in path.parent.iterdir()) == [card.name, path.name]


def test_a_region_and_the_nation_are_kept_when_asked(store: Store) -> None:
    ground, found = computed(store, Wanted(MONTH, 5_000), asks=[answered])
    gazetteer = Gazetteer(complete_territories(store.gather("territories")))
    region = inside(found.table, ground.communes, gazetteer.resolve("region:53"))
    assert set(region["level"]) == {"commune", "epci", "departement", "region"}
    whole = inside(found.table, ground.communes, gazetteer.resolve("france"))
    assert "france" in set(whole["level"])
    commune = inside(found.table, ground.communes, gazetteer.resolve("commune:35001"))
    assert set(commune.filter(pl.col("level") == "commune")["code"]) == {"35001"}
