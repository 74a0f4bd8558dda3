from __future__ import annotations

import polars as pl
import pytest

from portrea.base.errors import StoreError
from portrea.base.provenance import Provenance
from portrea.needs.tables import ESTIMATES
from portrea.reach.tables import REACH
from portrea.sources.store import Store
from portrea.steering.computation import compute, gather_inputs, needs_table
from portrea.territory import Gazetteer
from portrea.vocab.tables import OBSERVATIONS


@pytest.fixture(scope="module")
def inputs(demo_home):
    return gather_inputs(Store(demo_home))


def test_the_computation_in_force_holds_every_table(demo_home):
    current = Store(demo_home).current()
    assert current is not None
    ESTIMATES.check(current.table("estimates"))
    REACH.check(current.table("reach"))
    assert current.table("territories").height
    assert current.table("places").height
    assert current.card["draws"] == 1000
    assert current.card["datasets"]


@pytest.mark.parametrize(
    ("territory", "level"),
    [
        ("iris:352380101", "iris"),
        ("epci:243500618", "commune"),
        ("commune:35188,commune:35001", "commune"),
        ("commune:35188", "epci"),
        ("departement:35", "epci"),
    ],
)
def test_a_live_table_equals_the_published_one(demo_home, inputs, territory, level):
    store = Store(demo_home)
    selection = Gazetteer(inputs.territories).resolve(territory)
    live = needs_table(store, selection, level=level, inputs=inputs).sort("code", "measure")
    current = store.current()
    assert current is not None
    published = current.table("estimates").filter(
        (pl.col("level") == level) & pl.col("code").is_in(live["code"].unique().implode())
    )
    published = published.sort("code", "measure")
    assert live.height == published.height > 0
    for column in ("population", "n", "n_low", "n_high"):
        ours, theirs = live[column].to_numpy(), published[column].to_numpy()
        assert ours == pytest.approx(theirs, rel=1e-5, abs=1e-6, nan_ok=True)
    assert live["vintages"].to_list() == published["vintages"].to_list()
    assert live["quality"].to_list() == published["quality"].to_list()


def test_computing_again_changes_nothing_and_a_new_file_changes_the_computation(demo_copy):
    store = Store(demo_copy)
    first = store.current()
    assert first is not None
    assert compute(store, date="2030-01-01").id == first.id
    card = Provenance("essai", "Essai", "Essai", "2023", licence="LO")
    rows = [("commune", "35288", "share_low_diploma_of_15_plus", 0.45, "derived")]
    frame = pl.DataFrame(rows, schema=OBSERVATIONS.schema, orient="row")
    store.write_dataset(card, {"observations": frame})
    second = compute(store, date="2030-01-01")
    assert second.id != first.id
    assert store.current().id == second.id
    changed = [c.table("estimates") for c in (first, second)]
    grades = [
        t.filter((pl.col("code") == "35288") & (pl.col("measure") == "a2"))["quality"].item()
        for t in changed
    ]
    assert grades == ["D", "C"]


def test_an_empty_store_says_what_to_load(home):
    with pytest.raises(StoreError, match="aucun territoire"):
        compute(Store(home))
