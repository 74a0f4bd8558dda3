"""One place in each state: what the public list shows of it, and what a computation counts."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from portrea.sources.census import put_photograph
from portrea.sources.store import Store
from portrea.steering.computation import compute
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.offer.census import census_frame, census_state
from portrea.web.offer.models import Place
from portrea.web.offer.services import (
    import_undo,
    place_close,
    place_hide,
    place_merge,
    place_reopen,
)
from web.offer.census import applied, record

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
TOWN = {"commune": "35188", "city": "Montfort-sur-Meu", "longitude": -1.955, "latitude": 48.137}
BASE = {"services": [{"block": "aide", "key": "aide"}], "updated": TODAY.isoformat()} | TOWN


@pytest.fixture
def client_of_copy(demo_copy: Path, settings: SettingsWrapper, client: Client) -> Client:
    """A browser on a copy of the demo, whose computation may change."""
    settings.PORTREA_HOME = demo_copy
    return client


def named(name: str, **fields: Any) -> Any:
    return record(name, **(BASE | {"name": name} | fields))


def key(name: str) -> str:
    return Place.objects.get(name=name).pk


def shown(client: Client) -> list[str]:
    page = client.get("/lieux/?territoire=commune:35188").content.decode()
    return [html.unescape(n) for n in re.findall(r'<h3><a href="/lieux/[^"]+/">(.*?)</a>', page)]


def computed(home: Path) -> pl.DataFrame:
    """Photograph the census, compute, and return the places that were counted."""
    store = Store(home)
    put_photograph(store, census_frame(), state=census_state())
    return compute(store, draws=50).table("places")


def fill() -> Any:
    """A place in each state; return the import to undo."""
    applied(
        named("Ouvert"),
        named("Fermé"),
        named("Masqué"),
        named("Ancien", updated="2019-01-01"),
        named("Sans date", updated=None),
        named("Gardé"),
        named("Réuni"),
    )
    undone = applied(named("D’un import défait"), source="liste-b")
    place_close(actor=SYSTEM, place_id=key("Fermé"), on=TODAY)
    place_hide(actor=SYSTEM, place_id=key("Masqué"), reason="essai")
    place_merge(actor=SYSTEM, kept=key("Gardé"), absorbed=key("Réuni"))
    return undone


@pytest.mark.slow
def test_each_state_in_the_list_and_in_the_computation(
    client_of_copy: Client, demo_copy: Path
) -> None:
    undone = fill()
    before = {"Ouvert", "Gardé", "D’un import défait", "Ancien", "Sans date"}
    assert set(shown(client_of_copy)) == before | {"Fermé"}
    assert set(computed(demo_copy)["name"]) == before
    import_undo(actor=SYSTEM, batch=undone)
    after = before - {"D’un import défait"}
    told = shown(client_of_copy)
    assert set(told) == after | {"Fermé"}
    assert set(told[:2]) == {"Ouvert", "Gardé"}, "confirmed ones first"
    assert set(told[2:4]) == {"Ancien", "Sans date"}, "then those to confirm, not hidden"
    assert told[4] == "Fermé", "what closed comes last, and is said"
    page = client_of_copy.get("/lieux/?territoire=commune:35188").content.decode()
    assert page.count("À confirmer</span>") == 2
    assert "Fermé définitivement" in page
    assert set(computed(demo_copy)["name"]) == after, "to confirm still counts; closed does not"
    assert client_of_copy.get(f"/lieux/{key('Réuni')}/")["Location"] == f"/lieux/{key('Gardé')}/"


@pytest.mark.slow
def test_what_a_person_touched_is_hidden_by_undo_and_comes_back(
    client_of_copy: Client, demo_copy: Path
) -> None:
    from portrea.web.offer.services import place_fix

    applied(named("Ouvert"))
    batch = applied(named("Touché"), source="liste-b")
    place = Place.objects.get(name="Touché")
    changes = {"summary": "vu sur place"}
    place_fix(actor=SYSTEM, place_id=place.pk, version=place.version, changes=changes)
    import_undo(actor=SYSTEM, batch=batch)
    assert shown(client_of_copy) == ["Ouvert"]
    assert computed(demo_copy)["name"].to_list() == ["Ouvert"]
    applied(named("Touché"), source="liste-b")
    assert set(shown(client_of_copy)) == {"Ouvert", "Touché"}
    assert Place.objects.get(pk=place.pk).record["summary"] == "vu sur place"
    place_close(actor=SYSTEM, place_id=place.pk, on=TODAY)
    assert computed(demo_copy)["name"].to_list() == ["Ouvert"]
    place_reopen(actor=SYSTEM, place_id=place.pk)
    assert set(computed(demo_copy)["name"]) == {"Ouvert", "Touché"}
