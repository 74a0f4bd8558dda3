"""Pages of access measure with the places of the site as they are now, and say so."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from django.core.cache import caches
from django.utils import timezone

from portrea.cli.reach import reach
from portrea.offer.content import to_dict
from portrea.offer.rows import of_row
from portrea.steering.helping import offer_of
from portrea.steering.reach_now import reach_now
from portrea.steering.reading import Reader
from portrea.steering.what_if import Changes, outcome
from portrea.steering.what_if_words import number_of
from portrea.web.offer import living
from portrea.web.offer.models import Place
from portrea.web.reach import tasks
from portrea.web.reach.asked import read_text
from portrea.web.reach.selectors import ground_of
from portrea.web.territories.living import living_reader, offer_state
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client

EPCI = "epci:243500618"
TRIAL = f"t={EPCI}&besoin=information"
PAGE = f"/acces/et-si/?{TRIAL}"


@pytest.fixture
def census(site: Client) -> Client:
    """The site, its census holding the places of the computation around the EPCI."""
    living._held.clear()
    communes = reader().codes("commune", "departement", "35")
    rows = reader().places(communes).sort("id").iter_rows(named=True)
    Place.objects.bulk_create(
        Place(
            id=row["id"], name=row["name"], commune=row["commune"] or "",
            record=to_dict(of_row(row)), status=Place.Status.OPEN, changed=timezone.now(),
        )
        for row in rows
    )  # fmt: skip
    return site


def helping() -> set[str]:
    return set(ground_of(read_text(TRIAL)).places.filter("serves")["id"].to_list())


def change(place: str, **told: object) -> None:
    Place.objects.filter(pk=place).update(changed=timezone.now(), **told)


def test_without_census_the_places_are_those_of_the_computation(site: Client) -> None:
    assert offer_state() == ""
    text = site.get(PAGE).content.decode()
    assert re.search(r"offre du calcul du \d+ \w+ 20\d\d", text)


def test_a_place_that_closes_or_moves_is_counted_at_once(census: Client) -> None:
    first = census.get(PAGE)
    text = first.content.decode()
    assert "recensement vivant, modifié pour la dernière fois le" in text
    assert census.get(PAGE, headers={"If-None-Match": first["ETag"]}).status_code == 304
    before = helping()
    inside = sorted(ground_of(read_text(TRIAL)).places.filter("serves", "inside")["id"].to_list())
    closed, moved = inside[:2]
    change(closed, status=Place.Status.CLOSED)
    record = Place.objects.get(pk=moved).record
    change(moved, record=record | {"longitude": -1.9, "latitude": 48.0})
    assert helping() == before - {closed}
    assert ground_of(read_text(TRIAL)).place(moved)["longitude"] == -1.9
    again = census.get(PAGE, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert closed not in again.content.decode()


def test_a_place_erased_without_a_trace_is_seen(census: Client) -> None:
    gone = sorted(helping())[0]
    Place.objects.filter(pk=gone).delete()
    held = living._held[living._home()]
    living._held[living._home()] = living.Held(
        held.offer, held.last, held.week, held.places, held.looked - living.LOOK
    )
    assert gone not in helping()


@pytest.mark.usefixtures("census")
def test_a_large_census_is_kept_on_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(living, "AT_ONCE", 10)
    monkeypatch.setattr(living, "_folder", lambda: tmp_path / "offer")
    monkeypatch.setattr(living, "_beside", lambda: asked.append("beside"))
    asked: list[str] = []
    assert living.living_state() == ""
    assert asked == ["beside"]
    living.prepare()
    living._held.clear()
    offer = living.living_offer()
    assert offer is not None
    assert offer.state == living.living_state()
    assert offer.places.height == Place.objects.filter(status="open").count()


@pytest.mark.usefixtures("census")
def test_times_measured_again_are_those_of_the_computation() -> None:
    """The census says what the lists said: the same rules give the same times."""
    current = living_reader()
    computed = Reader(current.store, offer_of(Reader(current.store)))
    communes = computed.codes("commune", "epci", "243500618")
    again = reach_now(computed, communes, ["commune", "epci"]).whole()
    before = current.snapshot.reach.of_all(again.select("level", "code").unique().rows())
    order = ["level", "code", "situation"]
    assert again.sort(order).equals(before.sort(order))


@pytest.mark.usefixtures("census")
def test_the_command_says_the_same_as_the_page(
    demo_home: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground = ground_of(read_text(TRIAL))
    closed = sorted(ground.places.filter("serves", "inside")["id"].to_list())[0]
    change(closed, status=Place.Status.CLOSED)
    page = ground_of(read_text(TRIAL))
    monkeypatch.setattr("portrea.cli.census.has_census", lambda _store: True)
    words = ["place", EPCI, "--need", "information", "--p", "0", "--format", "json"]
    done = CliRunner().invoke(reach, [*words, "--census"])
    assert done.exit_code == 0, done.output
    assert "recensement vivant" in done.stderr
    told = json.loads(done.stdout)
    found = outcome(page, Changes(), minutes=20).before
    assert found is not None
    shown = number_of(found)
    assert (told["before_low"], told["before_high"]) == (shown.low, shown.high)
    assert shown.high


@pytest.mark.usefixtures("site")
def test_the_worker_keeps_the_draws_asked_for_once(
    run_tasks: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[object] = []
    monkeypatch.setattr(
        tasks, "keep_demands", lambda store, progress: kept.append(store) or ("a1",)
    )
    caches["shared"].clear()
    assert tasks.ask_for_draws()
    assert not tasks.ask_for_draws()
    run_tasks()
    assert len(kept) == 1
    monkeypatch.setattr(tasks, "missing_measures", lambda _store: ())
    caches["shared"].clear()
    assert not tasks.ask_for_draws()
