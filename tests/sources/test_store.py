"""The store: atomic, idempotent, readable while written, loud when damaged."""

from __future__ import annotations

import json
import random
import threading
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.base.errors import DataError, StoreError
from portrea.base.provenance import Provenance
from portrea.sources.datasets import content_digest
from portrea.sources.source import Loaded
from portrea.sources.store import Store

CARD = Provenance(source="essai", title="Essai", producer="Essai", vintage="2021")


def table(values: dict[str, float]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "level": ["iris"] * len(values),
            "code": list(values),
            "variable": ["persons"] * len(values),
            "value": list(values.values()),
            "status": ["ok"] * len(values),
        }
    )


def tree(folder: Path) -> dict[str, bytes]:
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != ".lock")
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_same_content_twice_is_the_same_dataset(store: Store) -> None:
    first = store.write_dataset(CARD, {"observations": table({"a": 1, "b": 2})})
    before = tree(store.root)
    again = store.write_dataset(CARD, {"observations": table({"b": 2, "a": 1})})
    assert again.id == first.id
    assert tree(store.root) == before


def test_new_content_replaces_the_former_dataset_in_its_place(store: Store) -> None:
    other = Provenance(source="autre", title="Autre", producer="Essai", vintage="2021")
    store.write_dataset(CARD, {"observations": table({"a": 1})})
    store.write_dataset(other, {"observations": table({"z": 1})})
    store.write_dataset(CARD, {"observations": table({"a": 5})})
    assert [d.provenance.source for d in store.datasets()] == ["essai", "autre"]
    values = store.observations().filter(pl.col("code") == "a")["value"].to_list()
    assert values == [5]


def test_parts_of_a_vintage_live_side_by_side(store: Store) -> None:
    store.write_dataset(CARD, {"observations": table({"a": 1})}, part="35")
    store.write_dataset(CARD, {"observations": table({"b": 1})}, part="75")
    assert len(store.datasets()) == 2


def test_the_newest_vintages_of_alike_datasets_are_read(store: Store) -> None:
    for vintage in ("2019", "2021", "2020"):
        card = replace(CARD, vintage=vintage)
        store.write_dataset(card, {"observations": table({"a": float(vintage)})})
    other = table({"a": 5.0}).with_columns(variable=pl.lit("households"))
    store.write_dataset(replace(CARD, vintage="2001"), {"observations": other})
    kept = store.observations(newest=2)
    assert sorted(kept["vintage"]) == ["2001", "2020", "2021"]
    assert sorted(store.observations(variables=["persons"], newest=1)["vintage"]) == ["2021"]


def test_refused_table_leaves_the_store_unchanged(store: Store) -> None:
    store.write_dataset(CARD, {"observations": table({"a": 1})})
    before = tree(store.root)
    good = Loaded(CARD, {"observations": table({"a": 9})})
    bad = Loaded(CARD, {"observations": table({"a": 1}).vstack(table({"a": 2}))}, "double")
    with pytest.raises(DataError, match="ne respecte pas"):
        store.write_datasets([good, bad])
    assert tree(store.root) == before


@pytest.mark.parametrize("moment", ["parquet", "rename", "manifest"])
def test_crash_in_the_middle_leaves_the_store_unchanged(
    store: Store, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    store.write_dataset(CARD, {"observations": table({"a": 1})})
    manifest = (store.root / "manifest.json").read_bytes()
    targets = {
        "parquet": (pl.DataFrame, "write_parquet"),
        "rename": (Path, "rename"),
        "manifest": (Path, "replace"),
    }
    owner, name = targets[moment]

    def crash(*args: object, **kwargs: object) -> None:
        raise OSError("disque plein")

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, crash)
        with pytest.raises(StoreError, match="disque plein"):
            store.write_dataset(CARD, {"observations": table({"a": 2})})
    assert (store.root / "manifest.json").read_bytes() == manifest
    assert store.observations()["value"].to_list() == [1]
    assert not list((store.root / "datasets").glob(".draft-*"))
    store.write_dataset(CARD, {"observations": table({"a": 2})})
    assert store.observations()["value"].to_list() == [2]


def test_readers_never_see_half_a_write(store: Store) -> None:
    """While one thread rewrites, others always read one whole version: 50 equal values."""
    codes = [f"c{i}" for i in range(50)]
    store.write_dataset(CARD, {"observations": table(dict.fromkeys(codes, 0.0))})
    done = threading.Event()
    wrong: list[object] = []

    def read() -> None:
        while not done.is_set():
            values = Store(store.home).observations()["value"]
            if values.len() != 50 or values.n_unique() != 1:
                wrong.append(values)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for version in range(1, 15):
        store.write_dataset(CARD, {"observations": table(dict.fromkeys(codes, float(version)))})
    done.set()
    for reader in readers:
        reader.join()
    assert not wrong
    assert store.observations()["value"].unique().to_list() == [14]


def test_two_writers_lose_nothing(store: Store) -> None:
    def write(name: str) -> None:
        for version in range(5):
            card = Provenance(source=name, title="t", producer="p", vintage=str(version))
            Store(store.home).write_dataset(card, {"observations": table({"a": 1})})

    writers = [threading.Thread(target=write, args=(name,)) for name in ("un", "deux", "trois")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(store.datasets()) == 15


@pytest.mark.parametrize(
    "text", ["{", "[]", '"x"', '{"format": 1}', '{"format": 1, "datasets": [1]}']
)
def test_damaged_manifest_is_a_clear_error(store: Store, text: str) -> None:
    store.write_dataset(CARD, {"observations": table({"a": 1})})
    (store.root / "manifest.json").write_text(text)
    with pytest.raises(StoreError, match="abîmé"):
        store.datasets()


def test_other_format_is_a_clear_error(store: Store) -> None:
    store.write_dataset(CARD, {"observations": table({"a": 1})})
    path = store.root / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 99}))
    with pytest.raises(StoreError, match="autre format"):
        store.datasets()


def test_check_finds_a_changed_or_absent_file(store: Store) -> None:
    dataset = store.write_dataset(CARD, {"observations": table({"a": 1})})
    assert store.faults(dataset) == []
    path = store.root / "datasets" / dataset.id / "observations.parquet"
    table({"a": 7}).write_parquet(path)
    assert "a changé" in store.faults(dataset)[0]
    path.unlink()
    assert "manque" in store.faults(dataset)[0]


def test_removing_an_unknown_dataset_says_so(store: Store) -> None:
    with pytest.raises(StoreError, match="Aucun jeu"):
        store.remove_dataset("rien")


def test_prune_deletes_what_is_out_of_force_and_drafts(store: Store) -> None:
    store.write_dataset(CARD, {"observations": table({"a": 1})})
    store.write_dataset(CARD, {"observations": table({"a": 2})})
    (store.root / "datasets" / ".draft-crash").mkdir()
    assert store.prune() == 2
    assert store.observations()["value"].to_list() == [2]


@settings(max_examples=30, deadline=None)
@given(
    values=st.dictionaries(st.text("abc123", min_size=1), st.floats(-1e9, 1e9), min_size=1),
    seed=st.integers(0, 100),
)
def test_digest_ignores_row_order_and_sees_every_change(values: dict, seed: int) -> None:
    frame = table(values)
    rows = list(range(frame.height))
    random.Random(seed).shuffle(rows)
    assert content_digest(frame[rows]) == content_digest(frame)
    first = next(iter(values))
    changed = table(values | {first: values[first] + 1000})
    assert content_digest(changed) != content_digest(frame)
