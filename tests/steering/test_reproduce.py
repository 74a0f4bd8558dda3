"""A result is made again from its card, byte for byte, or what differs is named."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import polars as pl
import pytest

from portrea.base.errors import DataError
from portrea.sources.loading import add_path
from portrea.sources.store import Store
from portrea.steering.computation import compute
from portrea.steering.reproduce import read_card, reproduce
from portrea.steering.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow
HEADER = "niveau;code;variable;valeur;millesime;source\n"
CHANGED = {"exposure.delta.central": 0.5, "uncertainty.area_effects.sd.iris": 0.3}


def add_counts(store: Store, folder: Path, count: int) -> None:
    path = folder / "ccas.csv"
    path.write_text(f"{HEADER}commune;35223;households_rsa;{count};2025;CCAS\n", "utf-8")
    add_path(store, path)


@pytest.fixture(scope="module")
def made(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose computation has changed parameters and local counts."""
    home = tmp_path_factory.mktemp("made") / "home"
    shutil.copytree(demo_home, home)
    store = Store(home)
    add_counts(store, home, 400)
    compute(store, settings=Settings.make(overrides=CHANGED, draws=20, seed=7))
    return home


@pytest.fixture
def copy(made: Path, home: Path) -> Store:
    shutil.copytree(made, home)
    return Store(home)


def card_path(store: Store) -> Path:
    current = store.current()
    assert current is not None
    return current.folder / "card.json"


def test_the_card_says_everything(made: Path) -> None:
    card = read_card(card_path(Store(made)))
    assert card["parameters"]["overrides"] == CHANGED
    assert card["parameters"]["values"]["exposure.delta.central"] == 0.5
    assert card["parameters"]["values"]["exposure.delta.high"] == 0.7
    assert card["seed"] == 7
    assert card["draws"] == 20
    assert card["benchmark"] is None
    assert {"version", "code", "libraries", "files", "fitted"} <= set(card)
    counts = [source for source in card["sources"] if source["source"] == "comptages"]
    assert len(counts[0]["sha256"]) == 64
    assert [source["id"] for source in card["sources"]] == card["datasets"]


def test_made_again_byte_for_byte(made: Path) -> None:
    store = Store(made)
    before = store.current()
    found = reproduce(store, read_card(card_path(store)))
    assert found.causes == ()
    assert found.identical, found.results
    assert found.tables == read_card(card_path(store))["files"]
    after = store.current()
    assert after is not None
    assert before is not None
    assert after.id == before.id


def test_newer_data_in_force_do_not_change_the_result(copy: Store, tmp_path: Path) -> None:
    told = read_card(card_path(copy))
    add_counts(copy, tmp_path, 500)
    assert reproduce(copy, told).identical


def test_a_dataset_gone_is_named_and_nothing_is_computed(copy: Store, tmp_path: Path) -> None:
    told = read_card(card_path(copy))
    add_counts(copy, tmp_path, 500)
    copy.prune()
    found = reproduce(copy, told)
    assert not found.tables
    assert not found.identical
    words = " ".join(found.causes)
    gone = next(name for name in told["datasets"] if name.startswith("comptages"))
    assert gone in words
    assert "ccas.csv" in words
    assert "une autre version" in words


def test_a_changed_dataset_is_named(copy: Store) -> None:
    told = read_card(card_path(copy))
    name = next(name for name in told["datasets"] if name.startswith("comptages"))
    path = copy.root / "datasets" / name / "observations.parquet"
    pl.read_parquet(path).with_columns(value=pl.col("value") + 100).write_parquet(path)
    found = reproduce(copy, told)
    assert any(name in cause and "a changé" in cause for cause in found.causes)
    assert not found.tables  # a damaged file proves nothing


def test_other_code_library_and_values_are_named(copy: Store) -> None:
    told = read_card(card_path(copy))
    told["code"] = "0123456789abcdef"
    told["libraries"]["numpy"] = "1.0"
    told["parameters"]["values"]["uncertainty.old.number"] = 1.0
    told["parameters"]["values"]["exposure.delta.central"] = 0.6
    found = reproduce(copy, told)
    words = " ".join(found.causes)
    assert "0123456789abcdef" in words
    assert "numpy" in words
    assert "uncertainty.old.number" in words
    assert any(r.startswith("table estimates") and "n (" in r for r in found.results)


@pytest.mark.parametrize(
    ("content", "word"), [("{", "lisible"), ("[]", "manque"), ('{"draws": 20}', "datasets")]
)
def test_a_bad_card_is_refused(tmp_path: Path, content: str, word: str) -> None:
    path = tmp_path / "card.json"
    path.write_text(content, "utf-8")
    with pytest.raises(DataError, match=word):
        read_card(path)


def test_an_absent_card_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="introuvable"):
        read_card(tmp_path / "card.json")


def test_cards_are_plain_json(made: Path) -> None:
    card = read_card(card_path(Store(made)))
    assert json.loads(json.dumps(card)) == card
