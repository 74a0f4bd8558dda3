"""The index of a large census: a change is found at once, and no process makes a visitor wait."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from portrea.offer.searching import Query
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.offer import search, snapshot
from portrea.web.offer.models import Place
from portrea.web.offer.services import place_close, place_create, place_fix, place_hide
from web.offer.census import applied, record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date().isoformat()


@pytest.fixture
def readings(
    site: Client, home: Path, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[str]]:
    """A census of forty places that counts as large; how often it was read whole, and beside."""
    home.mkdir(exist_ok=True)
    (home / "store").symlink_to(settings.PORTREA_HOME / "store")
    settings.PORTREA_HOME = home
    told: list[str] = []
    read, beside = search._columns, search._make_beside
    monkeypatch.setattr(search, "AT_ONCE", 10)
    monkeypatch.setattr(search, "_columns", lambda: told.append("whole") or read())
    monkeypatch.setattr(search, "_beside", lambda _current: told.append("beside"))
    monkeypatch.setattr(search, "run_beside", beside, raising=False)
    applied(
        *(record(str(n), name=f"Lieu {n:02d}", updated=TODAY) for n in range(40)),
    )
    yield told
    search._held.clear()


def total(words: str = "") -> int:
    return int(search.catalogue().index.find(asked(words)).rows.size)


def asked(words: str = "") -> Query:
    return Query(on=date.fromisoformat(TODAY), words=words)


def test_every_kind_of_change_is_found_at_once_without_reading_all(readings: list[str]) -> None:
    assert total() == 40
    assert readings == ["whole"]
    known = Place.objects.get(name="Lieu 03")
    place_fix(actor=SYSTEM, place_id=known.pk, changes={"name": "Zanzibar"}, version=known.version)
    assert (total("zanzibar"), total("lieu"), total()) == (1, 39, 40)
    place_create(actor=SYSTEM, record=record("neuf", name="Lieu tout neuf"))
    assert (total("neuf"), total()) == (1, 41)
    place_hide(actor=SYSTEM, place_id=Place.objects.get(name="Lieu 05").pk, reason="essai")
    assert (total("05"), total()) == (0, 40)
    place_close(actor=SYSTEM, place_id=known.pk, on=date(2026, 1, 31))
    found = search.catalogue().index.find(asked())
    assert search.catalogue().index.ids[found.rows[-1]] == known.pk  # closed ones come last
    place_hide(actor=SYSTEM, place_id=Place.objects.get(name="Lieu tout neuf").pk, reason="essai")
    assert total() == 39
    assert readings == ["whole"]


def test_many_changes_and_rows_gone_are_read_again_beside(
    readings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    total()
    monkeypatch.setattr(search, "MOST_PATCHED", 3)
    applied(*(record(f"b{n}", name=f"Autre {n}", updated=TODAY) for n in range(5)), source="b")
    total()
    assert readings == ["whole", "beside"]
    search.run_beside(search.reader())
    assert (total("autre"), total()) == (5, 45)
    search._counted.clear()
    Place.objects.filter(name="Lieu 07").delete()
    total()
    assert readings[-1] == "beside"
    search.run_beside(search.reader())
    assert (total("07"), total()) == (0, 44)


def test_an_old_index_is_made_again(readings: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    total()
    monkeypatch.setattr(search, "WHOLE", -1.0)
    total()
    assert readings == ["whole", "beside"]


def test_a_process_that_starts_takes_what_was_kept_then_what_changed(readings: list[str]) -> None:
    search.prepare()
    assert readings == ["whole"]
    known = Place.objects.get(name="Lieu 03")
    place_fix(actor=SYSTEM, place_id=known.pk, changes={"name": "Zanzibar"}, version=known.version)
    search._held.clear()
    assert (total("zanzibar"), total()) == (1, 40)
    assert readings == ["whole", "beside"]


def test_kept_columns_newer_than_the_database_or_spoilt_are_not_taken(readings: list[str]) -> None:
    search.prepare()
    [path] = snapshot._folder().glob("*.arrow")
    Place.objects.update(changed=datetime(2020, 1, 1, tzinfo=UTC))  # an older copy put back
    assert snapshot.load_columns() is None
    Place.objects.update(changed=datetime.now(UTC))
    assert snapshot.load_columns() is not None
    path.write_bytes(b"ARROW1 abime")
    assert snapshot.load_columns() is None
    assert total() == 40
    assert readings == ["whole", "whole"]


def test_the_list_and_the_page_of_a_place_never_wait_for_all(
    site: Client, readings: list[str]
) -> None:
    place = Place.objects.get(name="Lieu 03")
    assert site.get(f"/lieux/{place.pk}/").status_code == 200
    assert readings == []
