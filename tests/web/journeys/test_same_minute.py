"""A question asked again within the minute: the same page, left as soon as something changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.conf import settings as configured

from portrea.web.accounts.permissions import SYSTEM
from portrea.web.journeys import board, views
from portrea.web.offer.models import Place
from portrea.web.offer.services import place_close
from web.offer.census import applied, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
HERE = "/orientation/?commune=35133&besoin=aide&demarche=aucune&vu=oui"
NOW = datetime(2026, 11, 24, 9, 30, 5, tzinfo=UTC)


@pytest.fixture
def made(site: Client, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A census of one place, pages kept for a minute; the addresses of the pages really made."""
    local = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {**configured.CACHES, "answers": {"BACKEND": local, "LOCATION": "essai"}}
    told = {"latitude": 48.13, "longitude": -2.03, "position": "declared", "updated": "2026-11-01"}
    services = [{"block": "aide", "key": "aide"}]
    applied(record("1", name="Maison d’Iffendic", services=services, **told))
    pages: list[str] = []
    real = views._page

    def counted(request, *rest):  # type: ignore[no-untyped-def]
        pages.append(request.get_full_path())
        return real(request, *rest)

    monkeypatch.setattr(views, "_page", counted)
    board.board()  # a process that has not read every place keeps nothing
    return pages


def test_made_once_a_minute(made: list[str], site: Client) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        first, again = site.get(HERE), site.get(HERE)
        assert first.content == again.content
        assert "Iffendic" in first.content.decode()
        assert again["Cache-Control"] == "no-store"
        assert len(made) == 1
        clock.shift(timedelta(seconds=60))
        site.get(HERE)
        assert len(made) == 2


def test_a_place_that_closes_is_no_longer_proposed(made: list[str], site: Client) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        assert "Maison d’Iffendic" in site.get(HERE).content.decode()
        clock.shift(timedelta(seconds=2))
        place = Place.objects.get()
        place_close(actor=SYSTEM, place_id=place.pk, on=NOW.date())
        assert "Maison d’Iffendic" not in site.get(HERE).content.decode()
        assert len(made) == 2


def test_before_every_place_is_read_nobody_waits_nor_keeps_a_part(
    made: list[str], site: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "_held", {})
    around: list[object] = []
    real = board._first

    def first(state, point):  # type: ignore[no-untyped-def]
        around.append(point)
        return real(state, point)

    monkeypatch.setattr(board, "_first", first)
    with time_machine.travel(NOW, tick=False):
        for _again in range(3):
            site.get(HERE)
    assert around
    assert None not in around, "asked without a place, everything would be read first"
    assert len(made) == 2, "the first page, made with what was around, is not kept"


def test_nothing_is_kept_of_someone(
    made: list[str], site: Client, connected: Callable[..., object]
) -> None:
    with time_machine.travel(NOW, tick=False):
        near = HERE.replace("commune=35133", "lon=-2.030&lat=48.130")
        for address in (near, near):
            site.get(address)
        assert len(made) == 2, "a position"
        connected("acteur commune:35133")
        site.get(HERE)
        site.get(HERE)
        assert len(made) == 4, "an account"
