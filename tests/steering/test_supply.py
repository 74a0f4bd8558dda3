"""Services made of places and of records: the same hours, and what only records tell."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
import yaml

from portrea.offer.record import (
    Block,
    Capacity,
    Closure,
    Helper,
    Place,
    Presence,
    PresenceKind,
    Saturation,
    Service,
)
from portrea.offer.rows import frame_of, of_row
from portrea.reach.supply import SERVICES, supply_of
from portrea.steering.offering import offer_of_records
from portrea.steering.supply import averaged, services_of_records, services_of_table, windows

MONDAY = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        # 5 days × 7 h; Saturday 3 h.
        ("Mo-Fr 09:00-12:00,14:00-18:00; Sa 09:00-12:00", (35, 0, 3)),
        # Thursday 14:00-20:00: 4 h of day, 2 h of evening.
        ("Th 14:00-20:00", (4, 2, 0)),
        ("Tu 18:00-21:00", (0, 3, 0)),
        # Second and fourth Thursdays of the twelve weeks from 5 January 2026: 8 and 22 January, 12
        # and 26 February, 12 and 26 March are 6 times 3 h: 18/12 = 1.5 h a week.
        ("Th[2,4] 09:00-12:00", (1.5, 0, 0)),
        ("pas des horaires", None),
    ],
)
def test_hours_by_part_of_the_week(hours, expected):
    found = windows(hours, MONDAY)
    assert found == (None if expected is None else pytest.approx(expected))


def permanence(**told) -> Place:
    presence = Presence(
        kind=PresenceKind.PERMANENCE, hours="We 09:00-12:00", hours_confirmed=True, **told
    )
    service = Service(block=Block.AIDE, key="aide", presences=(presence,))
    return Place(id="p", name="Permanence", services=(service,))


@pytest.mark.parametrize(
    ("told", "week"),
    [
        ({}, 3.0),
        # every other week: 6 of 12
        ({"every_weeks": 2, "first": MONDAY}, 1.5),
        # three weeks, then no more: 9 h / 12
        ({"until": date(2026, 1, 25)}, 0.75),
        # two single dates: 2 × 3 / 12
        ({"dates": (date(2026, 1, 7), date(2026, 2, 4))}, 0.5),
        # closed three of the twelve Wednesdays
        ({"closures": (Closure(start=date(2026, 1, 5), end=date(2026, 1, 25)),)}, 3.0),
    ],
)
def test_permanences_are_averaged_over_a_quarter(told, week):
    table = services_of_records([permanence(**told)], day=MONDAY)
    found = supply_of(table, need="aide")
    assert found.hours.tolist() == pytest.approx([week])
    assert found.declared.tolist() == pytest.approx([week])
    assert found.firm.tolist() == [0]


def test_a_record_tells_its_capacity():
    service = Service(
        block=Block.AIDE,
        key="aide",
        capacity=Capacity(hours_week=20, share_procedures=0.5, saturation=Saturation.FORTE),
        helpers=(Helper(role="conseiller", count=2), Helper(role="bénévole", count=1)),
    )
    table = services_of_records([Place(id="p", name="A", services=(service,))], day=MONDAY)
    row = table.row(0, named=True)
    assert row["agents"] == 3
    assert row["capacity_hours"] == 20
    found = supply_of(table, need="aide")
    assert [found.hours[0], found.firm[0]] == pytest.approx([3, 3])


def test_what_is_done_at_home_or_from_afar_is_no_place_to_go_to():
    services = tuple(
        Service(block=Block.AIDE, key=str(kind), presences=(Presence(kind=kind),))
        for kind in (PresenceKind.DOMICILE, PresenceKind.DISTANCE)
    )
    assert not services_of_records([Place(id="p", name="A", services=services)], day=MONDAY).height


def elsewhere_cases():
    path = Path(__file__).parents[1] / "cases/reach/held_elsewhere.yaml"
    return yaml.safe_load(path.read_text("utf-8"))


@pytest.mark.parametrize("case", elsewhere_cases(), ids=lambda case: case["name"])
def test_what_is_held_elsewhere_counts_where_it_is_held(case):
    presences = tuple(
        Presence(**{"kind": PresenceKind.PERMANENCE} | told) for told in case["presences"]
    )
    capacity = Capacity(hours_week=case["capacity"]) if "capacity" in case else None
    service = Service(block=Block.AIDE, key="aide", presences=presences, capacity=capacity)
    place = Place(id="p", name="A", commune="35001", services=(service,))
    offer = offer_of_records([place], day=MONDAY)
    found = supply_of(offer.services, need="aide")
    assert dict(zip(found.places.tolist(), found.hours.tolist(), strict=True)) == pytest.approx(
        {row["place"]: row["hours"] for row in case["rows"]}
    )
    helping = offer.places.filter(pl.col("situations").list.contains("aide")).rows_by_key(
        "id", named=True, unique=True
    )
    assert list(helping) == [row["place"] for row in case["rows"]]
    for row in case["rows"]:
        where = [name for name in ("commune", "longitude", "latitude") if name in row]
        assert {name: helping[row["place"]][name] for name in where} == {
            name: row[name] for name in where
        }


def test_repair_counts_as_equipment():
    table = services_of_records(
        [Place(id="p", name="A", services=(Service(block=Block.DEPANNAGE, key="d"),))], day=MONDAY
    )
    assert table["need"].to_list() == ["equipement"]


def test_table_and_records_say_the_same(demo_home):
    from portrea.sources.store import Store

    current = Store(demo_home).current()
    assert current is not None
    rows = current.table("places").sort("id")
    records = [of_row(row) for row in rows.iter_rows(named=True)]
    order = ["place", "need"]
    there = services_of_table(frame_of(records), day=MONDAY).sort(order)
    here = services_of_records(records, day=MONDAY).sort(order)
    assert there.height == here.height > 100
    columns = [name for name in SERVICES.schema if name not in {"itinerant"}]
    assert there.select(columns).equals(here.select(columns))


def test_a_place_that_welcomes_nobody_gives_nothing():
    place = Place(
        id="p",
        name="A",
        services=(
            Service(
                block=Block.AIDE,
                key="a",
                access_modes=("Ce lieu n'accueille pas de public",),
            ),
        ),
    )
    frame = frame_of([place]).with_columns(situations=pl.Series([["aide"]]))
    assert not services_of_table(frame, day=MONDAY).height
    assert not services_of_records([place], day=MONDAY).height


def test_hours_not_told_are_not_zero():
    from portrea.offer.calendar import Timing

    assert averaged(Timing(None), MONDAY) is None
    assert averaged(Timing(None, dates=(MONDAY,)), MONDAY) is None
