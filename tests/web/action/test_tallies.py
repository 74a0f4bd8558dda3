"""Counts kept by month: always those of the records, whoever writes, corrects or removes."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portrea.action.tallies import added, tally
from portrea.web.action.models import Record, Tally, TallyCell, TallyStale
from portrea.web.action.services.tallies import COLUMNS, recount
from portrea.web.action.triggers import install, install_after, remove_before

pytestmark = pytest.mark.django_db

PLACES = (("commune", "35188", ""), ("commune", "35188", "s1"), ("epci", "243500550", ""))
DAYS = (date(2026, 1, 31), date(2026, 2, 1), date(2026, 12, 31), date(2027, 1, 1))
RECORDS = st.fixed_dictionaries(
    {
        "place": st.sampled_from(PLACES),
        "day": st.sampled_from(DAYS),
        "kind": st.sampled_from(["individuel", "collectif"]),
        "where": st.sampled_from(["domicile", "autre"]),
        "people": st.integers(1, 9),
        "minutes": st.none() | st.integers(1, 200),
        "result": st.sampled_from(["", "oui", "partie", "non"]),
        "themes": st.lists(st.sampled_from(["email", "sante", "un mot"]), max_size=3),
        "ages": st.sampled_from([{}, {"DouzeDixHuit": 1}]),
    }
)
STEPS = st.lists(
    st.tuples(st.sampled_from(["write", "correct", "remove", "bulk", "read"]), RECORDS,
              st.integers(0, 50)),
    max_size=12,
)  # fmt: skip


def columns(told: dict[str, Any]) -> dict[str, Any]:
    level, code, structure = told["place"]
    rest = {name: value for name, value in told.items() if name != "place"}
    return rest | {"level": level, "code": code, "structure": structure}


def kept() -> Counter[tuple[str, str]]:
    """What a board would read."""
    recount(Q())
    cells = {one.pk: (one.dimension, one.value) for one in TallyCell.objects.all()}
    sums = added(Tally.objects.values_list("counts", flat=True))
    return Counter({cells[number]: count for number, count in sums.items()})


def brute() -> Counter[tuple[str, str]]:
    return +tally(Record.objects.values(*COLUMNS))


def do(step: str, told: dict[str, Any], rank: int) -> None:
    numbers = list(Record.objects.order_by("pk").values_list("pk", flat=True))
    one = Record.objects.filter(pk=numbers[rank % len(numbers)]) if numbers else None
    if step == "write":
        Record.objects.create(**columns(told))
    elif step == "bulk":
        Record.objects.bulk_create(Record(**columns(told)) for _ in range(3))
    elif step == "read":
        assert kept() == brute()
    elif one is not None and step == "correct":
        one.update(**columns(told))
    elif one is not None:
        one.delete()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_the_counts_kept_are_those_of_the_records(steps: list[Any]) -> None:
    Record.objects.all().delete()
    for step, told, rank in steps:
        do(step, told, rank)
    assert kept() == brute()
    assert not TallyStale.objects.exists()
    held = Tally.objects.values_list("level", "code", "structure", "month", "records")
    months = Counter(
        (one.level, one.code, one.structure, f"{one.day:%Y-%m}") for one in Record.objects.all()
    )
    assert {row[:4]: row[4] for row in held} == months


def test_only_what_changed_is_counted_again() -> None:
    for place in PLACES:
        told = {"place": place, "day": DAYS[0], "kind": "individuel", "where": "autre"}
        Record.objects.create(**columns(told))
    assert recount(Q()) == 3
    Record.objects.filter(structure="s1").update(day=DAYS[2])
    assert recount(Q(level="epci")) == 0
    assert recount(Q(level="commune")) == 2
    assert recount(Q()) == 0


def test_the_database_is_told_once_to_note() -> None:
    install(connection)
    Record.objects.create(level="commune", code="35188", day=DAYS[0], kind="individuel")
    assert TallyStale.objects.count() == 1


def test_tables_change_without_triggers_that_come_back() -> None:
    def noted() -> int:
        Record.objects.create(level="commune", code="35188", day=DAYS[0], kind="individuel")
        return TallyStale.objects.count()

    remove_before(using="default")
    assert noted() == 0
    with connection.cursor() as cursor:  # as SQLite rewrites a table
        cursor.execute("ALTER TABLE action_tallystale RENAME TO ancienne")
        cursor.execute("ALTER TABLE ancienne RENAME TO action_tallystale")
    install_after(using="default")
    assert noted() == 1
