"""The board of the orientation: a change is seen at once, and nobody waits for many places."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from portrea.offer.orientation.asked import Asked
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.journeys import board, doors, kept, selectors
from portrea.web.offer.models import Place
from portrea.web.offer.search import CENSUS, COMPUTATION
from portrea.web.offer.services import place_close, place_create, place_fix, place_hide
from portrea.web.territories.selectors import reader
from web.offer.census import applied, record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from portrea.offer.record import Place as Record

pytestmark = pytest.mark.django_db
ASKED = Asked.of("commune=35133&besoin=aide&vu=oui")
HERE = {"longitude": -2.03, "latitude": 48.13}
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def helps(number: int, **fields: Any) -> Record:
    """A place of Iffendic that helps with procedures."""
    service = {"block": "aide", "key": "aide"}
    told: dict[str, Any] = {"hours": "Tu 09:00-12:00", "name": f"Lieu {number:02d}", **HERE}
    return record(str(number), **(told | {"services": [service]} | fields))


def names(stop: int = 50) -> list[str]:
    return [one.place.name for one in selectors.orient(ASKED, now=NOW, stop=stop).choices]


@pytest.fixture
def own_home(site: Client, home: Path, settings: SettingsWrapper) -> Iterator[Path]:
    """The computed demo, with a cache of its own."""
    home.mkdir(exist_ok=True)
    (home / "store").symlink_to(settings.PORTREA_HOME / "store")
    settings.PORTREA_HOME = home
    yield home
    board._held.clear()


@pytest.fixture
def beside(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Twenty places that count as many; how often they were compared beside."""
    told: list[str] = []
    monkeypatch.setattr(board, "AT_ONCE", 5)
    monkeypatch.setattr(board, "compare_beside", lambda: told.append("beside"))
    monkeypatch.setattr(board, "PAUSE", 0.0)
    monkeypatch.setattr(board, "LOOK", 0.0)
    monkeypatch.setattr(board, "REST", 0.0)
    applied(*(helps(number) for number in range(20)))
    board.board()
    return told


def test_without_census_the_places_of_the_computation_answer(own_home: Path) -> None:
    held = board.board()
    assert held.origin == COMPUTATION
    assert held.places == reader().computation.table("places").height
    found = selectors.orient(ASKED, now=NOW)
    assert found.total > 3
    assert found.choices[0].place.commune == "35133"
    applied(helps(1))
    assert board.board().origin == CENSUS
    assert names() == ["Lieu 01"]


def changes() -> Iterator[Callable[[], str]]:
    """Every kind of change, and the place that must come or go."""
    first = Place.objects.get(name="Lieu 03")

    def renamed() -> str:
        place_fix(
            actor=SYSTEM, place_id=first.pk, changes={"name": "Zanzibar"}, version=first.version
        )
        return "+Zanzibar"

    def created() -> str:
        place_create(actor=SYSTEM, record=helps(99, name="Lieu neuf"))
        return "+Lieu neuf"

    def hidden() -> str:
        place_hide(actor=SYSTEM, place_id=Place.objects.get(name="Lieu 05").pk, reason="essai")
        return "-Lieu 05"

    def closed() -> str:
        place_close(actor=SYSTEM, place_id=first.pk, on=date(2026, 1, 31))
        return "-Zanzibar"

    yield from (renamed, created, hidden, closed)


@pytest.mark.parametrize("size", ["small", "large"])
def test_every_kind_of_change_is_seen_at_once(
    beside: list[str], monkeypatch: pytest.MonkeyPatch, size: str
) -> None:
    monkeypatch.setattr(board, "AT_ONCE", 5 if size == "large" else 1000)
    assert len(names()) == 20
    made: list[str] = []
    alike = board.alike
    monkeypatch.setattr(
        board, "alike", lambda doors, *, rest: made.append("whole") or alike(doors, rest=rest)
    )
    for change in changes():
        said = change()
        assert (said[1:] in names()) is (said[0] == "+"), said
    assert len(names()) == 19
    assert made == ([] if size == "large" else ["whole"] * 4)
    found = selectors.orient(ASKED, now=NOW)
    assert found.left_out["closed"] == 1, "a place closed for good is said, and not proposed"


