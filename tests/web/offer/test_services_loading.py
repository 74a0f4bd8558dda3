"""The store's lists come to the census, again and again, and nothing changes but what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from portrea.base.provenance import Provenance
from portrea.offer.matching import merge_places
from portrea.offer.rows import frame_of
from portrea.sources.census import photograph, put_photograph, remove_photograph
from portrea.sources.store import Store
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.offer.census import census_frame, census_place, census_state
from portrea.web.offer.models import ImportBatch, Merge, Place
from portrea.web.offer.services import census_load, place_fix, place_id_of, place_split, places_join
from web.offer.census import record, state

if TYPE_CHECKING:
    from pathlib import Path

    from portrea.sources.datasets import Dataset

pytestmark = pytest.mark.django_db
IFFENDIC = {"longitude": -2.03, "latitude": 48.13, "kind": "BIB"}


def put(store: Store, *records, part: str = "a", vintage: str = "2025") -> Dataset:
    card = Provenance("essai", f"Liste {part}", "Essai", vintage)
    return store.write_dataset(card, {"places": frame_of(records)}, part=part)


@pytest.fixture
def store(home: Path) -> Store:
    store = Store(home)
    put(store, record("a:1", name="Médiathèque", phone="1", updated="2025-01-01", **IFFENDIC))
    same = record("b:9", name="MEDIATHEQUE", summary=None, updated="2025-02-01", **IFFENDIC)
    put(store, same, record("b:2", name="Mairie", kind="MUNI"), part="b")
    return store


def test_each_list_is_an_import_and_the_same_place_is_one(store: Store):
    report = census_load(actor=SYSTEM, store=store)
    assert [batch.source for batch in report.batches] == ["essai:a", "essai:b"]
    assert report.joined == 1
    assert Place.objects.filter(status="open").count() == 2
    newest = census_place("a:1")
    assert newest is not None
    assert newest.pk == place_id_of("essai:b", "b:9")
    assert newest.record["phone"] == "1", "completed by the older list"
    merge = Merge.objects.get()
    assert merge.origin == "system"
    assert merge.evidence["probability"] >= 0.75
    assert any("organisme" in reason for reason in merge.evidence["reasons"])


def test_loading_again_changes_nothing(store: Store):
    census_load(actor=SYSTEM, store=store)
    before = state()
    again = census_load(actor=SYSTEM, store=store)
    assert (again.batches, again.unchanged, again.joined) == ((), 2, 0)
    assert state() == before
    assert ImportBatch.objects.count() == 2


def test_the_newest_vintage_of_a_list_replaces_the_former(store: Store):
    census_load(actor=SYSTEM, store=store)
    one = record("a:1", name="Médiathèque", phone="2", updated="2026-01-01", **IFFENDIC)
    put(store, one, vintage="2026")
    report = census_load(actor=SYSTEM, store=store)
    (batch,) = report.batches
    assert batch.counts["updated"] == 1
    shown = census_place("a:1")
    assert shown is not None
    assert shown.record["phone"] == "2"


def test_what_a_person_parted_is_not_joined_again(store: Store):
    census_load(actor=SYSTEM, store=store)
    place_split(actor=SYSTEM, merge_id=Merge.objects.get().pk)
    assert places_join(actor=SYSTEM)[0] == 0
    put(store, record("c:1", name="Autre"), part="c")
    assert census_load(actor=SYSTEM, store=store).joined == 0
    assert Place.objects.filter(status="open").count() == 4


def test_who_was_fixed_is_kept_by_a_join(store: Store):
    census_load(actor=SYSTEM, store=store)
    place_split(actor=SYSTEM, merge_id=Merge.objects.get().pk)
    older = Place.objects.get(pk=place_id_of("essai:a", "a:1"))
    place_fix(actor=SYSTEM, place_id=older.pk, version=older.version, changes={"summary": "vu"})
    Merge.objects.all().delete()
    places_join(actor=SYSTEM)
    assert Merge.objects.get().kept_id == older.pk


def test_joining_gives_as_many_places_as_merging_the_lists(demo_home: Path, store: Store):
    halls = Store(demo_home).gather("places")
    card = Provenance("essai", "Mairies", "Essai", "2025")
    store.write_dataset(card, {"places": halls}, part="mairies")
    census_load(actor=SYSTEM, store=store)
    merged = merge_places(store.gather("places"))
    told = census_frame()
    assert told.height == merged.height
    names = pl.col("name").sort()
    assert told.select(names).equals(merged.select(names))


# -- photograph -----------------------------------------------------------------------------------


def test_a_photograph_replaces_the_former_and_goes(store: Store):
    census_load(actor=SYSTEM, store=store)
    first = put_photograph(store, census_frame(), state=census_state())
    assert photograph(store) == first
    assert first.provenance.vintage == "2025-02-01"
    again = put_photograph(store, census_frame(), state="another moment, the same places")
    assert again.id == first.id
    place = Place.objects.filter(status="open").first()
    assert place is not None
    before = census_state()
    place_fix(actor=SYSTEM, place_id=place.pk, version=place.version, changes={"phone": "9"})
    assert census_state() != before
    second = put_photograph(store, census_frame(), state=census_state())
    assert photograph(store) == second != first
    assert census_load(actor=SYSTEM, store=store).batches == (), "the photograph is no list"
    remove_photograph(store)
    assert photograph(store) is None
    assert len(store.datasets()) == 2