def test_only_the_places_that_changed_are_worked_out_again(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied(*(helps(number) for number in range(20)))
    names()
    told: list[str] = []
    entry_of = doors.entry_of
    monkeypatch.setattr(
        doors,
        "entry_of",
        lambda place, closed: told.append(place.name) or entry_of(place, closed=closed),
    )
    place_create(actor=SYSTEM, record=helps(99, name="Lieu neuf"))
    assert "Lieu neuf" in names()
    assert told == ["Lieu neuf"]


def test_a_place_closed_a_moment_ago_is_replaced_by_the_next(
    beside: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within the moment when a large census is not looked at, records are read all the same."""
    before = names(3)
    monkeypatch.setattr(board, "LOOK", 3600.0)
    names(3)
    place_close(actor=SYSTEM, place_id=Place.objects.get(name=before[0]).pk, on=date(2026, 1, 31))
    after = names(3)
    assert before[0] not in after
    assert len(after) == 3


def test_many_changes_are_compared_beside(
    beside: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "MOST_PATCHED", 3)
    names()
    applied(*(helps(number) for number in range(50, 55)), source="b")
    assert len(names()) == 20
    assert beside == ["beside"]
    board._compare_all()
    assert len(names()) == 25
    board._counts.clear()
    Place.objects.filter(name="Lieu 07").delete()
    assert "Lieu 07" not in names(), "its record is not read"
    assert beside[-1] == "beside"
    board._compare_all()
    assert len(names()) == 24


def test_a_process_that_starts_reads_no_place(
    beside: list[str], own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board.prepare()
    first = names()
    board._held.clear()
    board._dated.clear()
    monkeypatch.setattr(doors, "entry_of", None)  # nothing may be worked out again
    assert names() == first
    files = sorted(path.name for path in own_home.glob("cache/orientation/*/*/*"))
    assert sum(name.startswith("lieux-") for name in files) == 1
    monkeypatch.undo()
    own_home.glob("cache/orientation/*/*/lieux-*").__next__().write_bytes(b"cut")
    board._held.clear()
    assert names() == first, "a broken file is made again"


def test_an_older_database_put_back_is_read_anew(beside: list[str]) -> None:
    board.prepare()
    last = Place.objects.latest("changed").changed
    assert kept.load_doors(last) is not None
    assert kept.load_doors(last - timedelta(days=1)) is None


def test_the_days_near_are_ready_and_kept(
    beside: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    special = "Th[2,4] 09:00-12:00"
    place_create(actor=SYSTEM, record=helps(98, name="Deux jeudis", hours=special))
    before_midnight = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
    board.warm_days(board.board(), before_midnight)
    assert date(2026, 11, 25) in board._dated
    told = kept.load_day(date(2026, 11, 25))
    assert len(told) == 1
    board._dated.clear()
    from portrea.offer.orientation import openings

    monkeypatch.setattr(openings, "dated", None)
    board.warm_days(board.board(), before_midnight)
    found = selectors.orient(ASKED, now=before_midnight + timedelta(hours=1), stop=50)
    assert found.as_of.date() == date(2026, 11, 25)
    one = next(choice for choice in found.choices if choice.place.name == "Deux jeudis")
    assert one.ranked.opens == (26 - 25) * 1440 + 540 or "jeudi 10" in one.opening


def test_what_another_version_worked_out_is_left_alone(
    beside: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    board.prepare()
    last = Place.objects.latest("changed").changed
    assert kept.load_doors(last)
    monkeypatch.setattr(kept, "rules_digest", lambda: "autre")
    assert kept.load_doors(last) is None


def test_a_site_never_prepared_keeps_ready_without_fault(own_home: Path) -> None:
    board.keep_ready(timezone.now())
    assert board.board().places


def test_before_everything_is_read_a_visitor_sees_what_is_around(
    beside: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that starts without anything kept: it reads beside, and answers meanwhile."""
    monkeypatch.setattr(board, "GLIMPSED", 3)
    far = {"commune": "35238", "longitude": -1.68, "latitude": 48.11}
    applied(helps(60, name="Loin", **far), source="c")
    board._held.clear()
    assert set(names()) == {f"Lieu {number:02d}" for number in range(20)}
    assert beside == ["beside"]
    assert not board._held
    board._compare_all()
    assert "Loin" in names()
